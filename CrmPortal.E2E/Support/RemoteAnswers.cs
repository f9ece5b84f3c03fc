using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CrmPortal.E2E.Support;

/// <summary>
/// Lets the embedded database answer as one on another machine does, a moment later: what a page shows and does in between is
/// seen by the journeys too.
/// </summary>
internal sealed class RemoteAnswers : DbCommandInterceptor
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(2);

    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData,
        InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        // Not while others wait for the lock.
        if (command.Transaction is null) await Task.Delay(Moment, cancellationToken);
        return result;
    }
}
