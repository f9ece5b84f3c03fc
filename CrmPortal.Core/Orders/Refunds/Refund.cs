using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Orders;

/// <summary>Money given back: a dated row of its own, which lowers what the customer spent and never their number of orders.</summary>
[AuditName("Refund", Label = "Refund", PluralLabel = "Refunds", Permission = Permissions.OrdersView)]
[OpenFields("CustomerId", "ExternalId", "RefundedAt", "Currency", "Rate", "Amount", "BaseAmount", "Reason", "IsReturn")]
public sealed class Refund : ICustomerLinked, IVersioned
{
    public const int ReasonLength = 300;

    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long? CustomerId { get; set; }
    public Customer? Customer { get; set; }

    /// <summary>The number that the selling system gave; unique.</summary>
    [AuditLabel("External id")] public string? ExternalId { get; set; }

    [AuditLabel("Refunded")] public DateTimeOffset RefundedAt { get; set; }

    /// <summary>ISO 4217.</summary>
    [AuditLabel("Currency")] public required string Currency { get; set; }

    /// <summary>See <see cref="Order.Rate"/>.</summary>
    [AuditLabel("Rate")] public decimal? Rate { get; set; }

    /// <summary>The sum of the lines, in minor units of <see cref="Currency"/>; positive.</summary>
    [AuditLabel("Amount")] public long Amount { get; set; }

    /// <summary>The amount in minor units of the shop's base currency.</summary>
    [AuditLabel("Amount in base currency")] public long BaseAmount { get; set; }

    [AuditLabel("Reason")] public string? Reason { get; set; }

    /// <summary>Whether the goods came back, and not only money was given.</summary>
    [AuditLabel("Goods returned")] public bool IsReturn { get; set; }

    public long Version { get; set; }
    public List<RefundLine> Lines { get; } = [];

    public string Name => ExternalId ?? NameOf(Id);

    internal static string NameOf(long id) => string.Create(CultureInfo.InvariantCulture, $"R-{id}");
}
