using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.WebUtilities;

namespace CrmPortal.Api;

/// <summary>
/// What a contract that counts rows says about a list beside its rows: how many there are (<c>X-Total-Count</c>), and the addresses of the
/// parts next to this one (<c>Link</c>, RFC 8288).
/// </summary>
internal static class SliceLinks
{
    public const string CountHeader = "X-Total-Count";

    public static void Write(HttpContext http, int skip, int limit, int total)
    {
        http.Response.Headers[CountHeader] = total.ToString(CultureInfo.InvariantCulture);
        var links = new List<string> { Link(0, "first") };
        if (skip > 0) links.Add(Link(Math.Max(0, skip - limit), "prev"));
        if (skip + limit < total) links.Add(Link(skip + limit, "next"));
        links.Add(Link(Math.Max(0, (total - 1) / limit * limit), "last"));
        http.Response.Headers.Link = string.Join(", ", links);

        string Link(int start, string relation)
        {
            var query = QueryHelpers.ParseQuery(http.Request.QueryString.Value).Where(p => p.Key is not ("skip" or "limit"))
                .SelectMany(p => p.Value, (p, value) => KeyValuePair.Create(p.Key, value ?? ""))
                .Append(new("skip", start.ToString(CultureInfo.InvariantCulture)))
                .Append(new("limit", limit.ToString(CultureInfo.InvariantCulture)));
            return $"<{http.Request.Path.ToUriComponent()}{new QueryBuilder(query)}>; rel=\"{relation}\"";
        }
    }
}
