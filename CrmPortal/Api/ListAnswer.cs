using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.WebUtilities;

namespace CrmPortal.Api;

/// <summary>One page of a list, with what is needed to go on.</summary>
/// <param name="Items">The records of this page.</param>
/// <param name="Page">The page, counted from 1.</param>
/// <param name="Limit">How many records a page has at most.</param>
/// <param name="Total">How many records there are on all pages.</param>
/// <param name="Pages">How many pages there are.</param>
internal sealed record ListAnswer<T>(IReadOnlyList<T> Items, int Page, int Limit, int Total, int Pages)
{
    /// <summary>Answers a page and links its neighbours in the <c>Link</c> header (RFC 8288).</summary>
    public static ListAnswer<T> Of(HttpContext context, IReadOnlyList<T> items, int page, int limit, int total)
    {
        var pages = (total + limit - 1) / limit;
        var last = Math.Max(1, pages);
        var links = new List<string> { Link(1, "first") };
        if (page > 1) links.Add(Link(Math.Min(page - 1, last), "prev"));
        if (page < last) links.Add(Link(page + 1, "next"));
        links.Add(Link(last, "last"));
        context.Response.Headers.Link = string.Join(", ", links);
        return new(items, page, limit, total, pages);

        string Link(int number, string relation)
        {
            // Relative, so that a forged host name has nowhere to stand.
            var query = QueryHelpers.ParseQuery(context.Request.QueryString.Value)
                .Where(p => p.Key is not ("page" or "limit"))
                    .SelectMany(p => p.Value, (p, value) => KeyValuePair.Create(p.Key, value ?? ""))
                .Append(new("page", number.ToString(CultureInfo.InvariantCulture)))
                    .Append(new("limit", limit.ToString(CultureInfo.InvariantCulture)));
            return $"<{context.Request.Path.ToUriComponent()}{new QueryBuilder(query)}>; rel=\"{relation}\"";
        }
    }
}
