using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CrmPortal.Core.Platform.Common;

/// <summary>The names under which the product itself tells traces and metrics. Neither may ever hold what names a person.</summary>
public static class CrmDiagnostics
{
    public const string Name = "CrmPortal";

    /// <summary>Work that is worth a span of its own: a job, an import, a command.</summary>
    public static ActivitySource Source { get; } = new(Name);

    public static Meter Meter { get; } = new(Name);

    internal static Counter<long> OutboxEvents { get; } = Meter.CreateCounter<long>("crm.outbox.events", "{event}",
        "Events that a subscriber took.");

    internal static Counter<long> OutboxFailures { get; } =
        Meter.CreateCounter<long>("crm.outbox.failures", "{event}", "Events that a subscriber could not take and that were given up.");
}
