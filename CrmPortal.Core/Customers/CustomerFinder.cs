using System.Linq.Expressions;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Filtering;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Customers;

/// <summary>Finds customers: lists and their counts, and one by a complete number, e-mail or phone.</summary>
public sealed class CustomerFinder(
    IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access, AuditLog audit, ProfileAccessLog readings,
    CustomFieldWriter customFields, CustomerCounts counts, IKeptRules kept, IEnumerable<ICustomerRows> beside, TimeProvider clock,
    IOptions<ShopOptions> shop)
{
    private const int MostMatchesByValue = 100;
    private const int RulesAtOnce = 20;

    /// <summary>How many customers may be answered in full at once.</summary>
    public const int MostInFull = 1_000;

    private LoggedSearch? _logged;

    /// <summary>One page of a list.</summary>
    /// <param name="ownFields">Keys of the fields that the shop added and whose values are wanted.</param>
    /// <exception cref="RuleViolationException">The page, the filter or the order is wrong.</exception>
    public async Task<Page<CustomerRow>> ListAsync(CustomerQuery query, PageRequest page, CancellationToken cancellationToken,
        IReadOnlyList<string>? ownFields = null)
    {
        var grant = await DemandMayListAsync(query, cancellationToken);
        page.Validated();
        var maySee = grant.Has(Permissions.CustomersSensitive);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var matches = await MatchesAsync(db, grant, query, cancellationToken);
        if (query.Then is not null) await SecondOrder.DemandFitAsync(matches.Select(m => m.Key), cancellationToken);
        var ids = await matches.Listed(query.Order).ReadAsync(page, cancellationToken);
        var rows = await db.RowsAsync([.. ids.Keys], maySee, cancellationToken);
        if (ownFields is { Count: > 0 }) rows = await customFields.WithValuesAsync(db, rows, ownFields, grant, cancellationToken);
        return new(rows, page.Number, page.Size, ids.HasMore);
    }

    /// <summary>A part of a list with every customer in full.</summary>
    /// <param name="skip">How many customers of the list to pass over.</param>
    /// <param name="take">How many to answer at most, up to <see cref="MostInFull"/>.</param>
    /// <param name="total">How many the list has, where that has been counted.</param>
    /// <exception cref="RuleViolationException">The filter or the order is wrong.</exception>
    public async Task<IReadOnlyList<CustomerDetails>> ListInFullAsync(CustomerQuery query, int skip, int take, int? total,
        CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, MostInFull);
        var grant = await DemandMayListAsync(query, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var matches = await MatchesAsync(db, grant, query, cancellationToken);
        var keys = await matches.Listed(query.Order).ReadAsync(skip, take, total, cancellationToken);
        var found = await db.DetailsAsync(keys.Keys, grant.Has(Permissions.CustomersSensitive), cancellationToken);
        foreach (var customer in found) readings.Add(grant.Actor, customer.Id);
        return found;
    }

    /// <summary>The customers of a query, in an order that the holder of the grant may ask for.</summary>
    private async Task<IQueryable<CustomerMatch>> MatchesAsync(CrmDbContext db, Grant grant, CustomerQuery query,
        CancellationToken cancellationToken)
    {
        if (query.SortsBy(CustomerSort.Email) && !grant.Has(Permissions.CustomersSensitive))
            throw new RuleViolationException("Sort", "You may not sort by {0}.", "email");
        var context = await ContextAsync(db, grant, query, cancellationToken) with { Aim = query.Sort == CustomerSort.Newest
            ? QueryPurpose.UsualOrder : QueryPurpose.OtherOrder };
        return db.Matching(provider, query, context, await ExactIdsAsync(query, grant, cancellationToken));
    }

    /// <summary>How many customers a query has.</summary>
    /// <param name="limit">Where set, counting stops there, and the answer says that it is not exact; unless the number is known.</param>
    public async Task<RowCount> CountAsync(CustomerQuery query, int? limit, CancellationToken cancellationToken)
    {
        var grant = await DemandMayListAsync(query, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var matches = db.Matching(provider, query, await ContextAsync(db, grant, query, cancellationToken),
            await ExactIdsAsync(query, grant, cancellationToken));
        if (limit is not { } most)
        {
            // Rows are counted without looking at them, and those in the trash are in an index of their own.
            return new(await counts.CountAsync(matches, async () => !query.IsEverything ? await matches.CountAsync(cancellationToken)
                : await db.Customers.CountAsync(cancellationToken) - await db.Customers.CountAsync(c => c.DeletedAt != null,
                    cancellationToken), cancellationToken), true);
        }

        if (await counts.KnownAsync(matches, cancellationToken) is { } known) return new(known, true);
        var counted = await matches.Select(m => m.Key).Take(most + 1).CountAsync(cancellationToken);
        return new(Math.Min(counted, most), counted <= most);
    }

    /// <summary>
    /// A customer whose number is complete, or null. The number of a merged customer leads to the one they were merged into.
    /// </summary>
    public async Task<CustomerDetails?> FindByNumberAsync(string number, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        if (StoredText.IsUnstorable(number)) return null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await db.Customers.Where(c => c.Number == number).Select(c => new { c.Id, c.MergedIntoId })
            .FirstOrDefaultAsync(cancellationToken);
        if (found is null) return null;
        var id = found.MergedIntoId is null ? found.Id : await MergedCustomers.SurvivorAsync(db, found.Id, cancellationToken);
        if (id is not { } there) return null;
        var customer = await CustomerReading.DetailsAsync(db, there, grant.Has(Permissions.CustomersSensitive), cancellationToken);
        if (customer is not null) readings.Add(grant.Actor, customer.Id);
        return customer;
    }

    /// <summary>
    /// A customer by a complete e-mail: whose primary one it is, else the only one who has it as a further one. Null where nobody has
    /// it, or several do. Looking for it is logged for those who may not see e-mails, since the answer says whose it is.
    /// </summary>
    public async Task<CustomerDetails?> FindByEmailAsync(string email, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        var key = email.Trim().ToLowerInvariant();
        if (StoredText.IsUnstorable(key) || !TextRules.IsEmail(key)) return null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var there = db.Customers.Where(c => c.DeletedAt == null);
        var ids = await there.Where(c => c.EmailKey == key).Select(c => c.Id).ToListAsync(cancellationToken);
        if (ids.Count == 0) ids = await db.ContactPoints.Where(p => p.ValueKey == key)
            .Join(there, p => p.CustomerId, c => c.Id, (_, c) => c.Id).Distinct().OrderBy(found => found).Take(2)
            .ToListAsync(cancellationToken);
        var maySee = grant.Has(Permissions.CustomersSensitive);
        if (!maySee) await audit.WriteAsync(AuditAction.Revealed, nameof(Customer), ids, "Search", cancellationToken);
        if (ids is not [var id]) return null;
        var customer = await CustomerReading.DetailsAsync(db, id, maySee, cancellationToken);
        if (customer is not null) readings.Add(grant.Actor, id);
        return customer;
    }

    /// <summary>
    /// Who has an e-mail or a phone as the first one, for anyone who was told that it is taken; null where nobody has. Asking is logged
    /// for those who may not see such values, since the answer says whose it is.
    /// </summary>
    /// <param name="value">As it was typed.</param>
    public async Task<CustomerHolder?> FindHolderAsync(string value, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        var typed = value.Trim();
        if (typed.Length == 0 || StoredText.IsUnstorable(typed)) return null;
        var key = typed.ToLowerInvariant();
        var phone = PhoneNumber.TryNormalize(typed, shop.Value.Country, out var number) ? number : null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var there = db.Customers.AsNoTracking().Where(c => c.DeletedAt == null);
        var holder = await there.FirstOrDefaultAsync(c => c.EmailKey == key, cancellationToken)
            ?? (phone is null ? null : await there.FirstOrDefaultAsync(c => c.Phone == phone, cancellationToken));
        if (holder is null) return null;
        var maySee = grant.Has(Permissions.CustomersSensitive);
        if (!maySee) await audit.WriteAsync(AuditAction.Revealed, nameof(Customer), holder.Id, holder.Id, "Search", cancellationToken);
        return new(holder.Id, CustomerQueries.Shown(holder, maySee));
    }

    /// <summary>What a customer is called on screens; null where there is no such customer.</summary>
    public async Task<string?> NameAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var customer = await db.Customers.AsNoTracking().FirstOrDefaultAsync(c => c.Id == customerId && c.DeletedAt == null,
            cancellationToken);
        return customer is null ? null : CustomerQueries.Shown(customer, grant.Has(Permissions.CustomersSensitive));
    }

    /// <summary>Whether a customer meets each of some rules, and with which values; null where there is no such customer.</summary>
    /// <exception cref="RuleViolationException">A rule is wrong, or asks for what the acting user may not ask.</exception>
    public async Task<IReadOnlyList<RuleAnswer>?> ExplainAsync(long customerId, IReadOnlyList<FilterExpression> rules,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var context = await ContextAsync(db, grant, new(Filter: new FilterAll(rules).ToString()), cancellationToken)
            with { Aim = QueryPurpose.Some };
        var answers = new List<RuleAnswer>();
        foreach (var some in rules.Chunk(RulesAtOnce))
        {
            // All of them are asked in one statement: for each rule, whether it is met, and the value.
            var row = Expression.Parameter(typeof(Customer), "c");
            var asked = Expression.Lambda<Func<Customer, object?[]>>(
                Expression.NewArrayInit(typeof(object), some.SelectMany(rule => Asked(rule, context, row))), row);
            var found = await db.Customers.AsNoTracking().Where(c => c.Id == customerId && c.DeletedAt == null).Select(asked)
                .FirstOrDefaultAsync(cancellationToken);
            if (found is null) return null;
            answers.AddRange(some.Select((_, i) => new RuleAnswer(found[2 * i] is true, found[(2 * i) + 1])));
        }

        return answers;
    }

    /// <summary>Which of some customers a filter fits.</summary>
    /// <exception cref="RuleViolationException">The filter is wrong, or asks for what the acting user may not ask.</exception>
    public async Task<IReadOnlyList<long>> FittingAsync(IReadOnlyList<long> ids, string? filter, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var query = new CustomerQuery(Filter: filter);
        var context = await ContextAsync(db, grant, query, cancellationToken) with { Aim = QueryPurpose.Some };
        return await db.Matching(provider, query, context)
            .Where(m => ids.Contains(m.Customer.Id)).Select(m => m.Customer.Id).ToListAsync(cancellationToken);
    }

    /// <summary>For each of some filters, whether it can be asked, and the acting user may.</summary>
    public async Task<IReadOnlyList<bool>> MayAskAsync(IReadOnlyList<string> filters, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var answers = new List<bool>();
        FilterContext? context = null;
        foreach (var filter in filters)
        {
            try
            {
                // Only what names other rules or fields of the shop needs a look into the database.
                if (context is null || filter.Contains("segment:", StringComparison.Ordinal)
                    || filter.Contains("group:", StringComparison.Ordinal) || filter.Contains("field.", StringComparison.Ordinal))
                    context = await ContextAsync(db, grant, new(Filter: filter), cancellationToken);
                CustomerFilters.Catalogue.Check(FilterText.Parse(filter), context);
                answers.Add(true);
            }
            catch (RuleViolationException)
            {
                answers.Add(false);
            }
        }

        return answers;
    }

    private static IEnumerable<Expression> Asked(FilterExpression rule, FilterContext context, ParameterExpression row)
    {
        var predicate = CustomerFilters.Catalogue.Predicate(rule, context);
        yield return Expression.Convert(
            predicate is null ? Expression.Constant(true) : predicate.Body.Replaced(predicate.Parameters[0], row), typeof(object));
        var value = rule is FilterCondition condition ? CustomerFilters.Catalogue.ValueOf(condition.Field, context) : null;
        yield return value is null ? Expression.Constant(null, typeof(object)) : value.Body.Replaced(value.Parameters[0], row);
    }

    /// <summary>Those in the trash are shown to anyone who may delete and restore.</summary>
    private async Task<Grant> DemandMayListAsync(CustomerQuery query, CancellationToken cancellationToken)
    {
        if (query.InTrash) await access.DemandAsync(Permissions.CustomersDelete, cancellationToken);
        return await access.DemandAsync(Permissions.CustomersView, cancellationToken);
    }

    internal async Task<FilterContext> ContextAsync(CrmDbContext db, Grant grant, CustomerQuery query, CancellationToken cancellationToken)
    {
        var rules = await kept.OfAsync(db, query.Filter, cancellationToken);
        var context = new FilterContext(clock.GetUtcNow(), shop.Value.Zone, grant.Has(Permissions.CustomersSensitive),
            shop.Value.Currency) { May = grant.Has, Kept = rules, Beside = [.. beside.Select(b => b.Of(db))] };
        return await context.WithAddedAsync(db, string.Join(';', rules.Values.Select(r => r?.ToString()).Prepend(query.Filter)),
            cancellationToken);
    }

    /// <summary>For those who may not see e-mails and phones: the customers with exactly the typed one. Such a search is logged.</summary>
    internal async Task<IReadOnlyList<long>?> ExactIdsAsync(CustomerQuery query, Grant grant, CancellationToken cancellationToken)
    {
        if (grant.Has(Permissions.CustomersSensitive) || string.IsNullOrWhiteSpace(query.Search)
            || StoredText.IsUnstorable(query.Search)) return null;
        var typed = query.Search.Trim();
        var key = typed.ToLowerInvariant();
        if (PhoneNumber.TryNormalize(typed, shop.Value.Country, out var phone)) key = phone;
        else if (!TextRules.IsEmail(key)) return null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        // Each part has an index of its own; "or" would have none.
        var there = query.InTrash ? db.Customers.Where(c => c.DeletedAt != null) : db.Customers.Where(c => c.DeletedAt == null);
        var ids = await there.Where(c => c.EmailKey == key).Select(c => c.Id).Union(there.Where(c => c.Phone == key).Select(c => c.Id))
            .Union(db.ContactPoints.Where(p => p.ValueKey == key).Join(there, p => p.CustomerId, c => c.Id, (_, c) => c.Id))
            .OrderBy(id => id).Take(MostMatchesByValue).ToListAsync(cancellationToken);
        await LogSearchAsync((query.Search, query.InTrash), ids, cancellationToken);
        return ids;
    }

    /// <summary>
    /// Logs a search for a complete value, with whom it found, in one change set. A list asks for its rows and their number, and reads
    /// again whenever somebody changes a customer: as long as it is the same search, only customers who are new among them are added.
    /// </summary>
    private async Task LogSearchAsync((string Text, bool InTrash) search, IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        var logged = _logged is { } last && last.Search == search ? last : _logged = new(search, []);
        var isFirst = logged.Ids.Count == 0;
        var found = ids.Where(id => !logged.Ids.Contains(id)).ToList();
        if (found.Count == 0 && !isFirst) return;
        if (found.Count == 0 && !logged.Ids.Add(0)) return;
        await audit.WriteAsync(AuditAction.Revealed, nameof(Customer), found, "Search", cancellationToken);
        logged.Ids.UnionWith(found);
    }

    /// <summary>The last search that was logged, and whom it had found by then; zero stands for nobody.</summary>
    private sealed record LoggedSearch((string Text, bool InTrash) Search, HashSet<long> Ids);
}
