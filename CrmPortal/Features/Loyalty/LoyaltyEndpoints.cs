using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Features.Customers;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CrmPortal.Features.Loyalty;

/// <summary>
/// The loyalty part of document 3, at its own address with ids as strings and in the core with ids as numbers: one set of handlers.
/// </summary>
internal static class LoyaltyEndpoints
{
    public const string RetailRoot = "/v1/retail-customers";
    public const string NotFound = "Customer not found";

    public static void MapLoyalty(this RouteGroupBuilder api)
    {
        var core = api.MapGroup("/loyalty").WithTags("Loyalty");
        Map(api.MapGroup(@"/customers/{id:regex(^\d+$)}/loyalty").WithTags("Loyalty"), core, core, "", isText: false);
        var retail = api.MapGroup(RetailRoot).WithTags("Retail customers");
        Map(retail.MapGroup("/{id}/loyalty"), retail.MapGroup("/loyalty"), retail.MapGroup("/analytics/loyalty"), "Retail", isText: true);
    }

    private static void Map(RouteGroupBuilder customer, RouteGroupBuilder loyalty, RouteGroupBuilder metrics, string prefix, bool isText)
    {
        var id = isText ? "\"17\"" : "17";
        var standing =
            $$"""{"customer_id":{{id}},"tier":"gold","is_manual":true,"tier_expires_at":"2027-01-01T00:00:00Z","basis_amount":2450.00,"next_tier":"platinum","remaining":7550.00}""";
        var entry = $$"""{"id":{{id}},"customer_id":{{id}},"transaction_type":"EARNED","points":200,"balance_after":1500,"description":"Purchase reward - Order #12345","order_id":"12345","expires_at":"2026-12-31T00:00:00Z","created_at":"2025-12-31T10:00:00Z"}""";
        customer.MapGet("/balance", async (string id, LedgerService ledger, CancellationToken cancellationToken) =>
            {
                var balance = await ledger.BalanceAsync(OpaqueId.Read(id), cancellationToken) ?? throw ApiException.NotFound(NotFound);
                return TypedResults
                    .Ok(new BalanceAnswer(new(balance.CustomerId, isText), balance.Current, balance.Lifetime, balance.ExpiringSoon,
                    LastSecond(balance.ExpiringAt), balance.Tier, balance.Pending));
            })
            .Documented(prefix + "GetLoyaltyBalance", "What points a customer has", Permissions.CustomersView, null, 200,
                $$"""{"customer_id":{{id}},"current_balance":1500,"lifetime_points":3500,"points_expiring_soon":200,"points_expiring_date":"2025-12-31T23:59:59Z","tier":"silver","pending_points":0}""");
        customer.MapGet("/transactions", async (string id, [AsParameters] TransactionsQuery query, LedgerService ledger,
            CancellationToken cancellationToken) =>
            {
                var customerId = OpaqueId.Read(id);
                var wanted = new LedgerQuery(query.Kind());
                if (await ledger.BalanceAsync(customerId, cancellationToken) is null) throw ApiException.NotFound(NotFound);
                var lines = isText ? await ledger.SliceAsync(customerId, wanted, query.Slice().Skip, query.Slice().Limit, cancellationToken)
                    : (await ledger.EntriesAsync(customerId, wanted, query.Page(), cancellationToken)).Items;
                return TypedResults.Ok(lines.Select(l => new TransactionAnswer(
                    new(l.Id, isText), new(customerId, isText), TransactionsQuery.NameOf(l.Kind), l.Points, l.Balance, l.Reason, l.OrderName
                        ?? l.Reference, l.ExpiresAt, l.At)).ToList());
            })
            .Documented(prefix + "ListLoyaltyTransactions", "The entries of a customer's ledger, newest first", Permissions.CustomersView,
                null, 200, $"[{entry}]");
        loyalty.MapPost("/earn", async (EarnBody body, [FromHeader(Name = Idempotency.Header)] string? key, LedgerService ledger,
            CancellationToken cancellationToken) => Booked(await ledger.EarnAsync(
                new() { CustomerId = Read(body.CustomerId, isText), Points = body.Points, Reason = body.Description, Order = body.OrderId,
                    ExpiryDays = body.ExpiryDays }, key, cancellationToken), isText))
            .Documented(prefix + "EarnPoints", "Add points; the same order or Idempotency-Key never books twice", Permissions.LoyaltyEarn,
                $$"""{"customer_id":{{id}},"points":200,"description":"Purchase reward - Order #12345","order_id":"12345","expiry_days":365}""", 201, entry).KeepsItsKeys();
        loyalty.MapPost("/redeem", async (RedeemBody body, [FromHeader(Name = Idempotency.Header)] string? key, LedgerService ledger,
            CancellationToken cancellationToken) => Booked(await ledger.RedeemAsync(
                new() { CustomerId = Read(body.CustomerId, isText), Points = body.Points, Reason = body.Description, Order = body.OrderId },
                    key, cancellationToken), isText))
            .Documented(prefix + "RedeemPoints", "Spend points", Permissions.LoyaltyRedeem,
                $$"""{"customer_id":{{id}},"points":500,"description":"Discount redemption","order_id":"12346"}""", 201,
                entry.Replace("EARNED", "REDEEMED", StringComparison.Ordinal)).KeepsItsKeys();
        loyalty.MapPost("/adjust", (AdjustBody body, [FromHeader(Name = Idempotency.Header)] string? key, LedgerService ledger,
            CancellationToken cancellationToken) => AdjustAsync(body, key, ledger, isText, cancellationToken))
            .Documented(prefix + "AdjustPoints", "Add or take points by hand; above one's limit a second person decides (202)",
                Permissions.LoyaltyAdjust,
                $$"""{"customer_id":{{id}},"points":100,"reason":"Compensation for delayed delivery"}""", 201,
                    entry.Replace("EARNED", "ADJUSTED", StringComparison.Ordinal)).KeepsItsKeys();
        loyalty.MapPut("/tier", async (TierBody body, TierService tiers, CancellationToken cancellationToken) =>
            Standing(await tiers.GiveAsync(
                Read(body.CustomerId, isText), new() { Tier = body.NewTier, Reason = body.Reason, Until = body.TierExpiryDate },
                    cancellationToken), isText))
            .Documented(prefix + "GiveTier", "Give a tier by hand, until a day or until it is taken", Permissions.LoyaltyAdjust,
                $$"""{"customer_id":{{id}},"new_tier":"gold","reason":"Promotional upgrade","tier_expiry_date":"2026-12-31"}""", 200,
                    standing);
        customer.MapPost("/auto-tier", async (string id, TierService tiers, CancellationToken cancellationToken) =>
            Standing(await tiers.AutoAsync(OpaqueId.Read(id), cancellationToken), isText))
            .Documented(prefix + "AutoTier", "Give the tier that the programme's basis reaches now", Permissions.LoyaltyAdjust, null, 200,
                standing);
        metrics.MapGet("/metrics", async (LiabilityService liability, CancellationToken cancellationToken) =>
            TypedResults.Ok(MetricsAnswer.Of(await liability.MetricsAsync(cancellationToken))))
            .Documented(prefix + "GetLoyaltyMetrics", "Members and points of the whole programme", Permissions.ReportsView, null, 200,
                """{"total_members":5000,"active_members":4500,"bronze_members":3000,"silver_members":1200,"gold_members":250,"platinum_members":50,"total_points_issued":5000000,"total_points_redeemed":1500000,"total_points_expired":200000,"current_outstanding_points":3300000,"redemption_rate":30.0}""");
        loyalty.MapPost("/expire-points",
            async ([FromQuery(Name = "customer_id"), Description("Without it, for all customers.")] string? customerId,
            ExpiryService expiry, CancellationToken cancellationToken) =>
            {
                var expired = string.IsNullOrEmpty(customerId) ? await expiry.RunAsync(null, cancellationToken) : await expiry
                    .RunAsync(OpaqueId.Read(customerId), cancellationToken) ?? throw ApiException.NotFound(NotFound);
                return TypedResults.Ok(new ExpiredAnswer("Points expired successfully.", expired.Points, expired.Lots));
            })
            .Documented(prefix + "ExpirePoints", "Book points that ran out", Permissions.ProgrammeEdit, null, 200,
                """{"message":"Points expired successfully.","points_expired":200,"lots":3}""");
    }

