using System.Globalization;
using System.Threading.RateLimiting;
using CrmPortal.Account;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Hosting;
using Microsoft.Extensions.Options;

namespace CrmPortal.Api;

/// <summary>Limits of the API.</summary>
internal sealed class ApiOptions
{
    public const string Section = "Api";

    /// <summary>How many requests a program may send in a minute.</summary>
    public int RequestsPerMinute { get; set; } = 600;

    /// <summary>The sites whose pages may call from the browser, such as <c>https://shop.example.com</c>, separated by commas.</summary>
    public string Origins { get; set; } = "";

    public IReadOnlyList<string> NamedOrigins => Origins.Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries);
}

internal sealed class ApiOptionsCheck : SettingsCheck<ApiOptions>
{
    protected override IEnumerable<string> Faults(ApiOptions options)
    {
        if (options.RequestsPerMinute < 1)
            yield return $"Api:RequestsPerMinute is {options.RequestsPerMinute}; it must be a number of 1 or more.";
        foreach (var origin in options.NamedOrigins.Where(o => !ApiOrigins.IsOrigin(o)))
            yield return $"Api:Origins is {origin}, which is not a site such as https://shop.example.com, without a path.";
    }
}

/// <summary>Marks an endpoint that counts only requests which it refuses: what it is sent comes as fast as it comes.</summary>
internal sealed class LimitsItself;

/// <summary>
/// Marks an endpoint that a program asks as often as it is asked itself: whoever has signed in is not counted, guesses at keys are.
/// </summary>
internal sealed class NoLimitWithKey;

/// <summary>How many requests a program may send in a minute, counted for each session, and for each address before sign-in.</summary>
internal static class ApiRateLimit
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public static void AddApiRateLimit(this IServiceCollection services)
    {
        services.AddSettings<ApiOptions, ApiOptionsCheck>(ApiOptions.Section);
        services.AddSingleton<SharedRequestCounts>();
        services.AddHostedService(s => s.GetRequiredService<SharedRequestCounts>());
        services.AddSingleton(s => Limiter(s.GetRequiredService<IOptions<ApiOptions>>().Value.RequestsPerMinute));
    }

    /// <summary>
    /// Looks ten times a second for callers who have gone, until it is disposed of. That is why it belongs to the services and not to the
    /// middleware of ASP.NET Core, which lets go of neither this one nor one of its own when the program stops.
    /// </summary>
    private static PartitionedRateLimiter<HttpContext> Limiter(int requests) => PartitionedRateLimiter.Create<HttpContext, string>(
        context => RateLimitPartition.GetSlidingWindowLimiter(Caller(context),
            _ => new() { PermitLimit = requests, Window = Window, SegmentsPerWindow = 6 }));

    private static string Caller(HttpContext context) => context.User.SessionId() is { } session
        ? string.Create(CultureInfo.InvariantCulture, $"session {session}")
        : $"address {context.Connection.RemoteIpAddress}";

    /// <summary>
    /// The limit of all nodes together, then that of each, which is finer. Before authorization, so that guesses at tokens count
    /// too.
    /// </summary>
    public static void UseApiRateLimit(this WebApplication app)
    {
        var counts = app.Services.GetRequiredService<SharedRequestCounts>();
        var clock = app.Services.GetRequiredService<TimeProvider>();
        var limiter = app.Services.GetRequiredService<PartitionedRateLimiter<HttpContext>>();
        var requests = app.Services.GetRequiredService<IOptions<ApiOptions>>().Value.RequestsPerMinute;
        app.Use((context, next) =>
        {
            if (!context.Request.IsApi() || IsUncounted(context)) return next(context);
            if (counts.Add(Caller(context)) > requests)
                return RefuseAsync(context, TimeSpan.FromSeconds(60 - clock.GetUtcNow().Second), requests);
            using var lease = limiter.AttemptAcquire(context);
            return lease.IsAcquired ? next(context)
                : RefuseAsync(context, lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : Window / 6, requests);
        });
    }

    private static bool IsUncounted(HttpContext context) => context.GetEndpoint()?.Metadata is { } endpoint
        && (endpoint.GetMetadata<LimitsItself>() is not null
            || (endpoint.GetMetadata<NoLimitWithKey>() is not null && context.User.SessionId() is not null));

    private static Task RefuseAsync(HttpContext context, TimeSpan wait, int requests)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.RetryAfter = seconds;
        context.Response.Headers["RateLimit-Limit"] = requests.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["RateLimit-Remaining"] = "0";
        context.Response.Headers["RateLimit-Reset"] = seconds;
        return Problem.WriteAsync(context, StatusCodes.Status429TooManyRequests, "Too many requests; try again later.");
    }
}
