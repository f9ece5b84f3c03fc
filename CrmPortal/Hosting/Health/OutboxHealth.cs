using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CrmPortal.Hosting;

/// <summary>Ready, but degraded, while there are events that a subscriber gave up on: somebody has to look at them.</summary>
internal sealed class OutboxHealth(IDatabaseProvider provider) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var db = provider.CreateContext(null);
        return await db.OutboxFailures.AnyAsync(f => f.DueAt == null, cancellationToken)
            ? HealthCheckResult.Degraded("Events were given up; they stand in OutboxFailures.")
            : HealthCheckResult.Healthy();
    }
}
