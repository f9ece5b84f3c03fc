using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.Overview;

/// <summary>What the figures by day ask of the engine; every <see cref="IDatabaseProvider"/> has it.</summary>
public interface IDayMarks
{
    /// <summary>Marks every hour of which there is an order, a refund or an entry of points.</summary>
    Task MarkAllAsync(CrmDbContext db, CancellationToken cancellationToken);
}
