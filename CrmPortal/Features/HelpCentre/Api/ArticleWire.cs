using System.ComponentModel;
using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Features.HelpCentre;

/// <summary>What an article says in one language, as a program writes it: a field that is absent stays as it is, null clears it.</summary>
internal sealed record ArticleTextBody
{
    [Description("One of the languages of the help centre, such as en.")]
    public required string Language { get; init; }

    public Optional<string?> Title { get; init; }

    [Description("Its part of the address; made of the title where there is none.")]
    public Optional<string?> Slug { get; init; }

    [Description("One or two sentences.")]
    public Optional<string?> Summary { get; init; }

    [Description("Markdown.")]
    public Optional<string?> Body { get; init; }

    public ArticleTextInput On(ArticleText? present) => new(Language, Title.Or(present?.Title), Slug.Or(null), Summary.Or(present?.Summary),
        Body.Or(present?.Body));
}

/// <summary>An article as a program writes it: a field that is absent stays as it is.</summary>
internal sealed record ArticleBody
{
    public Optional<long?> CategoryId { get; init; }

    [Description("draft, internal or published; a new article is a draft.")]
    public Optional<ArticleState?> State { get; init; }

    [Description("From when on everybody may read it; null for at once.")]
    public Optional<DateTimeOffset?> PublishAt { get; init; }

    [Description("Its place in the category; smaller ones come first.")]
    public Optional<int?> Position { get; init; }

    public IReadOnlyList<ArticleTextBody>? Translations { get; init; }

    public ArticleInput On(ArticleDetails? present) => new(CategoryId.Or(present?.CategoryId) ?? 0,
        State.Or(present?.State) ?? ArticleState.Draft, PublishAt.Or(present?.PublishAt), Position.Or(present?.Position),
        [.. (Translations ?? []).Select(t => t.On(present?.In(t.Language)))]);
}

internal sealed record ArticleTextAnswer(string Language, string Title, string Slug, string? Summary, string Body, string Address,
    DateTimeOffset UpdatedAt, string UpdatedBy);

/// <summary>An article in all its languages.</summary>
internal sealed record ArticleAnswer(long Id, long CategoryId, ArticleState State, DateTimeOffset? PublishAt, int Position, string Author,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, IReadOnlyList<ArticleTextAnswer> Translations)
{
    public static ArticleAnswer Of(ArticleDetails article) => new(article.Id, article.CategoryId, article.State, article.PublishAt,
        article.Position, article.AuthorName, article.CreatedAt, article.UpdatedAt, [.. article.Texts.Select(t => new ArticleTextAnswer(
            t.Language, t.Title, t.Slug, t.Summary, t.Body, HelpAddresses.Article(t.Language, article.CategorySlug, t.Slug), t.UpdatedAt,
            t.UpdatedByName))]);
}

/// <summary>An article in a list.</summary>
/// <param name="HelpfulVotes">Of the last 90 days.</param>
internal sealed record ArticleListAnswer(long Id, string Title, string? Summary, long CategoryId, string Category, ArticleState State,
    DateTimeOffset? PublishAt, IReadOnlyList<string> Languages, IReadOnlyList<string> MissingLanguages, int HelpfulVotes,
    int UnhelpfulVotes, DateTimeOffset UpdatedAt, string UpdatedBy)
{
    public static ArticleListAnswer Of(ArticleRow row) => new(row.Id, row.Title, row.Summary, row.CategoryId, row.Category, row.State,
        row.PublishAt, row.Languages, [.. row.Missing], row.Helped, row.DidNot, row.UpdatedAt, row.UpdatedByName);
}

internal sealed record ArticleCategoryAnswer(long Id, string Slug, IReadOnlyDictionary<string, string> Names, bool IsFaq, int ArticleCount)
{
    public static ArticleCategoryAnswer Of(ArticleCategoryDetails category) => new(category.Id, category.Slug, category.Names,
        category.IsFaq, category.Articles);
}

internal sealed record SuggestionAnswer(long Id, string Title, string? Summary, string Address);

/// <summary>What the API's description shows.</summary>
internal static class ArticleExamples
{
    public const string Input = """
        {
          "category_id": 2, "state": "published",
          "translations": [
            {"language": "en", "title": "Send something back", "summary": "Thirty days, free of charge.", "body": "## How it works\n\nPrint the label."}
          ]
        }
        """;

    public const string Article = """
        {
          "id": 5, "category_id": 2, "state": "published", "publish_at": "2026-01-05T08:00:00Z", "position": 1, "author": "Ana Agent",
          "created_at": "2026-01-05T08:00:00Z", "updated_at": "2026-01-05T08:00:00Z",
          "translations": [
            {"language": "en", "title": "Send something back", "slug": "send-something-back", "summary": "Thirty days, free of charge.",
             "body": "## How it works\n\nPrint the label.", "address": "/help/en/returns/send-something-back",
             "updated_at": "2026-01-05T08:00:00Z", "updated_by": "Ana Agent"}
          ]
        }
        """;

    public const string List = """
        {
          "items": [
            {"id": 5, "title": "Send something back", "summary": "Thirty days, free of charge.", "category_id": 2, "category": "Returns",
             "state": "published", "publish_at": "2026-01-05T08:00:00Z", "languages": ["en"], "missing_languages": ["es"],
             "helpful_votes": 12, "unhelpful_votes": 1, "updated_at": "2026-01-05T08:00:00Z", "updated_by": "Ana Agent"}
          ],
          "page": 1, "limit": 20, "total": 1, "pages": 1
        }
        """;

    public const string Categories =
        """[{"id": 2, "slug": "returns", "names": {"en": "Returns", "es": "Devoluciones"}, "is_faq": false, "article_count": 3}]""";

    public const string Suggestions =
        """[{"id": 5, "title": "Send something back", "summary": "Thirty days, free of charge.", "address": "/help/en/returns/send-something-back"}]""";
}
