using System.Diagnostics;

namespace CrmPortal.Hosting;

/// <summary>The id of a request in the log, which people quote when they report an error.</summary>
internal static class Correlation
{
    public const string Header = "X-Correlation-Id";

    public static string Id(HttpContext context) => Activity.Current?.TraceId.ToHexString() is { } id && id != default(ActivityTraceId)
        .ToHexString() ? id : context.TraceIdentifier;
}
