using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Mail;
using CrmPortal.Core.Verification;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Loyalty;

/// <summary>
/// Reminds customers who want such mails of points that expire soon: one mail for all of a customer's points that came near since
/// the last night, or came since then and last no longer than the reminder is sent ahead. How far it came is written down in the
/// transaction of each batch, so nobody is reminded twice, and a night that
/// was missed is made up for.
/// </summary>
internal sealed class PointReminders(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, MailQueue mails,
    ICustomerLetters letters, TimeProvider clock, IOptions<ShopOptions> shop) : IScheduledJob
{
    public const string Name = "loyalty.reminders";
    private const string Place = "loyalty.reminded";
    private const int BatchSize = 200;

    private LocalZone Zone => shop.Value.Zone;

    public string Kind => Name;

    /// <summary>When people are awake.</summary>
    public string Cron => "0 9 * * *";

    public async Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        await RemindAsync(progress, cancellationToken);

    /// <returns>How many customers were reminded.</returns>
    internal async Task<int> RemindAsync(IProgress<JobProgress>? progress, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ProgrammeEdit, cancellationToken);
        var now = clock.GetUtcNow();
        var reminded = 0;
        while (true)
        {
            progress?.Report(new("Sending points reminders", reminded, 0));
            cancellationToken.ThrowIfCancellationRequested();
            await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var days = (await ProgrammeStore.CurrentAsync(db, now, cancellationToken)).Rules.ReminderDays;
            if (days == 0) return reminded;
            var target = Zone.StartOf(Zone.DayOf(now).AddDays(days + 1));
            var written = await db.Settings.AsNoTracking().Where(s => s.Name == Place).Select(s => s.Value)
                .FirstOrDefaultAsync(cancellationToken);
            var progressed = written is null ? new(now, null, 0) : JsonSerializer.Deserialize<Progress>(written)!;
            if (progressed.Until is null)
                progressed = progressed with { Until = target > progressed.From ? target : progressed.From, Began = now };
            var (from, until, last, began) = (progressed.From, progressed.Until!.Value, progressed.LastId, progressed.Began ?? now);
            var looked = progressed.Looked ?? began;
            // What expired in a night that was missed needs no reminder any more.
            var open = db.LoyaltyLots.Where(l => l.Remaining > 0 && l.ExpiresAt > now && l.Account!.CustomerId > last);
            var near = open.Where(l => l.ExpiresAt > from && l.ExpiresAt <= until);
            // Points that are so short-lived that the reminder of their day had been sent when they came.
            var brief = open.Where(l => l.ExpiresAt <= from && l.Entry!.At > looked && l.Entry.At <= began
                && (l.Entry.Kind == EntryKind.Earned || l.Entry.Kind == EntryKind.Adjusted));
            var due = await near.Concat(brief)
                .GroupBy(l => l.Account!.CustomerId!.Value)
                    .Select(g => new { Id = g.Key, Points = g.Sum(l => l.Remaining), First = g.Min(l => l.ExpiresAt) })
                .OrderBy(g => g.Id).Take(BatchSize).ToListAsync(cancellationToken);
            var ids = due.ConvertAll(d => d.Id);
            var readers = await db.Customers.Where(c => ids.Contains(c.Id) && c.DeletedAt == null && c.Status == CustomerStatus.Active
                && c.Email != null
                    && db.Set<CommunicationPreference>().Any(p => p.CustomerId == c.Id && p.Channel == Channel.Email
                        && p.Kind == MessageKind.Reminders && p.IsOptedIn))
                .Select(c => new { c.Id, c.DisplayName, c.Language, c.Email }).ToDictionaryAsync(c => c.Id, cancellationToken);
            foreach (var one in due.Where(d => readers.ContainsKey(d.Id)))
            {
                var reader = readers[one.Id];
                var (subject, text) = letters.PointsExpire(new(reader.DisplayName, reader.Language), one.Points,
                    Zone.DayOf(one.First!.Value).AddDays(-1));
                mails.Add(db, reader.Email!, subject, text);
                reminded++;
            }

            var isOver = due.Count < BatchSize;
            if (!await WriteAsync(db, written, isOver ? new(until, null, 0, null, began) : progressed with { LastId = ids[^1] },
                cancellationToken)) return reminded;
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            if (isOver && until >= target) return reminded;
        }
    }

    /// <summary>False where another node wrote meanwhile, which does the rest.</summary>
    private static async Task<bool> WriteAsync(CrmDbContext db, string? before, Progress progress, CancellationToken cancellationToken)
    {
        var text = JsonSerializer.Serialize(progress);
        if (before is not null) return await db.Settings.Where(s => s.Name == Place && s.Value == before)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.Value, text), cancellationToken) == 1;
        db.Settings.Add(new Setting { Name = Place, Value = text });
        return true;
    }

    /// <param name="From">Who has points that expire until then was reminded.</param>
    /// <param name="Until">Where the round at work ends; null between the nights.</param>
    /// <param name="LastId">The last customer of it.</param>
    /// <param name="Began">When it began; what is booked later is for the next one.</param>
    /// <param name="Looked">When the one before began.</param>
    private sealed record Progress(DateTimeOffset From, DateTimeOffset? Until, long LastId, DateTimeOffset? Began = null,
        DateTimeOffset? Looked = null);
}