    private static async Task<Results<Created<TransactionAnswer>, Accepted<WaitingAnswer>>> AdjustAsync(AdjustBody body, string? key,
        LedgerService ledger, bool isText, CancellationToken cancellationToken)
    {
        var adjusted = await ledger
            .AdjustAsync(new() { CustomerId = Read(body.CustomerId, isText), Points = body.Points, Reason = body.Reason }, key,
            cancellationToken) ?? throw ApiException.NotFound(NotFound);
        if (adjusted.Booked is { } booked) return Booked(booked, isText);
        var request = adjusted.Request!;
        return TypedResults.Accepted((string?)null, new WaitingAnswer("The adjustment waits for a second person.", new(request.Id, isText),
            new(request.CustomerId, isText), request.Points, request.Reason));
    }

    /// <exception cref="ApiException">The id is not written as the contract writes it.</exception>
    private static long Read(OpaqueId id, bool isText) => id.IsText == isText
        ? id.Value : throw ApiException.BadField("customer_id", isText
        ? "The id of a customer is a string here." : "The id of a customer is a number here.");

    /// <summary>Document 3 prints the last second of the last day, and not the first instant without the points.</summary>
    private static DateTimeOffset? LastSecond(DateTimeOffset? end) => end?.AddSeconds(-1);

