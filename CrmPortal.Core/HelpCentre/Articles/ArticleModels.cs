namespace CrmPortal.Core.HelpCentre;

/// <summary>Where an article stands at this moment.</summary>
public enum ArticleStanding { Draft, Internal, Scheduled, Published }

/// <summary>What somebody typed of an article in one language.</summary>
/// <param name="Slug">Its part of the address; made of the title where it is blank.</param>
/// <param name="Body">Markdown.</param>
public sealed record ArticleTextInput(string Language, string? Title, string? Slug, string? Summary, string? Body);

/// <summary>What somebody typed of an article.</summary>
/// <param name="PublishAt">From when on everybody may read it; null for at once.</param>
/// <param name="Position">Its place in the category; null for where it is, or behind the others.</param>
/// <param name="Texts">The languages that are written; those that are not named stay as they are.</param>
public sealed record ArticleInput(long CategoryId, ArticleState State, DateTimeOffset? PublishAt, int? Position,
    IReadOnlyList<ArticleTextInput> Texts);

/// <summary>An article in one language.</summary>
public sealed record ArticleText(string Language, string Title, string Slug, string? Summary, string Body, DateTimeOffset UpdatedAt,
    string UpdatedByName);

/// <summary>An article with all that it says.</summary>
public sealed record ArticleDetails(long Id, long CategoryId, string CategorySlug, ArticleState State, DateTimeOffset? PublishAt,
    int Position, string AuthorName, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, long Version, IReadOnlyList<ArticleText> Texts)
{
    public ArticleText? In(string language) => Texts.FirstOrDefault(t => t.Language == language);

    public ArticleStanding StandingAt(DateTimeOffset now) => ArticleRow.StandingOf(State, PublishAt, now);
}

/// <summary>An article in the list of those who write.</summary>
/// <param name="Title">In the wanted language, or another one that there is.</param>
/// <param name="Languages">In which it is written.</param>
/// <param name="Helped">Votes of the last 90 days.</param>
public sealed record ArticleRow(long Id, string Title, string? Summary, long CategoryId, string Category, ArticleState State,
    DateTimeOffset? PublishAt, ArticleStanding Standing, IReadOnlyList<string> Languages, DateTimeOffset UpdatedAt, string UpdatedByName,
    int Helped, int DidNot, long Version)
{
    /// <summary>The languages in which it is still to be written.</summary>
    public IEnumerable<string> Missing => HelpLanguages.All.Except(Languages);

    internal static ArticleStanding StandingOf(ArticleState state, DateTimeOffset? publishAt, DateTimeOffset now) => state switch
    {
        ArticleState.Draft => ArticleStanding.Draft,
        ArticleState.Internal => ArticleStanding.Internal,
        _ => publishAt > now ? ArticleStanding.Scheduled : ArticleStanding.Published,
    };
}

/// <summary>Which articles are listed.</summary>
/// <param name="Search">Words that occur in them.</param>
/// <param name="Language">Those that are written in it.</param>
/// <param name="MissingIn">Those that are not written in it.</param>
public sealed record ArticleQuery(string? Search = null, long? CategoryId = null, ArticleStanding? Standing = null, string? Language = null,
    string? MissingIn = null);

/// <summary>One of the saved texts of an article.</summary>
public sealed record ArticleVersionRow(long Id, string Title, DateTimeOffset SavedAt, string SavedByName, int Length);

/// <summary>A saved text in full.</summary>
public sealed record ArticleVersionDetails(long Id, long ArticleId, string Language, string Title, string? Summary, string Body,
    DateTimeOffset SavedAt, string SavedByName);
