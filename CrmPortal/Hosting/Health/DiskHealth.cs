using CrmPortal.Core.Platform.Data;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CrmPortal.Hosting;

/// <summary>Not ready without room for what is written next, in the database's folder or in that of the documents.</summary>
internal sealed class DiskHealth(DatabaseOptions database, Func<string, long>? free = null) : IHealthCheck
{
    private readonly Func<string, long> _free = free ?? DiskSpace.FreeAt;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var isFull = new[] { database.DataFolder, database.DocumentFolder }.Where(Directory.Exists).Any(f => _free(f) < DiskSpace.Least);
        return Task.FromResult(isFull ? HealthCheckResult.Unhealthy("The disk is full.") : HealthCheckResult.Healthy());
    }
}
