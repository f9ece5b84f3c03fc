using CrmPortal.Core.Platform.Access;

namespace CrmPortal.Components.Ui;

/// <summary>
/// Reads that nobody on the page asked for, such as after somebody else's change. Where one fails, what the page shows stays, and
/// the next change tries again: a hiccup of the database must not take the page away, with what was typed on it.
/// </summary>
internal static partial class BackgroundReads
{
    /// <summary>Reads again.</summary>
    /// <returns>The refusal that the page has to show, since its user may not see this any more; otherwise null.</returns>
    public static async Task<Exception?> TryAsync(ILoggerFactory logging, Func<Task> read)
    {
        try
        {
            await read();
        }
        catch (Exception refusal) when (refusal is AccessDeniedException or SignedOutException)
        {
            return refusal;
        }
        catch (OperationCanceledException)
        {
            // The page is gone, or reads something newer.
        }
        catch (ObjectDisposedException)
        {
            // The page is gone.
        }
        catch (Exception fault)
        {
            LogFault(logging.CreateLogger(typeof(BackgroundReads)), fault);
        }

        return null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What a page shows could not be read again; it stays as it was")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
