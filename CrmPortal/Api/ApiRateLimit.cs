using System.Globalization;
using System.Threading.RateLimiting;
using CrmPortal.Account;
using CrmPortal.Hosting;

namespace CrmPortal.Api;

/// <summary>How many requests a program may send in a minute, counted for each session, and for each address before sign-in.</summary>
internal static class ApiRateLimit
{
    private const int UsualRequests = 600;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public static void AddApiRateLimit(this IServiceCollection services)
    {
        services.AddRateLimiter(_ => { });
        services.AddSingleton<SharedRequestCounts>();
        services.AddHostedService(s => s.GetRequiredService<SharedRequestCounts>());
        services.AddOptions<Microsoft.AspNetCore.RateLimiting.RateLimiterOptions>().Configure<IConfiguration>((options, configuration) =>
        {
            var requests = Requests(configuration);
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.OnRejected = (rejected, _) =>
                new(RefuseAsync(rejected.HttpContext, rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : Window / 6, requests));
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => context.Request.IsApi()
                ? RateLimitPartition.GetSlidingWindowLimiter(Caller(context), _ => new() { PermitLimit = requests, Window = Window, SegmentsPerWindow = 6 })
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
        var requests = Requests(app.Configuration);
        app.Use((context, next) => context.Request.IsApi() && counts.Add(Caller(context)) > requests
            ? RefuseAsync(context, TimeSpan.FromSeconds(60 - clock.GetUtcNow().Second), requests)
            : next(context));
        app.UseRateLimiter();
    }

    private static int Requests(IConfiguration configuration) =>
        configuration.GetValue<int?>(ConfigurationCheck.ApiLimitSetting) ?? UsualRequests;

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
