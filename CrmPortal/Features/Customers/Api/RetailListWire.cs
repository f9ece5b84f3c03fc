using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Core.Customers;
using Microsoft.AspNetCore.Mvc;

namespace CrmPortal.Features.Customers;

/// <summary>The conditions of document 3, in the address of a list and in the body of a search alike.</summary>
internal interface IRetailFilter
{
    string? Search { get; }
    bool? IsActive { get; }
    string? LoyaltyTier { get; }
    string? RfmSegment { get; }
    string? City { get; }
    string? State { get; }
    string? Country { get; }
    decimal? MinTotalSpent { get; }
    decimal? MaxTotalSpent { get; }
    int? MinOrders { get; }
    int? MaxOrders { get; }
    string? RegisteredAfter { get; }
    string? RegisteredBefore { get; }
    string? LastOrderAfter { get; }
    string? LastOrderBefore { get; }
    bool? HasEmailConsent { get; }
    bool? HasSmsConsent { get; }
}

/// <summary>Which customers a list shows.</summary>
internal sealed class RetailListQuery : IRetailFilter
{
    [FromQuery(Name = "skip"), Description("How many customers to pass over.")]
    public int? Skip { get; init; }

    [FromQuery(Name = "limit"), Description("Defaults to 100, at most 1,000.")]
    public int? Limit { get; init; }

    [FromQuery(Name = "search"), Description("A part of a name, an e-mail, a phone, or a customer number.")]
    public string? Search { get; init; }

    [FromQuery(Name = "is_active")] public bool? IsActive { get; init; }

    [FromQuery(Name = "loyalty_tier"), Description("bronze, silver, gold or platinum.")]
    public string? LoyaltyTier { get; init; }

    [FromQuery(Name = "rfm_segment"), Description("Champion, Loyal, At Risk and so on.")]
    public string? RfmSegment { get; init; }

    [FromQuery(Name = "city")] public string? City { get; init; }
    [FromQuery(Name = "state")] public string? State { get; init; }

    [FromQuery(Name = "country"), Description("The name or the ISO 3166-1 alpha-2 code.")]
    public string? Country { get; init; }

    [FromQuery(Name = "min_total_spent")] public decimal? MinTotalSpent { get; init; }
    [FromQuery(Name = "max_total_spent")] public decimal? MaxTotalSpent { get; init; }
    [FromQuery(Name = "min_orders")] public int? MinOrders { get; init; }
    [FromQuery(Name = "max_orders")] public int? MaxOrders { get; init; }

    [FromQuery(Name = "registered_after"), Description("A day or an instant, which is included.")]
    public string? RegisteredAfter { get; init; }

    [FromQuery(Name = "registered_before"), Description("A day or an instant, which is not included.")]
    public string? RegisteredBefore { get; init; }

    [FromQuery(Name = "last_order_after"), Description("A day or an instant, which is included.")]
    public string? LastOrderAfter { get; init; }

    [FromQuery(Name = "last_order_before"), Description("A day or an instant, which is not included.")]
    public string? LastOrderBefore { get; init; }

    [FromQuery(Name = "has_email_consent")] public bool? HasEmailConsent { get; init; }
    [FromQuery(Name = "has_sms_consent")] public bool? HasSmsConsent { get; init; }
}

/// <summary>Whom a search looks for.</summary>
internal sealed record RetailSearchBody : IRetailFilter
{
    public string? Search { get; init; }
    public bool? IsActive { get; init; }
    public string? LoyaltyTier { get; init; }
    public string? RfmSegment { get; init; }
    public string? City { get; init; }
    public string? State { get; init; }
    public string? Country { get; init; }
    public decimal? MinTotalSpent { get; init; }
    public decimal? MaxTotalSpent { get; init; }
    public int? MinOrders { get; init; }
    public int? MaxOrders { get; init; }
    public string? RegisteredAfter { get; init; }
    public string? RegisteredBefore { get; init; }
    public string? LastOrderAfter { get; init; }
    public string? LastOrderBefore { get; init; }
    public bool? HasEmailConsent { get; init; }
    public bool? HasSmsConsent { get; init; }
}

internal static class RetailFilters
{
    private static readonly Dictionary<string, string> Activity = new()
    {
        [bool.TrueString.ToLowerInvariant()] = "status:any:active",
        [bool.FalseString.ToLowerInvariant()] = "not(status:any:active)",
    };

    /// <summary>Segments by the names that the document prints, and by the words of our filters.</summary>
    internal static readonly Dictionary<string, string> Segments = RfmSegments.ByCode
        .SelectMany(s => new[] { RfmSegments.NameOf(s.Value).ToLowerInvariant(), s.Key }.Distinct(), (s, name) => (name, s.Key))
        .ToDictionary(s => s.name, s => $"rfm_segment:any:{s.Key}");

    /// <exception cref="ApiException">A value is none of those that the parameter knows.</exception>
    public static CustomerQuery Wanted(this IRetailFilter filter)
    {
        return new(filter.Search, new DocumentedFilter()
            .Word("is_active", filter.IsActive?.ToString(), Activity).AnyOf("tier", filter.LoyaltyTier)
            .Word("rfm_segment", filter.RfmSegment, Segments).Is("city", filter.City).Is("state", filter.State).Country(filter.Country)
            .Range("spent", filter.MinTotalSpent, filter.MaxTotalSpent).Range("orders", filter.MinOrders, filter.MaxOrders)
            .Dates("created", filter.RegisteredAfter, filter.RegisteredBefore, ("registered_after", "registered_before"))
            .Dates("last_order", filter.LastOrderAfter, filter.LastOrderBefore, ("last_order_after", "last_order_before"))
            .YesNo("email_marketing", filter.HasEmailConsent).YesNo("sms_marketing", filter.HasSmsConsent).Text);
    }
}
