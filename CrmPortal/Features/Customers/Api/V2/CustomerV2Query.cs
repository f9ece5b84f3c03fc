using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Core.Customers;
using Microsoft.AspNetCore.Mvc;

namespace CrmPortal.Features.Customers;

/// <summary>Which customers a list of document 4 shows.</summary>
internal sealed class CustomerV2Query
{
    public const int UsualLimit = 20;

    internal static readonly Dictionary<string, string> Statuses = new()
    {
        ["active"] = "status:any:active", ["inactive"] = "status:any:inactive", ["blocked"] = "status:any:blocked", ["vip"] = "vip:yes",
    };

    private static readonly Dictionary<string, CustomerSort> Orders = new(StringComparer.OrdinalIgnoreCase)
    {
        ["lastInteraction"] = CustomerSort.LastInteraction, ["createdAt"] = CustomerSort.Newest, ["updatedAt"] = CustomerSort.Updated,
        ["lastName"] = CustomerSort.Name, ["email"] = CustomerSort.Email,
    };

    [FromQuery(Name = "page"), Description("Starts at 1.")]
    public int? Page { get; init; }

    [FromQuery(Name = "limit"), Description("Customers per page; defaults to 20, at most 100.")]
    public int? Limit { get; init; }

    [FromQuery(Name = "search"), Description("Words or parts of words of the name, an e-mail, a phone in any format, or a number.")]
    public string? Search { get; init; }

    [FromQuery(Name = "status"), Description("active, inactive, blocked or vip.")]
    public string? Status { get; init; }

    [FromQuery(Name = "segment"), Description("vip, regular, new or inactive.")]
    public string? Segment { get; init; }

    [FromQuery(Name = "tags"), Description("Separated by commas; customers with any of them.")]
    public string? Tags { get; init; }

    [FromQuery(Name = "sortBy"), Description("lastInteraction, createdAt, updatedAt, lastName or email; defaults to lastInteraction.")]
    public string? SortBy { get; init; }

    [FromQuery(Name = "sortOrder"), Description("asc or desc; defaults to desc.")]
    public string? SortOrder { get; init; }

    /// <exception cref="ApiException">A word is none of those that there are.</exception>
    public CustomerQuery Read()
    {
        var sort = CustomerSort.LastInteraction;
        if (!string.IsNullOrWhiteSpace(SortBy) && !Orders.TryGetValue(SortBy.Trim(), out sort))
            throw ApiException.BadField("sortBy", $"It is one of: {string.Join(", ", Orders.Keys)}.");
        var isDescending = (SortOrder ?? "").Trim().ToLowerInvariant() switch
        {
            "" or "desc" => true,
            "asc" => false,
            _ => throw ApiException.BadField("sortOrder", "It is one of: asc, desc."),
        };
        return Of(Search, Status, Segment, Tags) with { Sort = sort, Descending = isDescending };
    }

    /// <summary>The customers of these filters, the last interaction first.</summary>
    /// <exception cref="ApiException">A word is none of those that there are.</exception>
    public static CustomerQuery Of(string? search, string? status, string? segment, string? tags) => new(DocumentedPhone.Sought(search),
        new DocumentedFilter().Word("status", status, Statuses).Word("segment", segment, CustomerKinds.Filters)
            .AnyOf("tags", [.. (tags ?? "").Split(',')]).Text, CustomerSort.LastInteraction);
}