    private static Ok<StandingAnswer> Standing(TierStanding? standing, bool isText) => standing is null
        ? throw ApiException.NotFound(NotFound)
        : TypedResults.Ok(new StandingAnswer(new(standing.CustomerId, isText), standing.Tier?.Code, standing.IsGiven, standing.Until,
            standing.Amount, standing.Next?.Code, standing.Remaining));

    private static Created<TransactionAnswer> Booked(BookingResult? booked, bool isText)
    {
        if (booked is null) throw ApiException.NotFound(NotFound);
        return TypedResults.Created((string?)null, new TransactionAnswer(
            new(booked.EntryId, isText), new(booked.CustomerId, isText), TransactionsQuery.NameOf(booked.Kind), booked.Points,
                booked.BalanceAfter, booked.Reason, booked.Reference, booked.ExpiresAt, booked.At));
    }
}

/// <summary>Which entries are listed: pages on the core, skip and limit on the retail contract.</summary>
internal sealed class TransactionsQuery
{
    private const int Usual = 50;
    private static readonly Dictionary<string, EntryKind> Kinds = Enum.GetValues<EntryKind>().ToDictionary(NameOf);

    [FromQuery(Name = "transaction_type"), Description("EARNED, REDEEMED, ADJUSTED, EXPIRED, REVERSED or WRITTEN_OFF.")]
    public string? TransactionType { get; init; }

    [FromQuery(Name = "page"), Description("Counted from 1; not on the retail contract, which has skip.")]
    public int? PageNumber { get; init; }

    [FromQuery(Name = "skip"), Description("How many entries to pass over; on the core a multiple of limit.")]
    public int? Skip { get; init; }

    [FromQuery(Name = "limit"), Description("50 without it; 100 at most on the core, 1,000 on the retail contract.")]
    public int? Limit { get; init; }

    public static string NameOf(EntryKind kind) => kind == EntryKind.WrittenOff ? "WRITTEN_OFF" : kind.ToString().ToUpperInvariant();

    /// <exception cref="ApiException">There is no such kind.</exception>
    public EntryKind? Kind() => string.IsNullOrEmpty(TransactionType) ? null
        : Kinds.TryGetValue(TransactionType.ToUpperInvariant(), out var kind)
            ? kind : throw ApiException.BadField("transaction_type", "It is EARNED, REDEEMED, ADJUSTED, EXPIRED, REVERSED or WRITTEN_OFF.");

    /// <exception cref="ApiException">Skip and limit do not go together.</exception>
    public PageRequest Page()
    {
        var size = Limit ?? Usual;
        if (Skip is not { } skip) return new(PageNumber ?? 1, size);
        if (skip < 0 || size < 1 || skip % size != 0) throw ApiException.BadField("skip", "skip is a multiple of limit, from 0 on.");
        return new((skip / size) + 1, size);
    }

    /// <exception cref="ApiException">A page is asked for.</exception>
    public (int Skip, int Limit) Slice() => PageNumber is null
        ? (Skip ?? 0, Limit ?? Usual) : throw ApiException.BadField("page", "There are no pages here; use skip and limit.");
}
