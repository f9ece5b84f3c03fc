using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <param name="Next">The day on which it comes next, today included; null where it is over.</param>
public sealed record ImportantDateDetails(long Id, string Label, DateOnly Day, bool IsYearly, DateOnly? Next);

/// <summary>A tie to another customer, said from this one's side.</summary>
public sealed record RelationshipDetails(long Id, long OtherId, string OtherName, string OtherNumber, RelationshipKind Kind, string? Label);

/// <summary>Somebody who lives with a customer.</summary>
/// <param name="Spent">In minor units of the shop's base currency.</param>
public sealed record HouseholdMember(long Id, string Name, string Number, int Orders, long Spent, DateTimeOffset? LastOrderAt,
    bool EmailMarketing, bool SmsMarketing, IReadOnlyList<RelationshipKind> Ties);

/// <summary>The people who share an address with a customer, the customer first.</summary>
/// <param name="HasMore">Whether more share it than are listed.</param>
public sealed record Household(IReadOnlyList<HouseholdMember> Members, bool HasMore)
{
    public int Orders => Members.Sum(m => m.Orders);
    public long Spent => Members.Sum(m => m.Spent);
}

/// <summary>Days that matter to customers, and who belongs to whom.</summary>
public sealed class RelationService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, CustomerService customers)
{
    private const int MostDates = 50;
    private const int MostRelationships = 100;
    private const int MostMembers = 20;

    public async Task<IReadOnlyList<ImportantDateDetails>> DatesAsync(long customerId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var today = customers.Today();
        var dates = await db.ImportantDates.AsNoTracking()
            .Where(d => d.CustomerId == customerId && db.Set<Customer>().Any(c => c.Id == customerId && c.DeletedAt == null))
                .OrderBy(d => d.Id)
            .Take(MostDates).ToListAsync(cancellationToken);
        return [.. dates.Select(d => Details(d, today)).OrderBy(d => d.Next ?? DateOnly.MaxValue).ThenBy(d => d.Id)];
    }

    /// <summary>Adds a day that matters; null where there is no such customer.</summary>
    /// <exception cref="RuleViolationException">The label is missing, the day is out of reach, or there are too many.</exception>
    public async Task<PartChangeResult<ImportantDateDetails>?> AddDateAsync(long customerId, string? label, DateOnly? day, bool isYearly,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var errors = new List<FieldError>();
        var name = TextRules.Required("Label", label, ImportantDate.LabelLength, "Enter the occasion.", errors);
        if (day is null || day.Value.Year is < 1900 or > 2200) errors.Add(new("Day", "Enter a date between 1900 and 2200."));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        ImportantDate? date = null;
        var changed = await customers.ChangeAsync(grant, customerId, "customer.date", Permissions.CustomersEdit, async (db, _) =>
        {
            if (await db.ImportantDates.CountAsync(d => d.CustomerId == customerId, cancellationToken) >= MostDates)
                throw new RuleViolationException("", "A customer can have at most {0} important dates.", MostDates);
            db.ImportantDates
                .Add(date = new ImportantDate { CustomerId = customerId, Label = name, Day = day!.Value, IsYearly = isYearly });
        }, cancellationToken);
        return changed is null ? null : new(Details(date!, customers.Today()), changed.ChangeSetId);
    }

    public async Task<long?> RemoveDateAsync(long customerId, long dateId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var found = false;
        var changed = await customers.ChangeAsync(grant, customerId, "customer.date", Permissions.CustomersEdit, async (db, _) =>
        {
            if (await db.ImportantDates.FirstOrDefaultAsync(d => d.Id == dateId && d.CustomerId == customerId,
                cancellationToken) is not { } date) return;
            found = true;
            db.ImportantDates.Remove(date);
        }, cancellationToken);
        return found ? changed?.ChangeSetId : null;
    }

