using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CrmPortal.Features.Loyalty;

/// <summary>The loyalty part of document 3, at its own address and in the core: one set of handlers.</summary>
internal static class LoyaltyEndpoints
{
    private const string NotFound = "Customer not found";

    public static void MapLoyalty(this RouteGroupBuilder api)
    {
        var examples = new LoyaltyExamples(ApiContract.Core);
        var loyalty = api.MapGroup("/loyalty").WithTags("Loyalty");
        MapCustomer(api.MapGroup(@"/customers/{id:regex(^\d+$)}/loyalty").WithTags("Loyalty"), examples, "");
        MapBookings(loyalty, examples, "");
        MapMetrics(loyalty, "");
    }

    /// <summary>Maps the same under the customers of another contract.</summary>
    /// <param name="prefix">Stands in front of the operations' names, which are unique among all contracts.</param>
    public static void MapLoyalty(this RouteGroupBuilder customers, ApiContract contract, string prefix)
    {
        var examples = new LoyaltyExamples(contract);
        MapCustomer(customers.MapGroup("/{id}/loyalty"), examples, prefix);
        MapBookings(customers.MapGroup("/loyalty"), examples, prefix);
        MapMetrics(customers.MapGroup("/analytics/loyalty"), prefix);
    }

    private static void MapCustomer(RouteGroupBuilder customer, LoyaltyExamples examples, string prefix)
    {
        customer.MapGet("/balance", BalanceAsync).NeedsPermissionOrOwner(Permissions.CustomersView)
            .Documented(prefix + "GetLoyaltyBalance", "Get the points of a customer", null, 200, examples.Balance);
        customer.MapGet("/transactions", TransactionsAsync).NeedsPermissionOrOwner(Permissions.CustomersView)
            .Documented(prefix + "ListLoyaltyTransactions", "List a customer's ledger entries, newest first", null, 200,
                $"[{examples.Earned}]");
        customer.MapPost("/auto-tier", AutoTierAsync)
            .Documented(prefix + "AutoTier", "Set the tier that the customer has reached", Permissions.LoyaltyAdjust, null, 200,
                examples.Standing);
    }

    private static void MapBookings(RouteGroupBuilder loyalty, LoyaltyExamples examples, string prefix)
    {
        loyalty.MapPost("/earn", EarnAsync)
            .Documented(prefix + "EarnPoints", "Add points; the same order or Idempotency-Key never books twice", Permissions.LoyaltyEarn,
                examples.Earning, 201, examples.Earned).KeepsItsKeys();
        loyalty.MapPost("/redeem", RedeemAsync)
            .Documented(prefix + "RedeemPoints", "Redeem points", Permissions.LoyaltyRedeem, examples.Redeeming, 201, examples.Redeemed)
            .KeepsItsKeys();
        loyalty.MapPost("/adjust", AdjustAsync)
            .Documented(prefix + "AdjustPoints", "Add or deduct points manually; above your limit a second person decides (202)",
                Permissions.LoyaltyAdjust, examples.Adjusting, 201, examples.Adjusted).KeepsItsKeys();
        loyalty.MapPut("/tier", GiveTierAsync)
            .Documented(prefix + "GiveTier", "Set a tier manually, until a date or until it is removed", Permissions.LoyaltyAdjust,
                examples.Giving, 200, examples.Standing);
        loyalty.MapPost("/expire-points", ExpireAsync)
            .Documented(prefix + "ExpirePoints", "Expire points that are due", Permissions.ProgrammeEdit, null, 200,
                LoyaltyExamples.Expired);
    }

    private static void MapMetrics(RouteGroupBuilder metrics, string prefix) => metrics.MapGet("/metrics", MetricsAsync)
        .Documented(prefix + "GetLoyaltyMetrics", "Get the members and points of the whole programme", Permissions.ReportsView, null, 200,
            LoyaltyExamples.Metrics);

