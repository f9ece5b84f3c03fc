using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;

namespace CrmPortal.Core.Demo;

/// <summary>A made-up customer while the shop is thought out; the row is made of it at the end.</summary>
internal sealed class DemoCustomer
{
    public required long Id { get; init; }
    public required int Index { get; init; }
    public required SeedPerson Person { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The customer whose record this one repeats.</summary>
    public DemoCustomer? TwinOf { get; set; }

    /// <summary>Who lives at the same address.</summary>
    public DemoCustomer? Partner { get; set; }

    public List<string> Tags { get; } = [];
    public List<ContactPoint> Contacts { get; } = [];
    public string? LoyaltyCard { get; set; }

    /// <summary>The orders that were paid, oldest first.</summary>
    public List<Order> Orders { get; } = [];

    public List<Refund> Refunds { get; } = [];
    public DateTimeOffset? NotedAt { get; set; }
    public DateTimeOffset? DeletedAt { get; set; }
    public DateTimeOffset? VipSince { get; set; }
    public bool EmailMarketing { get; set; }
    public bool SmsMarketing { get; set; }

    /// <summary>Whether every part of the record is to be filled, for those who open one.</summary>
    public bool IsShown { get; set; }

    public bool IsMember => Orders.Count > 0;
    public long Points { get; set; }
    public string? Tier { get; set; }
    public DateTimeOffset? TierUntil { get; set; }
    public bool IsTierGiven { get; set; }

    public long Spent => Orders.Sum(o => o.BaseTotal) - Refunds.Sum(r => r.BaseAmount);

    public string Name => $"{Person.Given} {Person.Family}";
}
