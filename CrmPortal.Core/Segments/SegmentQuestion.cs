using System.Linq.Expressions;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Filtering;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Segments;

/// <summary>The rules of some segments, ready to be asked about some customers or about all. The program asks by every field.</summary>
internal sealed class SegmentQuestion
{
    /// <summary>Of so many segments the rules are asked in one statement.</summary>
    private const int AtOnce = 20;

    private readonly CrmDbContext _db;
    private readonly Dictionary<long, Expression<Func<Customer, bool>>?> _rules;

    private SegmentQuestion(CrmDbContext db, Dictionary<long, Expression<Func<Customer, bool>>?> rules) => (_db, _rules) = (db, rules);

    /// <param name="aim">Whether a few customers or all will be asked about.</param>
    public static async Task<SegmentQuestion> OfAsync(CrmDbContext db, SegmentGraph graph, IReadOnlyList<SegmentNode> nodes,
        QueryPurpose aim, IEnumerable<ICustomerRows> beside, ShopClock clock, ShopOptions shop, CancellationToken cancellationToken)
    {
        var context = await new FilterContext(clock.Now, clock.Zone, true, shop.Currency)
            {
                May = _ => true, Beside = [.. beside.Select(b => b.Of(db))], Aim = aim,
            }
            .WithAddedAsync(db, string.Join(';', graph.Nodes.Select(n => n.Filter)), cancellationToken);
        var rules = new Dictionary<long, Expression<Func<Customer, bool>>?>();
        foreach (var node in nodes)
        {
            try
            {
                graph.DemandSound(node);
                rules[node.Id] = CustomerFilters.Catalogue.Predicate(FilterText.Parse(node.Filter),
                    context with { Kept = graph.KeptFor(node.Filter) });
            }
            catch (RuleViolationException)
            {
                // A field that the shop added and removed again: the segment says so when it is opened, and its rows stay.
            }
        }

        return new(db, rules);
    }

    /// <summary>Whether the rules of a segment can be asked.</summary>
    public bool Can(SegmentNode node) => _rules.ContainsKey(node.Id);

    /// <summary>The keys of all who fit; null where the rules cannot be asked. Nobody fits a group without rules.</summary>
    public IQueryable<long>? Of(SegmentNode node)
    {
        if (!_rules.TryGetValue(node.Id, out var rule)) return null;
        var there = _db.Customers.Where(c => c.DeletedAt == null);
        return (rule is null ? there.Where(_ => false) : there.Where(rule)).Select(c => c.Id);
    }

    /// <summary>For each of the customers who is there, the segments whose rules they fit.</summary>
    public async Task<Dictionary<long, HashSet<long>>> AskAsync(IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        var answers = new Dictionary<long, HashSet<long>>();
        var asked = _rules.Where(r => r.Value is not null).Select(r => (Id: r.Key, Rule: r.Value!)).ToList();
        foreach (var some in asked.Count == 0 ? [[]] : asked.Chunk(AtOnce))
        {
            var row = Expression.Parameter(typeof(Customer), "c");
            var parts = some.Select(Expression (s) => Asked(s.Rule, row)).Prepend(
                Expression.Convert(Expression.Property(row, nameof(Customer.Id)), typeof(object)));
            var select = Expression.Lambda<Func<Customer, object?[]>>(Expression.NewArrayInit(typeof(object), parts), row);
            var found = await _db.Customers.AsNoTracking().TagWith(SegmentKeeper.KeepingTag)
                .Where(c => ids.Contains(c.Id) && c.DeletedAt == null).Select(select).ToListAsync(cancellationToken);
            foreach (var values in found)
            {
                var id = (long)values[0]!;
                if (!answers.TryGetValue(id, out var fits)) answers[id] = fits = [];
                for (var i = 0; i < some.Length; i++)
                    if (values[i + 1] is true) fits.Add(some[i].Id);
            }
        }

        return answers;
    }

    /// <summary>What is neither true nor false, as with an unknown value, is false, as it is for a list.</summary>
    private static UnaryExpression Asked(Expression<Func<Customer, bool>> rule, ParameterExpression row) => Expression.Convert(
        Expression.Condition(rule.Body.Replaced(rule.Parameters[0], row), Expression.Constant(true), Expression.Constant(false)),
        typeof(object));
}