    private static async Task<Ok<BalanceAnswer>> BalanceAsync(string id, LedgerService ledger, CancellationToken cancellationToken)
    {
        var balance = await ledger.BalanceAsync(OpaqueId.Read(id), cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return TypedResults.Ok(new BalanceAnswer(new(balance.CustomerId), balance.Current, balance.Lifetime, balance.ExpiringSoon,
            LastSecond(balance.ExpiringAt), balance.Tier, balance.Pending));
    }

    private static async Task<Ok<List<TransactionAnswer>>> TransactionsAsync(string id, [AsParameters] TransactionsQuery query,
        HttpContext http, LedgerService ledger, CancellationToken cancellationToken)
    {
        var customerId = OpaqueId.Read(id);
        var wanted = new LedgerQuery(query.Kind());
        if (await ledger.BalanceAsync(customerId, cancellationToken) is null) throw ApiException.NotFound(NotFound);
        var lines = await LinesAsync(customerId, wanted, query, http.Contract().Paging, ledger, cancellationToken);
        return TypedResults.Ok(lines.Select(l => new TransactionAnswer(new(l.Id), new(customerId), TransactionsQuery.NameOf(l.Kind),
            l.Points, l.Balance, l.Reason, l.OrderName ?? l.Reference, l.ExpiresAt, l.At)).ToList());
    }

    private static async Task<IReadOnlyList<LedgerLine>> LinesAsync(long customerId, LedgerQuery wanted, TransactionsQuery query,
        Paging paging, LedgerService ledger, CancellationToken cancellationToken)
    {
        if (paging.Style == PagingStyle.Pages)
            return (await ledger.EntriesAsync(customerId, wanted, query.Page(paging), cancellationToken)).Items;
        var (skip, limit) = query.Slice(paging);
        return await ledger.SliceAsync(customerId, wanted, skip, limit, cancellationToken);
    }

    private static async Task<Created<TransactionAnswer>> EarnAsync(EarnBody body, [FromHeader(Name = Idempotency.Header)] string? key,
        LedgerService ledger, CancellationToken cancellationToken)
    {
        var points = new EarnInput
        {
            CustomerId = body.CustomerId.Value, Points = body.Points, Reason = body.Description, Order = body.OrderId,
            ExpiryDays = body.ExpiryDays,
        };
        return Booked(await ledger.EarnAsync(points, key, cancellationToken));
    }

    private static async Task<Created<TransactionAnswer>> RedeemAsync(RedeemBody body,
        [FromHeader(Name = Idempotency.Header)] string? key, LedgerService ledger, CancellationToken cancellationToken)
    {
        var points = new RedeemInput
        {
            CustomerId = body.CustomerId.Value, Points = body.Points, Reason = body.Description, Order = body.OrderId,
        };
        return Booked(await ledger.RedeemAsync(points, key, cancellationToken));
    }

    private static async Task<Results<Created<TransactionAnswer>, Accepted<WaitingAnswer>>> AdjustAsync(AdjustBody body,
        [FromHeader(Name = Idempotency.Header)] string? key, LedgerService ledger, CancellationToken cancellationToken)
    {
        var points = new AdjustInput { CustomerId = body.CustomerId.Value, Points = body.Points, Reason = body.Reason };
        var adjusted = await ledger.AdjustAsync(points, key, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        if (adjusted.Booked is { } booked) return Booked(booked);
        var request = adjusted.Request!;
        return TypedResults.Accepted((string?)null, new WaitingAnswer("The adjustment is waiting for a second person.", new(request.Id),
            new(request.CustomerId), request.Points, request.Reason));
    }

    private static async Task<Ok<StandingAnswer>> GiveTierAsync(TierBody body, TierService tiers, CancellationToken cancellationToken)
    {
        var tier = new TierInput { Tier = body.NewTier, Reason = body.Reason, Until = body.TierExpiryDate };
        return Standing(await tiers.GiveAsync(body.CustomerId.Value, tier, cancellationToken));
    }

    private static async Task<Ok<StandingAnswer>> AutoTierAsync(string id, TierService tiers, CancellationToken cancellationToken) =>
        Standing(await tiers.AutoAsync(OpaqueId.Read(id), cancellationToken));

    private static async Task<Ok<MetricsAnswer>> MetricsAsync(LiabilityService liability, CancellationToken cancellationToken) =>
        TypedResults.Ok(MetricsAnswer.Of(await liability.MetricsAsync(cancellationToken)));

    private static async Task<Ok<ExpiredAnswer>> ExpireAsync(
        [FromQuery(Name = "customer_id"), Description("Defaults to all customers.")] string? customerId, ExpiryService expiry,
        CancellationToken cancellationToken)
    {
        var expired = string.IsNullOrEmpty(customerId)
            ? await expiry.RunAsync(null, cancellationToken)
            : await expiry.RunAsync(OpaqueId.Read(customerId), cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return TypedResults.Ok(new ExpiredAnswer("Points expired successfully.", expired.Points, expired.Lots));
    }

    /// <summary>Document 3 prints the last second of the last day, and not the first instant without the points.</summary>
    private static DateTimeOffset? LastSecond(DateTimeOffset? end) => end?.AddSeconds(-1);

    private static Ok<StandingAnswer> Standing(TierStanding? standing) => standing is null
        ? throw ApiException.NotFound(NotFound)
        : TypedResults.Ok(new StandingAnswer(new(standing.CustomerId), standing.Tier?.Code, standing.IsGiven, standing.Until,
            standing.Amount, standing.Next?.Code, standing.Remaining));

    private static Created<TransactionAnswer> Booked(BookingResult? booked) => booked is null
        ? throw ApiException.NotFound(NotFound)
        : TypedResults.Created((string?)null, new TransactionAnswer(new(booked.EntryId), new(booked.CustomerId),
            TransactionsQuery.NameOf(booked.Kind), booked.Points, booked.BalanceAfter, booked.Reason, booked.Reference, booked.ExpiresAt,
            booked.At));
}

/// <summary>Which entries are listed: pages on the core, skip and limit on the retail contract.</summary>
internal sealed class TransactionsQuery
{
    private const int Usual = 50;
    private static readonly Dictionary<string, EntryKind> Kinds = Enum.GetValues<EntryKind>().ToDictionary(NameOf);

    [FromQuery(Name = "transaction_type"), Description("EARNED, REDEEMED, ADJUSTED, EXPIRED, REVERSED or WRITTEN_OFF.")]
    public string? TransactionType { get; init; }

    [FromQuery(Name = "page"), Description("Starts at 1; the retail contract uses skip instead.")]
    public int? PageNumber { get; init; }

    [FromQuery(Name = "skip"), Description("Number of entries to skip; on the core contract a multiple of limit.")]
    public int? Skip { get; init; }

    [FromQuery(Name = "limit"), Description("Defaults to 50; at most 100 on the core contract and 1,000 on the retail contract.")]
    public int? Limit { get; init; }

    public static string NameOf(EntryKind kind) => kind == EntryKind.WrittenOff ? "WRITTEN_OFF" : kind.ToString().ToUpperInvariant();

    /// <exception cref="ApiException">There is no such kind.</exception>
    public EntryKind? Kind() => string.IsNullOrEmpty(TransactionType) ? null
        : Kinds.TryGetValue(TransactionType.ToUpperInvariant(), out var kind)
            ? kind : throw ApiException.BadField("transaction_type", "It is EARNED, REDEEMED, ADJUSTED, EXPIRED, REVERSED or WRITTEN_OFF.");

    /// <exception cref="ApiException">Skip and limit do not go together.</exception>
    /// <exception cref="RuleViolationException">There is no such page.</exception>
    public PageRequest Page(Paging paging)
    {
        if (Skip is not { } skip) return paging.Page(PageNumber, Limit, Usual);
        var size = Limit ?? Usual;
        if (skip < 0 || size < 1 || skip % size != 0) throw ApiException.BadField("skip", "skip is a multiple of limit, from 0 on.");
        return paging.Page((skip / size) + 1, size, Usual);
    }

    /// <exception cref="ApiException">A page is asked for.</exception>
    /// <exception cref="RuleViolationException">There is no such part of the list.</exception>
    public (int Skip, int Limit) Slice(Paging paging) => PageNumber is null
        ? paging.Slice(Skip, Limit, Usual) : throw ApiException.BadField("page", "There are no pages here; use skip and limit.");
}
