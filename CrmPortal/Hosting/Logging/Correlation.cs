using System.Diagnostics;

namespace CrmPortal.Hosting;

/// <summary>The id under which a request is in the log; people quote it when they report a fault.</summary>
internal static class Correlation
{
    public const string Header = "X-Correlation-Id";

    public static string Id(HttpContext context) => Activity.Current?.TraceId.ToHexString() is { } id && id != default(ActivityTraceId)
        .ToHexString() ? id : context.TraceIdentifier;
}
