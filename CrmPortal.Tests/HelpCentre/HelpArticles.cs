using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.HelpCentre;

/// <summary>Short words for what tests of the help centre write over and over.</summary>
internal static class HelpArticles
{
    public static Task<TestScope> AsEditorAsync(this TestServices data) => data.AsAsync(Permissions.ArticlesEdit);

    public static async Task<ArticleCategoryDetails> AddCategoryAsync(this TestScope editor, string english = "Orders",
        string? spanish = null, bool isFaq = false, string? slug = null) =>
        (await editor.Get<ArticleCategoryService>().SaveAsync(null, new(new Dictionary<string, string?> { ["en"] = english,
            ["es"] = spanish }, slug, isFaq), null, CancellationToken.None))!.Part;

    public static async Task<ArticleDetails> AddArticleAsync(this TestScope editor, ArticleCategoryDetails category, string title,
        string body = "Some words.", ArticleState state = ArticleState.Published, DateTimeOffset? publishAt = null, string? summary = null,
        string language = "en") =>
        (await editor.Get<ArticleService>().SaveAsync(null, new(category.Id, state, publishAt, null,
            [new(language, title, null, summary, body)]), null, CancellationToken.None))!.Part;

    public static async Task<ArticleDetails> ChangeAsync(this TestScope editor, ArticleDetails article, string? title = null,
        string? body = null, string? slug = null, ArticleState? state = null, string language = "en")
    {
        var text = article.In(language);
        return (await editor.Get<ArticleService>().SaveAsync(article.Id, new(article.CategoryId, state ?? article.State,
            article.PublishAt, article.Position, [new(language, title ?? text?.Title, slug, text?.Summary, body ?? text?.Body)]),
            article.Version, CancellationToken.None))!.Part;
    }

    public static async Task<IReadOnlyList<string>> FindAsync(this TestScope scope, string text, string language = "en") =>
        [.. (await scope.Get<HelpCentreService>().SearchAsync(text, language, false, CancellationToken.None)).Hits
            .Select(h => h.Link.Title)];
}
