using System.Globalization;

namespace CrmPortal.Features.HelpCentre;

/// <summary>
/// Which articles a browser has voted on, in a cookie of the browser itself: the keys of the articles, and nothing about the visitor.
/// </summary>
internal static class VotedArticles
{
    private const string Name = "crm-help-votes";
    private const int Most = 100;
    private const int LongestCookie = 2_000;

    public static bool HasVoted(HttpContext http, long articleId) => Read(http).Contains(articleId);

    public static void Remember(HttpContext http, long articleId) => http.Response.Cookies.Append(Name,
        string.Join('.', Read(http).Prepend(articleId).Distinct().Take(Most).Select(id => id.ToString(CultureInfo.InvariantCulture))), new()
        {
            HttpOnly = true, SameSite = SameSiteMode.Lax, Path = Core.HelpCentre.HelpAddresses.Root, Secure = http.Request.IsHttps,
            MaxAge = TimeSpan.FromDays(180), IsEssential = true,
        });

    private static IEnumerable<long> Read(HttpContext http) => http.Request.Cookies[Name] is { Length: > 0 and < LongestCookie } kept
        ? kept.Split('.').Select(id => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var known) ? known : 0)
            .Where(id => id > 0) : [];
}
