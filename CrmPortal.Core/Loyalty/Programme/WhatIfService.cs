using System.Globalization;
using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Loyalty;

/// <summary>Runs a draft of the programme over the orders of the last months, before it is put in force. Nothing is booked.</summary>
public sealed class WhatIfService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, JobService jobs, RunningJobs running,
    AuditLog audit, TimeProvider clock, IOptions<ShopOptions> shop)
{
    public const int MostMonths = 36;
    private const int UsualMonths = 12;

    /// <summary>Starts a run; one that is at work for this draft is answered instead.</summary>
    /// <returns>The job; null where there is no such version.</returns>
    /// <exception cref="RuleViolationException">The number of months is wrong.</exception>
    public async Task<long?> StartAsync(long programmeId, int months, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ProgrammeEdit, cancellationToken);
        if (months is < 1 or > MostMonths) throw new RuleViolationException("Months", "Choose 1 to {0} months.", MostMonths);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (!await db.LoyaltyProgrammes.AnyAsync(p => p.Id == programmeId, cancellationToken)) return null;
        if (await RunningAsync(db, programmeId, cancellationToken) is { } atWork) return atWork;
        await KeepAsync(db, programmeId,
            (await StoredAsync(db, programmeId, cancellationToken) ?? new(months, null)) with { Months = months }, cancellationToken);
        var job = jobs.Make(WhatIfJob.Name, programmeId, grant);
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        running.Wake();
        return job.Id;
    }

    /// <summary>The run at work and the last result.</summary>
    public async Task<WhatIfState> StateAsync(long programmeId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ProgrammeEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var stored = await StoredAsync(db, programmeId, cancellationToken) ?? new(UsualMonths, null);
        var (result, isOutdated) = (stored.Result, false);
        if (result is not null)
        {
            var rules = await db.LoyaltyProgrammes.Where(p => p.Id == programmeId || p.State == ProgrammeState.Active)
                .Select(p => new { p.Id, p.State, p.RulesJson }).ToListAsync(cancellationToken);
            isOutdated = rules.Find(p => p.Id == programmeId)?.RulesJson != stored.Rules
                || rules.Find(p => p.State == ProgrammeState.Active)?.Id != result.Active.ProgrammeId;
            var ids = result.Customers.Select(c => c.Id).ToList();
            var maySee = grant.Has(Permissions.CustomersSensitive);
            var names = await db.Customers.AsNoTracking().Where(c => ids.Contains(c.Id) && c.DeletedAt == null)
                .ToDictionaryAsync(c => c.Id, c => CustomerQueries.Shown(c, maySee), cancellationToken);
            result = result with { Customers = [.. result.Customers.Where(c => names.ContainsKey(c.Id))
                .Select(c => c with { Name = names[c.Id] })] };
        }

        return new(await RunningAsync(db, programmeId, cancellationToken), stored.Months, result, isOutdated);
    }

    /// <summary>The last result by month as a table; the export is logged.</summary>
    /// <exception cref="RuleViolationException">There is no result, or no such format.</exception>
    public async Task<ExportTable> ExportAsync(long programmeId, string format, string title, ExportAudience audience,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ReportsExport, cancellationToken);
        ExportFormats.Demand(format);
        if ((await StateAsync(programmeId, cancellationToken)).Result is not { } result)
            throw new RuleViolationException("", "This draft has not been tried yet.");
        await audit.WriteAsync(AuditAction.Exported, nameof(LoyaltyProgramme), programmeId, null, format, cancellationToken);
        ExportColumn[] columns =
        [
            new("month", "Month", ExportKind.Date, 12), new("orders", "Orders", ExportKind.Number, 10) { IsSummed = true },
                new("draft", "Points with the draft", ExportKind.Number, 14) { IsSummed = true },
            new("active", "Points with the active version", ExportKind.Number, 14) { IsSummed = true },
                new("difference", "Difference", ExportKind.Number, 14) { IsSummed = true },
        ];
        return InMemory.Table(title, shop.Value.Name, clock.GetUtcNow(), audience, columns,
            [.. result.Months.Select(m => new object?[] { m.Month, m.Orders, m.Draft, m.Active, m.Draft - m.Active })]);
    }

    internal static async Task<Stored?> StoredAsync(CrmDbContext db, long programmeId, CancellationToken cancellationToken) =>
        await db.Settings.Where(s => s.Name == Name(programmeId)).Select(s => s.Value).FirstOrDefaultAsync(cancellationToken) is { } json
            ? JsonSerializer.Deserialize<Stored>(json) : null;

    internal static async Task KeepAsync(CrmDbContext db, long programmeId, Stored stored, CancellationToken cancellationToken)
    {
        var (name, json) = (Name(programmeId), JsonSerializer.Serialize(stored));
        if (await db.Settings.FirstOrDefaultAsync(s => s.Name == name, cancellationToken) is { } row) row.Value = json;
        else db.Settings.Add(new Setting { Name = name, Value = json });
        await db.SaveChangesAsync(cancellationToken);
    }

    private static string Name(long programmeId) => string.Create(CultureInfo.InvariantCulture, $"loyalty.what-if {programmeId}");

    private static Task<long?> RunningAsync(CrmDbContext db, long programmeId, CancellationToken cancellationToken) => db.Jobs
        .Where(j => j.Kind == WhatIfJob.Name && j.SubjectId == programmeId && (j.State == JobState.Waiting || j.State == JobState.Running))
            .OrderBy(j => j.Id).Select(j => (long?)j.Id).FirstOrDefaultAsync(cancellationToken);

    /// <summary>The stored settings: the period, the last result, and its rules.</summary>
    internal sealed record Stored(int Months, WhatIfResult? Result, string? Rules = null);
}