    /// <summary>The customers that a customer is tied to, whichever of the two it was noted with.</summary>
    public async Task<IReadOnlyList<RelationshipDetails>> RelationshipsAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        var maySee = grant.Has(Permissions.CustomersSensitive);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var own = await db.Relationships.Where(r => r.CustomerId == customerId).OrderBy(r => r.Id).Take(MostRelationships)
            .Select(r => new { r.Id, Other = r.OtherId, r.Kind, r.Label, IsOwn = true }).ToListAsync(cancellationToken);
        var others = await db.Relationships.Where(r => r.OtherId == customerId).OrderBy(r => r.Id).Take(MostRelationships)
            .Select(r => new { r.Id, Other = r.CustomerId, r.Kind, r.Label, IsOwn = false }).ToListAsync(cancellationToken);
        var ids = own.Concat(others).Select(r => r.Other).Distinct().ToList();
        var people = await db.Customers.AsNoTracking().Where(c => ids.Contains(c.Id) && c.DeletedAt == null)
            .ToDictionaryAsync(c => c.Id, cancellationToken);
        return [.. own.Concat(others).Where(r => people.ContainsKey(r.Other)).Select(r => new RelationshipDetails(
            r.Id, r.Other, CustomerQueries.Shown(people[r.Other], maySee), people[r.Other].Number, r.IsOwn
                ? r.Kind : Relationship.ConverseOf(r.Kind), r.Label))];
    }

    /// <summary>Ties two customers: the other is <paramref name="kind"/> to this one.</summary>
    /// <param name="otherNumber">The other's customer number.</param>
    /// <exception cref="RuleViolationException">There is no such customer, it is the same one, or the two are tied already.</exception>
    public async Task<long?> RelateAsync(long customerId, string? otherNumber, RelationshipKind kind, string? label,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var errors = new List<FieldError>();
        var words = TextRules.Text("Label", label, Relationship.LabelLength, errors).Value;
        var number = TextRules.Required("Other", otherNumber, 24, "Choose the customer.", errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        return (await customers.ChangeAsync(grant, customerId, "customer.relationship", Permissions.CustomersEdit, async (db, _) =>
        {
            var other = await db.Customers.Where(c => c.Number == number && c.DeletedAt == null).Select(c => (long?)c.Id)
                .FirstOrDefaultAsync(cancellationToken)
                ?? throw new RuleViolationException("Other", "There is no customer {0}.", number);
            if (other == customerId) throw new RuleViolationException("Other", "A customer cannot be related to themselves.");
            if (await db.Relationships.AnyAsync(r => (r.CustomerId == customerId && r.OtherId == other)
                || (r.CustomerId == other && r.OtherId == customerId), cancellationToken))
                throw new RuleViolationException("Other", "These customers are already related.");
            if (await db.Relationships.CountAsync(r => r.CustomerId == customerId, cancellationToken) >= MostRelationships)
                throw new RuleViolationException("", "A customer can have at most {0} relationships.", MostRelationships);
            db.Relationships.Add(new Relationship { CustomerId = customerId, OtherId = other, Kind = kind, Label = words });
        }, cancellationToken))?.ChangeSetId;
    }

    /// <summary>Removes a tie from either of its two sides.</summary>
    public async Task<long?> UnrelateAsync(long customerId, long relationshipId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var found = false;
        var changed = await customers.ChangeAsync(grant, customerId, "customer.relationship", Permissions.CustomersEdit, async (db, _) =>
        {
            if (await db.Relationships.FirstOrDefaultAsync(r => r.Id == relationshipId
                && (r.CustomerId == customerId || r.OtherId == customerId), cancellationToken) is not { } tie) return;
            found = true;
            db.Relationships.Remove(tie);
        }, cancellationToken);
        return found ? changed?.ChangeSetId : null;
    }

    /// <summary>Customers who share an address; spending is added up, consents stay separate.</summary>
    public async Task<Household> HouseholdAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        var maySee = grant.Has(Permissions.CustomersSensitive);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var places = db.Addresses.Where(a => a.CustomerId == customerId && a.PlaceKey != "" && !EF.Functions.Like(a.PlaceKey, "%|"))
            .Select(a => a.PlaceKey);
        var ids = await db.Addresses.Where(a => places.Contains(a.PlaceKey) && a.CustomerId != customerId && a.Customer!.DeletedAt == null)
            .Select(a => a.CustomerId).Distinct().OrderBy(id => id).Take(MostMembers).ToListAsync(cancellationToken);
        if (ids.Count == 0) return new([], false);
        var all = ids.Take(MostMembers - 1).Prepend(customerId).ToList();
        var people = await db.Customers.AsNoTracking().Where(c => all.Contains(c.Id) && c.DeletedAt == null)
            .ToDictionaryAsync(c => c.Id, cancellationToken);
        var ties = (await RelationshipsAsync(customerId, cancellationToken)).ToLookup(r => r.OtherId, r => r.Kind);
        return new([.. all.Where(people.ContainsKey).Select(id => people[id]).Select(c => new HouseholdMember(
            c.Id, CustomerQueries.Shown(c, maySee), c.Number, c.OrderCount, c.TotalSpent, c.LastOrderAt, c.EmailMarketing, c.SmsMarketing,
                [.. ties[c.Id]]))], ids.Count == MostMembers);
    }

    /// <summary>
    /// The important date of a customer that comes next, today included, and the day of their birth; null where there is none. One
    /// statement: they have <see cref="MostDates"/> at most.
    /// </summary>
    internal static async Task<(ImportantDateDetails? Next, DateOnly? Born)> NextDateAsync(CrmDbContext db, long customerId, DateOnly today,
        CancellationToken cancellationToken)
    {
        var found = await db.Customers.AsNoTracking().AsSingleQuery().Where(c => c.Id == customerId)
            .Select(c => new { c.DateOfBirth, Dates = c.ImportantDates.Where(d => d.IsYearly || d.Day >= today).ToList() })
            .FirstOrDefaultAsync(cancellationToken);
        return (found?.Dates.Select(d => Details(d, today)).OrderBy(d => d.Next).ThenBy(d => d.Id).FirstOrDefault(), found?.DateOfBirth);
    }

    private static ImportantDateDetails Details(ImportantDate d, DateOnly today) => new(d.Id, d.Label, d.Day, d.IsYearly, d.IsYearly
        ? NextOf(d.Day, today) : d.Day >= today ? d.Day : null);

    /// <summary>The next time a day of the year comes; the 29th of February comes on the 28th in other years.</summary>
    internal static DateOnly NextOf(DateOnly day, DateOnly today)
    {
        var year = Math.Max(today.Year, day.Year);
        var next = In(year);
        return next >= today ? next : In(year + 1);

        DateOnly In(int y) => new(y, day.Month, Math.Min(day.Day, DateTime.DaysInMonth(y, day.Month)));
    }
}
