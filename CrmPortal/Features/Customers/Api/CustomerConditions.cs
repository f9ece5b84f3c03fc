using System.ComponentModel;
using System.Text.Json;
using CrmPortal.Api;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Filtering;
using Microsoft.AspNetCore.Mvc;

namespace CrmPortal.Features.Customers;

/// <summary>
/// Whom a list or a search of the core looks for: our filter, and the conditions of the published documents in the words of each of them.
/// All that are given hold together.
/// </summary>
internal class CustomerConditions
{
    private static readonly Dictionary<string, CustomerSort> Orders = new()
    {
        ["created"] = CustomerSort.Newest, ["name"] = CustomerSort.Name, ["email"] = CustomerSort.Email,
        ["last_interaction"] = CustomerSort.LastInteraction, ["updated"] = CustomerSort.Updated, ["total_orders"] = CustomerSort.Orders,
        ["total_spent"] = CustomerSort.Spent, ["average_order_value"] = CustomerSort.AverageOrder,
        ["last_order_date"] = CustomerSort.LastOrder, ["date_joined"] = CustomerSort.Newest,
    };

    [FromQuery(Name = "search"), Description("Words or parts of words of the name, an e-mail, a phone in any format, or a number.")]
    public string? Search { get; init; }

    [FromQuery(Name = "filter"), Description("Conditions such as status:any:active,blocked;vip:yes;any(city:is:Paris;not(tags:any:old)).")]
    public string? Filter { get; init; }

    [FromQuery(Name = "ordering"),
        Description("created, name, email, last_interaction, updated, total_orders, total_spent, average_order_value or last_order_date; a leading - reverses the order. Defaults to -created.")]
    public string? Ordering { get; init; }

    [FromQuery(Name = "status"), Description("active, inactive, blocked or vip.")]
    public string? Status { get; init; }

    [FromQuery(Name = "segment"), Description("vip, regular, new or inactive.")]
    public string? Segment { get; init; }

    [FromQuery(Name = "tags"), Description("Separated by commas; customers with any of them.")]
    public string? Tags { get; init; }

    [FromQuery(Name = "is_active")] public bool? IsActive { get; init; }

    [FromQuery(Name = "is_verified"), Description("Whether the e-mail is verified.")]
    public bool? IsVerified { get; init; }

    [FromQuery(Name = "is_vip")] public bool? IsVip { get; init; }
    [FromQuery(Name = "phone_verified")] public bool? PhoneVerified { get; init; }

    [FromQuery(Name = "loyalty_tier"), Description("bronze, silver, gold or platinum.")]
    public string? LoyaltyTier { get; init; }

    [FromQuery(Name = "rfm_segment"), Description("Champion, Loyal, At Risk and so on.")]
    public string? RfmSegment { get; init; }

    [FromQuery(Name = "accepts_marketing_email")] public bool? AcceptsMarketingEmail { get; init; }

    [FromQuery(Name = "has_email_consent"), Description("The same as accepts_marketing_email.")]
    public bool? HasEmailConsent { get; init; }

    [FromQuery(Name = "accepts_marketing_sms")] public bool? AcceptsMarketingSms { get; init; }

    [FromQuery(Name = "has_sms_consent"), Description("The same as accepts_marketing_sms.")]
    public bool? HasSmsConsent { get; init; }

    [FromQuery(Name = "min_orders")] public int? MinOrders { get; init; }
    [FromQuery(Name = "max_orders")] public int? MaxOrders { get; init; }
    [FromQuery(Name = "min_spent")] public decimal? MinSpent { get; init; }
    [FromQuery(Name = "max_spent")] public decimal? MaxSpent { get; init; }

    [FromQuery(Name = "min_total_spent"), Description("The same as min_spent.")]
    public decimal? MinTotalSpent { get; init; }

    [FromQuery(Name = "max_total_spent"), Description("The same as max_spent.")]
    public decimal? MaxTotalSpent { get; init; }

    [FromQuery(Name = "joined_after"), Description("A day or an instant, which is included.")]
    public string? JoinedAfter { get; init; }

    [FromQuery(Name = "joined_before"), Description("A day or an instant, which is not included.")]
    public string? JoinedBefore { get; init; }

    [FromQuery(Name = "registered_after"), Description("The same as joined_after.")]
    public string? RegisteredAfter { get; init; }

