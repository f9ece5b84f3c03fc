using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CrmPortal.Hosting;

/// <summary>Ready means that the database answers a question; that it can be connected to does not suffice.</summary>
internal sealed class DatabaseHealth(IDatabaseProvider provider) : IHealthCheck
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var db = provider.CreateContext(null);
        await db.Settings.AnyAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
