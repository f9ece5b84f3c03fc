using CrmPortal.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace CrmPortal.Api;

/// <summary>
/// The sites whose pages may call the API from the browser (CORS): the setting <c>Api:Origins</c>. Without it browsers let no other
/// site read an answer. Cookies open nothing under <c>/api</c>, so none are allowed along.
/// </summary>
internal static class ApiOrigins
{
    /// <summary>What a page needs to read besides the body: versions, pages, lengths, and when to come again.</summary>
    private static readonly string[] Readable =
    [
        HeaderNames.ETag, HeaderNames.Link, HeaderNames.Location, HeaderNames.RetryAfter, HeaderNames.ContentDisposition,
        HeaderNames.WWWAuthenticate, SliceLinks.CountHeader, Idempotency.ReplayedHeader, Correlation.Header,
        Deprecation.Header, Deprecation.SunsetHeader,
    ];

    private static readonly string[] Sendable =
    [
        HeaderNames.Authorization, HeaderNames.ContentType, HeaderNames.AcceptLanguage, HeaderNames.IfMatch, HeaderNames.IfNoneMatch,
        Idempotency.Header,
    ];

    /// <summary>Before authorization: the browser asks whether it may, without the token.</summary>
    public static void UseApiOrigins(this WebApplication app)
    {
        var origins = app.Services.GetRequiredService<IOptions<ApiOptions>>().Value.NamedOrigins;
        if (origins.Count == 0) return;
        app.UseWhen(context => context.Request.IsApi(), api => api.UseCors(policy => policy.WithOrigins([.. origins])
            .WithMethods("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE").WithHeaders(Sendable).WithExposedHeaders(Readable)
            .SetPreflightMaxAge(TimeSpan.FromHours(1))));
    }

    /// <summary>Whether a text is the origin of a site as browsers send it: scheme, host and port, and nothing more.</summary>
    public static bool IsOrigin(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address.Scheme is "http" or "https" && address.Host.Length > 0 && !address.Host.Contains('*', StringComparison.Ordinal)
        && address.UserInfo.Length == 0 && address.PathAndQuery == "/" && address.Fragment.Length == 0
        && !text.EndsWith('/');
}
