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
}

internal sealed class ApiOptionsCheck : SettingsCheck<ApiOptions>
{
    protected override IEnumerable<string> Faults(ApiOptions options)
    {
        if (options.RequestsPerMinute < 1)
            yield return $"Api:RequestsPerMinute is {options.RequestsPerMinute}; it must be a number of 1 or more.";
    }
}

/// <summary>How many requests a program may send in a minute, counted for each session, and for each address before sign-in.</summary>
internal static class ApiRateLimit
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public static void AddApiRateLimit(this IServiceCollection services)
    {
        services.AddRateLimiter(_ => { });
        services.AddSettings<ApiOptions, ApiOptionsCheck>(ApiOptions.Section);
        services.AddSingleton<SharedRequestCounts>();
        services.AddHostedService(s => s.GetRequiredService<SharedRequestCounts>());
        services.AddOptions<Microsoft.AspNetCore.RateLimiting.RateLimiterOptions>().Configure<IOptions<ApiOptions>>((options, api) =>
        {
            var requests = api.Value.RequestsPerMinute;
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.OnRejected = (rejected, _) =>
                new(RefuseAsync(rejected.HttpContext, rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait)
                    ? wait : Window / 6, requests));
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => context.Request.IsApi()
                ? RateLimitPartition.GetSlidingWindowLimiter(Caller(context),
                    _ => new() { PermitLimit = requests, Window = Window, SegmentsPerWindow = 6 })
                : RateLimitPartition.GetNoLimiter(""));
        });
    }

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
        var requests = app.Services.GetRequiredService<IOptions<ApiOptions>>().Value.RequestsPerMinute;
        app.Use((context, next) => context.Request.IsApi() && counts.Add(Caller(context)) > requests
            ? RefuseAsync(context, TimeSpan.FromSeconds(60 - clock.GetUtcNow().Second), requests)
            : next(context));
        app.UseRateLimiter();
    }

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
