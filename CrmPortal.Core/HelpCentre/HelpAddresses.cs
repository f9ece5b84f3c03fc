namespace CrmPortal.Core.HelpCentre;

/// <summary>Where visitors find the help centre, as paths of the portal.</summary>
public static class HelpAddresses
{
    public const string Root = "/help";
    public const string Sitemap = Root + "/sitemap.xml";

    /// <summary>What the addresses of pictures in articles begin with.</summary>
    public const string Pictures = Root + "/pictures/";

    /// <summary>The part of an address that is the search, and no category.</summary>
    public const string SearchPart = "search";

    /// <summary>The part of an address that is the contact form, and no category.</summary>
    public const string ContactPart = "contact";

    public static string Home(string language) => $"{Root}/{language}";

    public static string Category(string language, string category) => $"{Root}/{language}/{Uri.EscapeDataString(category)}";

    public static string Article(string language, string category, string article) =>
        $"{Category(language, category)}/{Uri.EscapeDataString(article)}";

    public static string Search(string language, string? text = null) =>
        $"{Root}/{language}/{SearchPart}" + (string.IsNullOrEmpty(text) ? "" : "?q=" + Uri.EscapeDataString(text));

    /// <summary>The contact form.</summary>
    /// <param name="articleId">The article that was read before, and did not help.</param>
    public static string Contact(string language, long? articleId = null) => $"{Root}/{language}/{ContactPart}"
        + (articleId is { } id ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"?article={id}") : "");

    public static string Feed(string language) => $"{Root}/{language}/feed.xml";

    public static string Picture(string key) => Pictures + key;
}
