namespace CrmPortal.Core.HelpCentre;

/// <summary>An article in a list for visitors.</summary>
/// <param name="Address">A path of the portal.</param>
/// <param name="IsInternal">Whether only members of staff see it.</param>
public sealed record HelpLink(long Id, string Title, string? Summary, string Address, bool IsInternal);

/// <summary>A category with articles of it.</summary>
public sealed record HelpCategory(long Id, string Name, string Slug, string Address, bool IsFaq, IReadOnlyList<HelpLink> Articles);

/// <summary>A question with its answer.</summary>
/// <param name="Body">Markdown.</param>
public sealed record HelpQuestion(HelpLink Link, string Body);

/// <summary>The page of a category.</summary>
/// <param name="Questions">With their answers, where the category is one of questions; else empty.</param>
/// <param name="Languages">Its addresses in the languages in which it has articles.</param>
public sealed record HelpCategoryContent(HelpCategory Category, IReadOnlyList<HelpQuestion> Questions,
    IReadOnlyDictionary<string, string> Languages);

/// <summary>An article as visitors read it.</summary>
/// <param name="Body">Markdown.</param>
/// <param name="Languages">Its addresses in the languages that there are.</param>
public sealed record HelpArticle(long Id, string Language, string Title, string? Summary, string Body, HelpCategory Category,
    string Address, DateTimeOffset PublishedAt, DateTimeOffset UpdatedAt, bool IsInternal, IReadOnlyDictionary<string, string> Languages,
    IReadOnlyList<HelpLink> Related);

/// <summary>What is at an address.</summary>
/// <param name="Page">Null where there is nothing.</param>
/// <param name="MovedTo">Where it is instead, since its address was another one.</param>
public sealed record HelpFound<T>(T? Page, string? MovedTo)
    where T : class;

/// <summary>An article that a search found.</summary>
/// <param name="Extract">The place in the article that has to do with it.</param>
public sealed record HelpHit(HelpLink Link, string Category, IReadOnlyList<MarkedText> Title, IReadOnlyList<MarkedText> Extract);

/// <summary>What a search found, the best first.</summary>
/// <param name="IsLoose">Whether nothing had all the words, and these have some of them.</param>
public sealed record HelpResults(IReadOnlyList<HelpHit> Hits, bool IsLoose);

/// <summary>An article that may answer what somebody writes.</summary>
/// <param name="Address">A path of the portal.</param>
public sealed record HelpSuggestion(long Id, string Title, string? Summary, string Address);

/// <summary>An article as it goes into a reply.</summary>
/// <param name="Address">A path of the portal.</param>
/// <param name="Text">Its words without the signs of Markdown.</param>
/// <param name="Body">Markdown.</param>
public sealed record HelpReply(long Id, string Language, string Title, string Address, string Text, string Body);

/// <summary>A page of the help centre for search engines.</summary>
/// <param name="Languages">The same page in all its languages, this one included.</param>
public sealed record HelpMapEntry(string Address, DateTimeOffset? UpdatedAt, IReadOnlyDictionary<string, string> Languages);

/// <summary>An article that is new.</summary>
public sealed record HelpNews(long Id, string Title, string? Summary, string Address, string Category, DateTimeOffset PublishedAt);
