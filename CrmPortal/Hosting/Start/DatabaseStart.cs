using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Hosting;

internal static class DatabaseStart
{
    /// <summary>Prepares the database; an unreachable one is reported with a clear message.</summary>
    /// <exception cref="UnsuitableDatabaseException">It cannot serve.</exception>
    public static async Task PrepareAsync(IDatabaseProvider provider, CancellationToken cancellationToken)
    {
        try
        {
            await provider.PrepareAsync(cancellationToken);
        }
        catch (Exception fault) when (provider.IsTransient(fault) || fault.GetBaseException() is System.Data.Common.DbException)
        {
            throw new UnsuitableDatabaseException(
                $"it does not answer ({fault.GetBaseException().Message}). Check that it runs and that ConnectionStrings:Crm is right.",
                fault);
        }
    }
}
