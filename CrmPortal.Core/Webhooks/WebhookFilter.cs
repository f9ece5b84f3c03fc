using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Webhooks;

/// <summary>Finds whom events are about, and whether a webhook wants to hear of them.</summary>
public sealed class WebhookFilter(IServiceScopeFactory scopes)
{
    private const string OfCustomers = "customer";

    /// <summary>The customers of events, by the keys of the events; an event about no customer is not there.</summary>
    internal static async Task<Dictionary<long, long>> CustomersAsync(CrmDbContext db, IReadOnlyList<OutboxEvent> events,
        CancellationToken cancellationToken)
    {
        var customers = new Dictionary<long, long>();
        foreach (var happened in events.Where(e => WebhookTopics.KindOf(e.Topic) == OfCustomers && e.SubjectId > 0))
            customers[happened.Id] = happened.SubjectId;
        // A record may be gone by now: what is known of it stands in the audit.
        foreach (var kind in events.GroupBy(e => WebhookTopics.LinkedNameOf(e.Topic)).Where(g => g.Key is not null))
        {
            var (name, subjects) = (kind.Key!, kind.Select(e => e.SubjectId).Distinct().ToList());
            var rows = await db.AuditEntries.Where(e => e.EntityType == name && subjects.Contains(e.EntityId) && e.CustomerId != null)
                .Select(e => new { e.EntityId, e.Id, e.CustomerId }).ToListAsync(cancellationToken);
            var last = rows.GroupBy(r => r.EntityId).ToDictionary(g => g.Key, g => g.MaxBy(r => r.Id)!.CustomerId!.Value);
            foreach (var happened in kind)
                if (last.TryGetValue(happened.SubjectId, out var customer)) customers[happened.Id] = customer;
        }

        return customers;
    }

    /// <summary>Which of some customers a filter wants.</summary>
    /// <exception cref="RuleViolationException">The filter asks for something that is no longer there.</exception>
    internal async Task<IReadOnlySet<long>> FittingAsync(IReadOnlyList<long> customers, string filter, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(Actor.System("Webhooks"));
        return (await scope.ServiceProvider.GetRequiredService<CustomerFinder>().FittingAsync(customers, filter, cancellationToken))
            .ToHashSet();
    }
}