    [FromQuery(Name = "registered_before"), Description("The same as joined_before.")]
    public string? RegisteredBefore { get; init; }

    [FromQuery(Name = "last_order_after"), Description("A day or an instant, which is included.")]
    public string? LastOrderAfter { get; init; }

    [FromQuery(Name = "last_order_before"), Description("A day or an instant, which is not included.")]
    public string? LastOrderBefore { get; init; }

    [FromQuery(Name = "preferred_language")] public string? PreferredLanguage { get; init; }

    [FromQuery(Name = "preferred_currency"), Description("ISO 4217; who has chosen none has the shop's.")]
    public string? PreferredCurrency { get; init; }

    [FromQuery(Name = "gender"), Description("male, female, diverse or unspecified.")]
    public string? Gender { get; init; }

    [FromQuery(Name = "city")] public string? City { get; init; }
    [FromQuery(Name = "state")] public string? State { get; init; }

    [FromQuery(Name = "country"), Description("The name or the ISO 3166-1 alpha-2 code.")]
    public string? Country { get; init; }

    /// <param name="currency">The shop's base currency.</param>
    /// <exception cref="ApiException">A value is none of those that its parameter knows.</exception>
    /// <exception cref="RuleViolationException">The filter cannot be read.</exception>
    public virtual CustomerQuery Wanted(string currency)
    {
        var (sort, descending) = Sorting.Read(Ordering, Orders, (CustomerSort.Newest, true));
        var filter = new DocumentedFilter().Condition(Filter ?? "").Word("status", Status, CustomerV2Query.Statuses)
            .Word("segment", Segment, CustomerKinds.Filters).AnyOf("tags", [.. (Tags ?? "").Split(',')])
            .Word("is_active", IsActive?.ToString(), ShopListQuery.Activity).YesNo("email_verified", IsVerified).YesNo("vip", IsVip)
            .YesNo("phone_verified", PhoneVerified).AnyOf("tier", LoyaltyTier).Word("rfm_segment", RfmSegment, RetailFilters.Segments)
            .YesNo("email_marketing", AcceptsMarketingEmail).YesNo("email_marketing", HasEmailConsent)
            .YesNo("sms_marketing", AcceptsMarketingSms).YesNo("sms_marketing", HasSmsConsent)
            .Range("orders", MinOrders, MaxOrders).Range("spent", MinSpent, MaxSpent).Range("spent", MinTotalSpent, MaxTotalSpent)
            .Dates("created", JoinedAfter, JoinedBefore, ("joined_after", "joined_before"))
            .Dates("created", RegisteredAfter, RegisteredBefore, ("registered_after", "registered_before"))
            .Dates("last_order", LastOrderAfter, LastOrderBefore, ("last_order_after", "last_order_before"))
            .Is("language", PreferredLanguage).Currency(PreferredCurrency, currency).Word("gender", Gender, ShopListQuery.Genders).Is("city", City)
            .Is("state", State).Country(Country);
        return new(Search, filter.Text, sort, descending);
    }
}

internal static class ListQuery
{
    public const int UsualLimit = 20;
}

/// <summary>Whom a search looks for.</summary>
internal sealed class CustomerSearchBody : CustomerConditions
{
    [Description("Starts at 1.")]
    public int? Page { get; init; }

    [Description("Customers per page; defaults to 20, at most 100.")]
    public int? Limit { get; init; }

    [Description(
        """Instead of filter: conditions joined by all, any and not, such as {"all":[{"field":"spent","is":"more","values":["500"]}]}.""")]
    public JsonElement? Rules { get; init; }

    public override CustomerQuery Wanted(string currency)
    {
        var wanted = base.Wanted(currency);
        if (Rules is not { ValueKind: not JsonValueKind.Null } rules) return wanted;
        if (!string.IsNullOrWhiteSpace(Filter)) throw ApiException.BadField("rules", "Give either filter or rules.");
        return wanted with { Filter = new DocumentedFilter().Condition(wanted.Filter ?? "").Condition(Read(rules)).Text };
    }

    private static string Read(JsonElement rules)
    {
        try
        {
            return FilterJson.Read(rules).ToString();
        }
        catch (RuleViolationException violation)
        {
            throw new RuleViolationException([.. violation.Errors.Select(e => e with { Field = nameof(Rules) })]);
        }
    }
}
