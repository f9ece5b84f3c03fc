using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>Business hours under a name.</summary>
public sealed record CalendarDetails(long Id, string Name, BusinessHours Hours, bool IsUsual, long Version);

/// <summary>A service level as it is edited and shown. Empty lists stand for all.</summary>
public sealed record PolicyDetails(long Id, string Name, int Position, bool IsActive, IReadOnlyList<TicketPriority> Priorities,
    IReadOnlyList<long> Queues, IReadOnlyList<string> Tiers, bool NeedsPrioritySupport, long CalendarId, string Calendar,
    int? FirstResponseMinutes, int? NextResponseMinutes, int? ResolutionMinutes, int WarnMinutes, long? EscalateToId, long Version);

/// <summary>What is wanted of a service level.</summary>
public sealed record PolicyInput
{
    public string? Name { get; init; }
    public int Position { get; init; }
    public bool IsActive { get; init; } = true;
    public IReadOnlyList<TicketPriority> Priorities { get; init; } = [];
    public IReadOnlyList<long> Queues { get; init; } = [];
    public IReadOnlyList<string> Tiers { get; init; } = [];
    public bool NeedsPrioritySupport { get; init; }
    public long CalendarId { get; init; }
    public int? FirstResponseMinutes { get; init; }
    public int? NextResponseMinutes { get; init; }
    public int? ResolutionMinutes { get; init; }
    public int WarnMinutes { get; init; } = 30;
    public long? EscalateToId { get; init; }
}

/// <summary>Business hours and service levels.</summary>
public sealed class ServiceLevelService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access)
{
    private const int MostCalendars = 50;
    private const int MostMinutes = 60 * 24 * 365;

