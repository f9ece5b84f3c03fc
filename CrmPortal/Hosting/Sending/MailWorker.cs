using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Mail;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Hosting;

/// <summary>
/// Sends the mails that are due. A node claims a mail by moving its next attempt on, so that no other sends it meanwhile and a
/// crash only delays it.
/// </summary>
internal sealed partial class MailWorker(IDatabaseProvider provider, IMailSender sender, TimeProvider clock,
    ILogger<MailWorker> logger) : BackgroundService
{
    private const int MostAttempts = 10;
    private const int BatchSize = 20;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Keep = TimeSpan.FromDays(30);

    /// <summary>Sends what is due; returns how many mails were tried.</summary>
    public async Task<int> SendDueAsync(CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        var now = clock.GetUtcNow();
        var due = await db.OutgoingMails.AsNoTracking().Where(m => m.SentAt == null && m.DueAt <= now && m.Attempts < MostAttempts)
            .OrderBy(m => m.DueAt).Take(BatchSize).ToListAsync(cancellationToken);
        foreach (var mail in due) await SendAsync(db, mail, cancellationToken);
        return due.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var tried = 0;
                for (var batch = BatchSize; batch == BatchSize; tried += batch) batch = await SendDueAsync(stoppingToken);
                if (tried > 0) await sender.RestAsync(stoppingToken);
                await SweepAsync(stoppingToken);
                await timer.WaitForNextTickAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                LogFault(fault);
                await Task.Delay(LookEvery, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task SendAsync(CrmDbContext db, OutgoingMail mail, CancellationToken cancellationToken)
    {
        var attempt = mail.Attempts + 1;
        var again = clock.GetUtcNow() + Patience + TimeSpan.FromSeconds(15 * Math.Pow(2, mail.Attempts));
        var claimed = await db.OutgoingMails.Where(m => m.Id == mail.Id && m.SentAt == null && m.Attempts == mail.Attempts)
            .ExecuteUpdateAsync(m => m.SetProperty(x => x.Attempts, attempt).SetProperty(x => x.DueAt, again), cancellationToken);
        if (claimed == 0) return;
        try
        {
            mail.Files.AddRange(await Files(db, mail.Id).AsNoTracking().OrderBy(f => f.Id).ToListAsync(cancellationToken));
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(Patience);
            await sender.SendAsync(mail, patience.Token);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // What is refused permanently is not worth another attempt.
            var isOver = attempt == MostAttempts || fault is MailException { IsFinal: true };
            var reason = fault is MailException refused ? refused.Message : fault.GetType().Name;
            LogFailure(mail.Id, attempt, reason);
            await db.OutgoingMails.Where(m => m.Id == mail.Id).ExecuteUpdateAsync(m => m.SetProperty(x => x.Failure, reason)
                .SetProperty(x => x.Attempts, isOver ? MostAttempts : attempt).SetProperty(x => x.Text, x => isOver ? "" : x.Text),
                    CancellationToken.None);
            if (isOver) await Files(db, mail.Id).ExecuteDeleteAsync(CancellationToken.None);
            return;
        }

        // The text is not kept: it may hold a link that opens an account; nor are the files.
        var now = clock.GetUtcNow();
        await db.OutgoingMails.Where(m => m.Id == mail.Id)
            .ExecuteUpdateAsync(m => m.SetProperty(x => x.SentAt, now).SetProperty(x => x.Failure, (string?)null)
                .SetProperty(x => x.Text, ""), CancellationToken.None);
        if (mail.Files.Count > 0) await Files(db, mail.Id).ExecuteDeleteAsync(CancellationToken.None);
        LogSent(mail.Id);
    }

    private static IQueryable<OutgoingMailFile> Files(CrmDbContext db, long mailId) =>
        db.Set<OutgoingMailFile>().Where(f => f.MailId == mailId);

    private DateTimeOffset _swept;

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now - _swept < TimeSpan.FromHours(1)) return;
        _swept = now;
        var old = now - Keep;
        await using var db = provider.CreateContext(null);
        if (await db.OutgoingMails.AnyAsync(m => m.CreatedAt < old, cancellationToken))
            await db.OutgoingMails.Where(m => m.CreatedAt < old).ExecuteDeleteAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Mail {MailId} sent")]
    private partial void LogSent(long mailId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mail {MailId} could not be sent, attempt {Attempt}: {Reason}")]
    private partial void LogFailure(long mailId, int attempt, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The list of mails could not be read")]
    private partial void LogFault(Exception fault);
}
