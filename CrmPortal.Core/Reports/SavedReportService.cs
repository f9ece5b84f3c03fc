using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Exports;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Reports;

/// <summary>Reports under a name, and when they are made, kept and mailed by themselves.</summary>
public sealed class SavedReportService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    ReportCatalogue reports, ShopClock clock)
{
    public const int MostReports = 200;

    /// <summary>So many people get one at most.</summary>
    public const int MostRecipients = 50;

    private const int MostUsers = 500;
    private const int DaysOfWeek = 7;
    private const int LastDayOfAnyMonth = 28;

    /// <summary>The saved reports by name, of kinds that the acting user may see.</summary>
    public async Task<IReadOnlyList<SavedReportDetails>> ListAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ReportsView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await db.SavedReports.AsNoTracking().OrderBy(r => r.NameKey).Take(MostReports).ToListAsync(cancellationToken);
        return await DetailsAsync(db, found, grant, cancellationToken);
    }

    /// <summary>A saved report; null where there is none that the acting user may see.</summary>
    public async Task<SavedReportDetails?> GetAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ReportsView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await db.SavedReports.AsNoTracking().Where(r => r.Id == id).ToListAsync(cancellationToken);
        return await DetailsAsync(db, found, grant, cancellationToken) is [var details] ? details : null;
    }

    /// <summary>The people to whom a kind of report can be mailed: they may see it and have it as a file.</summary>
    public async Task<IReadOnlyList<ReportRecipientDetails>> PossibleRecipientsAsync(string report, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ReportsExport, cancellationToken);
        if (reports.Find(report, grant) is not { } kind) return [];
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var users = await db.Users.AsNoTracking().Where(u => u.DisabledAt == null && u.CustomerId == null).OrderBy(u => u.DisplayName)
            .ThenBy(u => u.Id).Take(MostUsers).Select(u => u.Id).ToListAsync(cancellationToken);
        var people = await ReportReaders.FindAsync(db, users, cancellationToken);
        return [.. people.Where(p => p.MaySee(kind)).Select(p => new ReportRecipientDetails(p.User.Id, p.User.DisplayName, true))];
    }

    /// <summary>Saves a report under a name, or changes one.</summary>
    /// <param name="version">Where set, any change in between is a conflict.</param>
    /// <returns>Null where there is no such saved report, or no such kind for the acting user.</returns>
    /// <exception cref="RuleViolationException">Something is wrong; each error names its field.</exception>
    /// <exception cref="ConcurrencyConflictException">Someone else changed it.</exception>
    public async Task<PartChangeResult<SavedReportDetails>?> SaveAsync(long? id, SavedReportInput input, long? version,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ReportsExport, cancellationToken);
        if (reports.Find(input.Report, grant) is not { } report) return null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var errors = new List<FieldError>();
        var name = TextRules.Required(nameof(input.Name), input.Name, SavedReport.NameLength, "Name the report.", errors);
        await CheckAsync(db, input, report, errors, cancellationToken);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        // The days must be right on the day it is saved; they are reckoned anew with each making.
        if (report.Choices.HasFlag(ReportChoices.Period)) ReportDates.Of(input.Choice, clock.Today);

        db.BeginChangeSet("report.save", Permissions.ReportsExport);
        var saved = id is null ? null : await db.SavedReports.FirstOrDefaultAsync(r => r.Id == id, cancellationToken);
        if (id is not null && (saved is null || saved.Report != report.Name)) return null;
        if (saved is not null && version is { } seen && seen != saved.Version)
            throw new ConcurrencyConflictException([], saved.Version, null, null);
        if (saved is null)
        {
            if (await db.SavedReports.CountAsync(cancellationToken) >= MostReports)
                throw new RuleViolationException(nameof(input.Name), "There can be at most {0} saved reports.", MostReports);
            saved = db.SavedReports.Add(new SavedReport
            {
                Name = name, NameKey = name, Report = report.Name, Choice = "", CreatedAt = clock.Now, CreatedByName = grant.Actor.Name,
            }).Entity;
        }

        var isSameTime = (saved.Frequency, saved.Day) == (input.Frequency, DayOf(input)) && saved.NextOn is not null;
        (saved.Name, saved.NameKey, saved.Choice) = (name, name.ToLowerInvariant(), input.Choice.ToString());
        (saved.Frequency, saved.Day) = (input.Frequency, DayOf(input));
        saved.Format = input.Frequency == ReportFrequency.Never ? null : input.Format;
        saved.RecipientIds = input.Frequency == ReportFrequency.Never ? [] : [.. input.RecipientIds.Distinct().Order()];
        if (!isSameTime) saved.NextOn = NextAfter(clock.Today, saved.Frequency, saved.Day);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) is not null)
        {
            throw new RuleViolationException(nameof(input.Name), "There is a report of this name already.") { IsDuplicate = true };
        }

        return new((await DetailsAsync(db, [saved], grant, cancellationToken))[0], db.LastChangeSetId);
    }

    /// <summary>Removes a saved report; what was kept of it stays.</summary>
    /// <returns>The change set for undo, or null where there is none that the acting user may see.</returns>
    public async Task<long?> DeleteAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ReportsExport, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("report.delete", Permissions.ReportsExport);
        var saved = await db.SavedReports.FirstOrDefaultAsync(r => r.Id == id, cancellationToken);
        if (saved is null || reports.Find(saved.Report, grant) is null) return null;
        db.SavedReports.Remove(saved);
        await db.SaveChangesAsync(cancellationToken);
        return db.LastChangeSetId;
    }

    /// <summary>The next day after another on which something is made; null for never.</summary>
    internal static DateOnly? NextAfter(DateOnly day, ReportFrequency frequency, int on)
    {
        var next = day.AddDays(1);
        return frequency switch
        {
            ReportFrequency.Daily => next,
            ReportFrequency.Weekly => next.AddDays((on - IsoDay(next) + DaysOfWeek) % DaysOfWeek),
            ReportFrequency.Monthly => new DateOnly(next.Year, next.Month, on).AddMonths(next.Day <= on ? 0 : 1),
            _ => null,
        };

        static int IsoDay(DateOnly day) => day.DayOfWeek == DayOfWeek.Sunday ? DaysOfWeek : (int)day.DayOfWeek;
    }

    private static int DayOf(SavedReportInput input) =>
        input.Frequency is ReportFrequency.Weekly or ReportFrequency.Monthly ? input.Day : 0;

    private static async Task CheckAsync(CrmDbContext db, SavedReportInput input, IReport report, List<FieldError> errors,
        CancellationToken cancellationToken)
    {
        if (!Enum.IsDefined(input.Frequency)) errors.Add(new(nameof(input.Frequency), "Choose how often it is made."));
        if (input.Frequency == ReportFrequency.Weekly && input.Day is < 1 or > DaysOfWeek)
            errors.Add(new(nameof(input.Day), "Choose a day of the week."));
        if (input.Frequency == ReportFrequency.Monthly && input.Day is < 1 or > LastDayOfAnyMonth)
            errors.Add(new(nameof(input.Day), "Choose a day from 1 to {0}.", LastDayOfAnyMonth));
        if (input.Frequency == ReportFrequency.Never) return;
        if (input.Format is { } format && ExportFormats.Find(format) is null)
            errors.Add(new(nameof(input.Format), "There is no format {0}.", format));
        if (input.RecipientIds.Count > MostRecipients)
        {
            errors.Add(new(nameof(input.RecipientIds), "At most {0} people can get a report.", MostRecipients));
            return;
        }

        var people = await ReportReaders.FindAsync(db, [.. input.RecipientIds.Distinct()], cancellationToken);
        if (people.Count < input.RecipientIds.Distinct().Count() || people.Any(p => !p.MaySee(report)))
            errors.Add(new(nameof(input.RecipientIds), "Choose people who may see this report and export it."));
    }

    private async Task<IReadOnlyList<SavedReportDetails>> DetailsAsync(CrmDbContext db, IReadOnlyList<SavedReport> found, Grant grant,
        CancellationToken cancellationToken)
    {
        var kinds = reports.Of(grant).ToDictionary(r => r.Name);
        var shown = found.Where(r => kinds.ContainsKey(r.Report)).ToList();
        List<long> ids = [.. shown.Select(r => r.Id)];
        var people = (await ReportReaders.FindAsync(db, [.. shown.SelectMany(r => r.RecipientIds).Distinct()], cancellationToken))
            .ToDictionary(p => p.User.Id);
        var last = await db.ReportRuns.Where(r => r.SavedReportId != null && ids.Contains(r.SavedReportId.Value))
            .GroupBy(r => r.SavedReportId!.Value).Select(g => new { Id = g.Key, RunId = g.Max(r => r.Id), At = g.Max(r => r.MadeAt) })
            .ToDictionaryAsync(r => r.Id, cancellationToken);
        return [.. shown.Select(r => new SavedReportDetails(r.Id, r.Name, ReportCatalogue.Info(kinds[r.Report]),
            ReportChoice.Parse(r.Choice), r.Frequency, r.Day, r.Format,
            [.. r.RecipientIds.Where(people.ContainsKey).Select(id => new ReportRecipientDetails(id, people[id].User.DisplayName,
                people[id].MaySee(kinds[r.Report])))],
            r.NextOn, last.GetValueOrDefault(r.Id)?.RunId, last.GetValueOrDefault(r.Id)?.At, r.CreatedByName, r.Version))];
    }
}
