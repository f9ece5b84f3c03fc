using Microsoft.EntityFrameworkCore.Storage;

namespace CrmPortal.Core.Platform.Data;

/// <summary>
/// The answer to a commit did not come: the change may be there or not. Whoever wrote files for it leaves them; a file without a row is
/// rubbish, a row without its file is a loss.
/// </summary>
public sealed class CommitLostException(Exception fault) : Exception("It is not known whether the change was saved.", fault);

/// <summary>The end of transactions that files belong to.</summary>
internal static class LastCommit
{
    /// <summary>Commits, whether or not whoever asked for it still waits.</summary>
    /// <exception cref="CommitLostException">Nobody knows whether it was done.</exception>
    public static async Task CommitWithFilesAsync(this IDbContextTransaction transaction)
    {
        try
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception fault)
        {
            throw new CommitLostException(fault);
        }
    }
}
