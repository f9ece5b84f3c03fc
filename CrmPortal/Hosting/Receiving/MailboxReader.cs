using System.Globalization;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Mail.Incoming;
using CrmPortal.Core.Tickets;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;

namespace CrmPortal.Hosting;

/// <summary>
/// Looks into one mailbox as long as it is this node's. A mail leaves the folder, or is marked, only after it was taken: after a crash
/// it is brought again, and known.
/// </summary>
internal sealed partial class MailboxReader(long id, MailboxNotes notes, IServiceScopeFactory scopes, IDatabaseProvider provider,
    ISecretProtector secrets, ReceivingTimes times, TimeProvider clock, ILogger<MailboxReader> logger)
{
    private const int MostTries = 3;
    private const int BatchSize = 100;

    /// <summary>How often the mail was tried that stands in front; none behind it is tried meanwhile.</summary>
    private (UniqueId Uid, int Count) _tries;

    private TimeSpan _pause = times.FirstPause;

    /// <summary>Goes on until it is cancelled, or the mailbox is switched off.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (await notes.FindAsync(id, cancellationToken) is not { } mailbox) return;
                await StayAsync(mailbox, cancellationToken);
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                LogFailure(id, fault.GetType().Name);
                await TellAsync(fault, cancellationToken);
            }

            await Task.Delay(_pause, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _pause = _pause * 2 < times.LongestPause ? _pause * 2 : times.LongestPause;
        }
    }

    /// <summary>One connection, from its beginning to its end.</summary>
    private async Task StayAsync(IncomingMailbox mailbox, CancellationToken cancellationToken)
    {
        var connection = new MailboxConnection(mailbox.Host, mailbox.Port, mailbox.UseTls, mailbox.UserName,
            secrets.Unprotect(MailboxConnection.SecretPurpose, mailbox.ProtectedPassword), mailbox.Folder,
            mailbox.After == AfterTaking.Move ? mailbox.MoveTo : null);
        using var imap = await ImapConnection.OpenAsync(connection, FolderAccess.ReadWrite, cancellationToken);
        var last = mailbox.LastUid;
        if (mailbox.UidValidity != imap.Folder.UidValidity)
        {
            await notes.BeginAnewAsync(id, imap.Folder.UidValidity, cancellationToken);
            (last, _tries) = (0, default);
        }

        using var arrived = new Arrivals(imap.Folder);
        while (true)
        {
            arrived.Forget();
            var (reached, isLater) = await TakeNewAsync(imap, mailbox, last, cancellationToken);
            last = reached;
            if (isLater) await notes.FailedAsync(id, MailboxFailures.Later, cancellationToken);
            else await notes.CheckedAsync(id, cancellationToken);
            _pause = times.FirstPause;
            await arrived.WaitAsync(imap.Client, isLater ? times.Look : times.Idle, times.Look, clock, cancellationToken);
        }
    }

    /// <summary>Takes the mails behind the last one, in turn.</summary>
    /// <returns>The last one that is done with, and whether there is one that is to be tried again.</returns>
    private async Task<(long Last, bool IsLater)> TakeNewAsync(ImapConnection imap, IncomingMailbox mailbox, long last,
        CancellationToken cancellationToken)
    {
        if (last >= uint.MaxValue) return (last, false);
        var behind = new UniqueIdRange(new UniqueId((uint)last + 1), UniqueId.MaxValue);
        // Asked for what is behind its last mail, a server names that one all the same.
        var uids = (await imap.Folder.SearchAsync(SearchQuery.Uids(behind).And(SearchQuery.NotDeleted), cancellationToken))
            .Where(u => u.Id > last).OrderBy(u => u.Id).ToList();
        foreach (var batch in uids.Chunk(BatchSize))
        {
            var sizes = (await imap.Folder.FetchAsync(batch, MessageSummaryItems.UniqueId | MessageSummaryItems.Size, cancellationToken))
                .ToDictionary(m => m.UniqueId.Id, m => m.Size ?? 0);
            foreach (var uid in batch)
            {
                // Somebody may have removed it in the meantime.
                if (sizes.TryGetValue(uid.Id, out var size) && !await TryAsync(imap, mailbox, uid, size, cancellationToken))
                    return (last, true);
                last = uid.Id;
                await notes.RaiseAsync(id, last, cancellationToken);
            }
        }

        return (last, false);
    }

    /// <summary>Takes one mail; false where it is to be tried again.</summary>
    private async Task<bool> TryAsync(ImapConnection imap, IncomingMailbox mailbox, UniqueId uid, uint size,
        CancellationToken cancellationToken)
    {
        var isTooLarge = size > MailReader.MostBytes;
        Stream raw;
        try
        {
            raw = isTooLarge ? await imap.Folder.GetStreamAsync(uid, 0, MailIntake.ReadOfTooLarge, cancellationToken)
                : await imap.Folder.GetStreamAsync(uid, cancellationToken);
        }
        catch (MessageNotFoundException)
        {
            // Somebody removed it a moment ago.
            return true;
        }
        catch (CommandException fault)
        {
            return await IsSkippedAsync(uid, fault, cancellationToken);
        }

        try
        {
            await using var _ = raw;
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(Actor.System("Mail"));
            await scope.ServiceProvider.GetRequiredService<IMailIntake>()
                .TakeAsync(new(raw, mailbox.Name) { IsBeginning = isTooLarge }, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            if (!IsPassing(fault)) return await IsSkippedAsync(uid, fault, cancellationToken);
            LogLater(id, fault.GetType().Name);
            return false;
        }

        await FinishAsync(imap, mailbox.After, uid, cancellationToken);
        return true;
    }

    /// <summary>Counts a try that failed; true where it was the last one.</summary>
    private async Task<bool> IsSkippedAsync(UniqueId uid, Exception fault, CancellationToken cancellationToken)
    {
        _tries = (uid, _tries.Uid == uid ? _tries.Count + 1 : 1);
        LogMail(id, uid.Id.ToString(CultureInfo.InvariantCulture), _tries.Count, fault.GetType().Name);
        if (_tries.Count < MostTries) return false;
        _tries = default;
        await notes.FailedAsync(id, MailboxFailures.Skipped, cancellationToken);
        return true;
    }

    private static async Task FinishAsync(ImapConnection imap, AfterTaking after, UniqueId uid, CancellationToken cancellationToken)
    {
        switch (after)
        {
            case AfterTaking.Move:
                await imap.Folder.MoveToAsync(uid, imap.Target!, cancellationToken);
                break;
            case AfterTaking.Delete:
                await imap.Folder.AddFlagsAsync(uid, MessageFlags.Deleted, silent: true, cancellationToken);
                // Without this capability, mails would go that other programs have only marked.
                if (imap.Client.Capabilities.HasFlag(ImapCapabilities.UidPlus)) await imap.Folder.ExpungeAsync([uid], cancellationToken);
                break;
            default:
                await imap.Folder.AddFlagsAsync(uid, MessageFlags.Seen, silent: true, cancellationToken);
                break;
        }
    }

    /// <summary>Whether the fault lies in the moment and not in the mail.</summary>
    private bool IsPassing(Exception fault) => fault is IntakeLaterException or RuleViolationException { IsPassing: true }
        or IOException or UnauthorizedAccessException or OperationCanceledException
        || provider.IsTransient(fault) || provider.IsFull(fault);

    private async Task TellAsync(Exception fault, CancellationToken cancellationToken)
    {
        try
        {
            await notes.FailedAsync(id, ImapConnection.Sentence(fault), cancellationToken);
        }
        catch (Exception unwritten)
        {
            // The database does not answer either.
            LogFailure(id, unwritten.GetType().Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The mailbox {MailboxId} could not be looked into: {Reason}")]
    private partial void LogFailure(long mailboxId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mails of the mailbox {MailboxId} cannot be taken at the moment: {Reason}")]
    private partial void LogLater(long mailboxId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Mail {Uid} of the mailbox {MailboxId} could not be taken, try {Attempt}: {Reason}")]
    private partial void LogMail(long mailboxId, string uid, int attempt, string reason);

    /// <summary>Hears of new mails, also of those that come while others are taken: a server tells of them with any answer.</summary>
    private sealed class Arrivals : IDisposable
    {
        private readonly IMailFolder _folder;
        private CancellationTokenSource? _waiting;
        private bool _hasHeard;

        public Arrivals(IMailFolder folder)
        {
            _folder = folder;
            _folder.CountChanged += Hear;
        }

        public void Forget() => _hasHeard = false;

        /// <summary>Waits until a server that can tells of a new mail, or else for a while.</summary>
        public async Task WaitAsync(ImapClient client, TimeSpan longest, TimeSpan withoutWord, TimeProvider clock,
            CancellationToken cancellationToken)
        {
            if (_hasHeard) return;
            if (!client.Capabilities.HasFlag(ImapCapabilities.Idle))
            {
                await Task.Delay(withoutWord < longest ? withoutWord : longest, clock, cancellationToken);
                return;
            }

            using var waiting = new CancellationTokenSource(longest, clock);
            _waiting = waiting;
            try
            {
                await client.IdleAsync(waiting.Token, cancellationToken);
            }
            finally
            {
                _waiting = null;
            }
        }

        public void Dispose() => _folder.CountChanged -= Hear;

        private void Hear(object? sender, EventArgs e)
        {
            _hasHeard = true;
            _waiting?.Cancel();
        }
    }
}
