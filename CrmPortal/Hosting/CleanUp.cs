using CrmPortal.Core.Access;
using CrmPortal.Core.Data;
using CrmPortal.Core.Documents;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Verification;

namespace CrmPortal.Hosting;

/// <summary>Removes, every hour, what nobody can ask for any more: remembered answers of programs, sessions that ended, files of old imports, documents that were removed. Tells of documents that expire.</summary>
internal sealed partial class CleanUp(IServiceScopeFactory scopes, TimeProvider clock, ILogger<CleanUp> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(Actor.System("Clean-up"));
                await scope.ServiceProvider.GetRequiredService<IdempotencyRecords>().RemoveExpiredAsync(stoppingToken);
                await scope.ServiceProvider.GetRequiredService<ImportService>().RemoveExpiredAsync(stoppingToken);
                await scope.ServiceProvider.GetRequiredService<SessionService>().RemoveEndedAsync(stoppingToken);
                await scope.ServiceProvider.GetRequiredService<VerificationService>().RemoveExpiredAsync(stoppingToken);
                await scope.ServiceProvider.GetRequiredService<DocumentUpkeep>().RemoveDeletedAsync(stoppingToken);
                await scope.ServiceProvider.GetRequiredService<DocumentUpkeep>().RemindAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogFault(fault);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What is no longer needed could not be removed; it is tried again in an hour")]
    private partial void LogFault(Exception fault);
}
