using System.Globalization;
using Microsoft.AspNetCore.StaticAssets;

namespace CrmPortal.Hosting;

/// <summary>
/// Puts the security headers on every answer, also on refusals and faults: they are set when the answer starts, since the
/// handling of a fault drops what was set before.
/// </summary>
/// <remarks>A start-up filter, because the check of host names answers before any middleware of <c>Program.cs</c> runs.</remarks>
internal sealed class SecurityHeaders(IHostEnvironment environment) : IStartupFilter
{
    private const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>The page of the API reference indexes its text in a worker that it makes itself, and carries its icons as a font.</summary>
    private static readonly string ReferencePolicy = Policy.Replace("font-src 'self'", "font-src 'self' data:", StringComparison.Ordinal)
        + "; worker-src 'self' blob:";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, following) =>
        {
            context.Response.OnStarting(() => Set(context));
            // Nothing here answers TRACE, which would show a script the headers that it may not read.
            if (!HttpMethods.IsTrace(context.Request.Method)) return following(context);
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
            return Task.CompletedTask;
        });
        next(app);
    };

    private Task Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        var framed = context.Response.StatusCode < 300
            ? context.Features.Get<FramedContent>() ?? context.GetEndpoint()?.Metadata.GetMetadata<FramedContent>() : null;
        headers.ContentSecurityPolicy = framed?.Policy ?? (context.Request.Path.StartsWithSegments("/api/redoc")
            ? ReferencePolicy : Policy);
        headers.XContentTypeOptions = "nosniff";
        // That header knows no list of sites; where others may show a page, the policy alone says which.
        if (framed is not { IsForOthers: true }) headers.XFrameOptions = framed is null ? "DENY" : "SAMEORIGIN";
        // A page whose address holds a secret says so itself, more strictly.
        headers.TryAdd("Referrer-Policy", "strict-origin-when-cross-origin");
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers[Correlation.Header] = Correlation.Id(context);
        if (context.Request.IsHttps && !environment.IsDevelopment())
            headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";

        // Style sheets and scripts say themselves how long they are good; everything else may hold somebody's data.
        var isAsset = context.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null && context.Response.StatusCode < 400;
        if (!isAsset) headers.CacheControl = "no-store";
        if (context.Response.StatusCode is 200 or 304 && context.GetEndpoint()?.Metadata.GetMetadata<PrivatelyCached>() is { } cached)
            headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"private, max-age={cached.Age.TotalSeconds:0}, immutable");
        if (context.Response.StatusCode is 200 or 304 && context.User.Identity?.IsAuthenticated != true
            && HttpMethods.IsGet(context.Request.Method)
            && context.GetEndpoint()?.Metadata.GetMetadata<ShortlyCachedAttribute>() is { } brief)
        {
            headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"private, max-age={brief.Seconds}");
            headers.Remove("Pragma");
        }

        return Task.CompletedTask;
    }
}