    /// <summary>The calendars by name.</summary>
    public async Task<IReadOnlyList<CalendarDetails>> CalendarsAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return [.. (await db.SupportCalendars.AsNoTracking().OrderBy(c => c.Name).ThenBy(c => c.Id).Take(MostCalendars)
            .ToListAsync(cancellationToken)).Select(Details)];
    }

    /// <summary>Makes business hours, or changes them. The targets of unsolved tickets follow in the background.</summary>
    /// <returns>Null where there are none with this key.</returns>
    /// <exception cref="RuleViolationException">A field is wrong, or others have the name.</exception>
    public async Task<PartChangeResult<CalendarDetails>?> SaveCalendarAsync(long? id, string? name, BusinessHours hours, bool isUsual,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsManage, cancellationToken);
        var errors = new List<FieldError>();
        var checkedName = TextRules.Required("Name", name, SupportCalendar.NameLength, "Business hours need a name.", errors);
        var json = hours.ToJson();
        if (json.Length > SupportCalendar.HoursLength) errors.Add(new("Hours", "There are too many special days."));
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet("ticket.hours", Permissions.TicketsManage);
        var others = await db.SupportCalendars.Where(c => c.Id != (id ?? 0)).Take(MostCalendars).ToListAsync(cancellationToken);
        if (others.Exists(c => c.Name == checkedName)) errors.Add(new("Name", "There are business hours of this name."));
        if (id is null && others.Count >= MostCalendars) errors.Add(new("Name", "There can be {0} of them.", MostCalendars));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        var calendar = id is { } present ? await db.SupportCalendars.FirstOrDefaultAsync(c => c.Id == present, cancellationToken)
            : new() { Name = checkedName, HoursJson = json };
        if (calendar is null) return null;
        var isFirst = others.TrueForAll(c => !c.IsUsual);
        (calendar.Name, calendar.HoursJson, calendar.IsUsual) = (checkedName, json, isUsual || isFirst);
        if (isUsual)
            foreach (var usual in others.Where(c => c.IsUsual)) usual.IsUsual = false;
        if (id is null) db.SupportCalendars.Add(calendar);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(Details(calendar), db.LastChangeSetId);
    }

    /// <summary>Removes business hours; returns the change set that brings them back.</summary>
    /// <exception cref="RuleViolationException">A service level uses them.</exception>
    public async Task<long?> RemoveCalendarAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("ticket.hours", Permissions.TicketsManage);
        if (await db.SupportCalendars.FirstOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } calendar) return null;
        if (await db.SlaPolicies.Where(p => p.CalendarId == id).Select(p => p.Name).FirstOrDefaultAsync(cancellationToken) is { } user)
            throw new RuleViolationException("", "The service level {0} uses these hours.", user);
        db.SupportCalendars.Remove(calendar);
        await db.SaveChangesAsync(cancellationToken);
        return db.LastChangeSetId;
    }

    /// <summary>The service levels in the order in which they are looked through.</summary>
    public async Task<IReadOnlyList<PolicyDetails>> PoliciesAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return [.. (await db.SlaPolicies.AsNoTracking().Include(p => p.Calendar).OrderBy(p => p.Position).ThenBy(p => p.Id)
            .Take(ServiceLevels.Most).ToListAsync(cancellationToken)).Select(Details)];
    }

    /// <summary>Makes a service level, or changes one.</summary>
    /// <returns>Null where there is none with this key.</returns>
    /// <exception cref="RuleViolationException">A field is wrong.</exception>
    public async Task<PartChangeResult<PolicyDetails>?> SavePolicyAsync(long? id, PolicyInput input, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsManage, cancellationToken);
        var errors = new List<FieldError>();
        var name = TextRules.Required("Name", input.Name, SlaPolicy.NameLength, "A service level needs a name.", errors);
        Check("FirstResponseMinutes", input.FirstResponseMinutes, errors);
        Check("NextResponseMinutes", input.NextResponseMinutes, errors);
        Check("ResolutionMinutes", input.ResolutionMinutes, errors);
        if (input is { FirstResponseMinutes: null, NextResponseMinutes: null, ResolutionMinutes: null })
            errors.Add(new("FirstResponseMinutes", "Enter at least one target."));
        if (input.WarnMinutes is < 0 or > MostMinutes) errors.Add(new("WarnMinutes", "Enter 0 or more minutes."));
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (!await db.SupportCalendars.AnyAsync(c => c.Id == input.CalendarId, cancellationToken))
            errors.Add(new("CalendarId", "Choose business hours."));
        await TicketRules.AgentAsync(db, input.EscalateToId, errors, cancellationToken);
        if (id is null && await db.SlaPolicies.CountAsync(cancellationToken) >= ServiceLevels.Most)
            errors.Add(new("Name", "There can be {0} of them.", ServiceLevels.Most));
        var (queues, tiers) = (string.Join(' ', input.Queues.Distinct().Select(q => q.ToString(CultureInfo.InvariantCulture))),
            string.Join(' ', input.Tiers.Distinct()));
        if (queues.Length > SlaPolicy.ListLength) errors.Add(new("Queues", "Choose fewer queues, or none for all."));
        if (tiers.Length > SlaPolicy.ListLength) errors.Add(new("Tiers", "Choose fewer tiers, or none for all."));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        db.BeginChangeSet("ticket.sla", Permissions.TicketsManage);
        var policy = id is { } present ? await db.SlaPolicies.FirstOrDefaultAsync(p => p.Id == present, cancellationToken)
            : new() { Name = name };
        if (policy is null) return null;
        (policy.Name, policy.Position, policy.IsActive, policy.CalendarId) = (name, input.Position, input.IsActive, input.CalendarId);
        (policy.Priorities, policy.Queues, policy.Tiers) = (string.Join(' ', input.Priorities.Distinct()), queues, tiers);
        (policy.NeedsPrioritySupport, policy.WarnMinutes, policy.EscalateToId) =
            (input.NeedsPrioritySupport, input.WarnMinutes, input.EscalateToId);
        (policy.FirstResponseMinutes, policy.NextResponseMinutes, policy.ResolutionMinutes) =
            (input.FirstResponseMinutes, input.NextResponseMinutes, input.ResolutionMinutes);
        if (id is null) db.SlaPolicies.Add(policy);
        await db.SaveChangesAsync(cancellationToken);
        await db.Entry(policy).Reference(p => p.Calendar).LoadAsync(cancellationToken);
        return new(Details(policy), db.LastChangeSetId);
    }

    /// <summary>Removes a service level; returns the change set that brings it back.</summary>
    public async Task<long?> RemovePolicyAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("ticket.sla", Permissions.TicketsManage);
        if (await db.SlaPolicies.FirstOrDefaultAsync(p => p.Id == id, cancellationToken) is not { } policy) return null;
        db.SlaPolicies.Remove(policy);
        await db.SaveChangesAsync(cancellationToken);
        return db.LastChangeSetId;
    }

    private static void Check(string field, int? minutes, List<FieldError> errors)
    {
        if (minutes is < 1 or > MostMinutes) errors.Add(new(field, "Enter a time of at least a minute and at most a year."));
    }

    private static CalendarDetails Details(SupportCalendar c) => new(c.Id, c.Name, BusinessHours.Parse(c.HoursJson), c.IsUsual, c.Version);

    private static PolicyDetails Details(SlaPolicy p) => new(p.Id, p.Name, p.Position, p.IsActive,
        [.. Words(p.Priorities).Select(Enum.Parse<TicketPriority>)],
        [.. Words(p.Queues).Select(q => long.Parse(q, CultureInfo.InvariantCulture))], Words(p.Tiers), p.NeedsPrioritySupport, p.CalendarId,
        p.Calendar!.Name, p.FirstResponseMinutes, p.NextResponseMinutes, p.ResolutionMinutes, p.WarnMinutes, p.EscalateToId, p.Version);

    private static string[] Words(string list) => list.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
