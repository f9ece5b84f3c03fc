using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Webhooks;

/// <summary>The events of one kind of record.</summary>
/// <param name="Kind">The first part of the topics, such as <c>order</c>.</param>
/// <param name="AuditName">The kind in the audit, such as <c>Order</c>; null for what is no record.</param>
public sealed record WebhookTopicGroup(string Kind, string? AuditName, IReadOnlyList<string> Topics);

/// <summary>What webhooks can be told of: every topic that is put into the outbox.</summary>
public static class WebhookTopics
{
    /// <summary>What a try by hand is called; nothing happens by this name.</summary>
    public const string Test = "webhook.test";

    /// <summary>What the recorder says of any audited row that belongs to no customer, or is the customer.</summary>
    private static readonly string[] Actions = ["created", "updated", "deleted"];

    /// <summary>What features tell beside it.</summary>
    private static readonly string[] Others =
    [
        "customer.imported", "customer.merged", "customer.purged", "segment.members", "shop.updated", "ticket.message", "worklist.changed",
    ];

    /// <summary>Names in the audit of the kinds whose records may belong to a customer, by the first part of their topics.</summary>
    private static readonly Dictionary<string, string> Linked = AuditNames.Entities
        .Where(e => e.Entity.IsAssignableTo(typeof(ICustomerLinked))).ToDictionary(e => KindOf(e.Name), e => e.Name.Name);

    /// <summary>By kind; customers, orders and tickets first.</summary>
    public static IReadOnlyList<WebhookTopicGroup> Groups { get; } = [.. Kinds()
        .OrderBy(g => Array.IndexOf(["ticket", "order", "customer"], g.Kind) is var place && place < 0 ? 0 : -1 - place)
        .ThenBy(g => g.Kind, StringComparer.Ordinal)];

    public static IReadOnlySet<string> All { get; } = Groups.SelectMany(g => g.Topics).ToHashSet();

    internal static string KindOf(string topic) => topic[..topic.IndexOf('.', StringComparison.Ordinal)];

    /// <summary>The name in the audit under which the customer of a record is found, or null where it has none.</summary>
    internal static string? LinkedNameOf(string topic) => Linked.GetValueOrDefault(KindOf(topic));

    private static string KindOf(AuditNameAttribute name) => name.Name.ToLowerInvariant();

    private static IEnumerable<WebhookTopicGroup> Kinds()
    {
        // A part of a customer happens to the customer. Of webhooks no webhook is told: one that fails would have itself to tell of.
        var audited = AuditNames.Entities.Where(e => e.Entity == typeof(Customer)
            || !e.Entity.IsAssignableTo(typeof(ICustomerOwned))).Where(e => e.Entity != typeof(Webhook))
            .ToDictionary(e => KindOf(e.Name), e => e.Name.Name);
        foreach (var kind in audited.Keys.Union(Others.Select(KindOf)))
        {
            var name = audited.GetValueOrDefault(kind);
            yield return new(kind, name, [.. (name is null ? [] : Actions.Select(a => $"{kind}.{a}")).Concat(Others.Where(o =>
                KindOf(o) == kind))]);
        }
    }
}
