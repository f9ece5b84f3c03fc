using CrmPortal.Core.HelpCentre;

namespace CrmPortal.Features.HelpCentre;

/// <summary>What stands in the boxes of one language of an article.</summary>
internal sealed class ArticleDraft
{
    public string? Title { get; set; }
    public string? Summary { get; set; }
    public string? Body { get; set; }
    public string? Slug { get; set; }

    /// <summary>The names of the boxes under which the browser keeps what is typed.</summary>
    public static IReadOnlyList<string> Fields { get; } = ["title", "summary", "body", "slug"];

    /// <summary>Whether anything is written in this language.</summary>
    public bool IsWritten => !string.IsNullOrWhiteSpace(Title) || !string.IsNullOrWhiteSpace(Body) || !string.IsNullOrWhiteSpace(Summary);

    /// <summary>A box by the name under which the browser keeps what is typed into it.</summary>
    public string? this[string field]
    {
        get => field switch
        {
            "title" => Title, "summary" => Summary, "body" => Body, "slug" => Slug, _ => null,
        };
        set => _ = field switch
        {
            "title" => Title = value, "summary" => Summary = value, "body" => Body = value, "slug" => Slug = value, _ => null,
        };
    }

    /// <summary>Takes over whatever <paramref name="typed"/> says otherwise than <paramref name="sent"/>, which is saved by now.</summary>
    public void KeepTyped(ArticleDraft typed, ArticleDraft sent)
    {
        foreach (var field in Fields)
        {
            if ((typed[field] ?? "") != (sent[field] ?? "")) this[field] = typed[field];
        }
    }

    public static ArticleDraft Of(ArticleTextInput text) =>
        new() { Title = text.Title, Summary = text.Summary, Body = text.Body, Slug = text.Slug };

    public static ArticleDraft Of(ArticleText? text) =>
        new() { Title = text?.Title, Summary = text?.Summary, Body = text?.Body, Slug = text?.Slug };

    public ArticleTextInput Input(string language) => new(language, Title, Slug, Summary, Body);
}
