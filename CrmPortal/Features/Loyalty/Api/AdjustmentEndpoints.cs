using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Features.Customers;
using CrmPortal.Features.Exports;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Loyalty;

/// <summary>Adjustments of points that wait for a second person, bookings taken back, and a ledger as a file, for programs.</summary>
internal static class AdjustmentEndpoints
{
    private const string NotFound = "Adjustment not found";
    private const string ById = @"/{adjustmentId:regex(^\d+$)}";

    private const string Waiting = """
        { "id": 6, "customer_id": 12, "customer": "John Doe", "points": 5000, "reason": "Goodwill", "state": "waiting", "asked_by": "Eve Staff",
          "asked_at": "2026-01-31T09:30:00Z", "decided_by": null, "decided_at": null, "decision_reason": null, "may_decide": true,
          "may_withdraw": false }
        """;

    public static void MapAdjustments(this RouteGroupBuilder api)
    {
        var adjustments = api.MapGroup("/loyalty/adjustments").WithTags("Loyalty");
        adjustments.MapGet("", ListAsync)
            .Documented("ListAdjustments", "List the adjustments that wait for a second person, or those that were decided",
                Permissions.LoyaltyAdjust, null, 200, $"[{Waiting}]")
            .WithDescription($"Those of others are there for those with the permission {Permissions.LoyaltyApprove}.");
        adjustments.MapPost(ById + "/approve", ApproveAsync)
            .Documented("ApproveAdjustment", "Book an adjustment that somebody else asked for", Permissions.LoyaltyApprove, null, 200,
                CustomerPartExamples.Done("Adjustment booked."));
        adjustments.MapPost(ById + "/reject", RejectAsync)
            .Documented("RejectAdjustment", "Refuse an adjustment, with the reason", Permissions.LoyaltyApprove,
                """{ "reason": "Too much" }""", 200, CustomerPartExamples.Done("Adjustment refused."));
        adjustments.MapPost(ById + "/withdraw", WithdrawAsync)
            .Documented("WithdrawAdjustment", "Take back an adjustment that you asked for", Permissions.LoyaltyAdjust, null, 200,
                CustomerPartExamples.Done("Adjustment withdrawn."));
        var customer = api.MapGroup(@"/customers/{id:regex(^\d+$)}/loyalty").WithTags("Loyalty");
        customer.MapPost("/take-tier", TakeTierAsync)
            .Documented("TakeTier", "Take a tier that was set manually; the one that was reached holds from now on",
                Permissions.LoyaltyAdjust, """{ "reason": "It was set by mistake" }""", 200,
                """{ "tier": "silver", "is_manual": false }""");
        customer.MapGet("/transactions/export", ExportAsync)
            .Documented("ExportLedger", "Export a customer's ledger as JSON, CSV, Excel or PDF", Permissions.CustomersExport, null, 200,
                """[ { "at": "2026-01-31T09:30:00Z", "entry_kind": "earned", "reason": "Order", "points": 25, "balance": 25 } ]""")
            .WithDescription($"The answer is streamed. {Permissions.CustomersView} is needed as well.").AnswersTable(withPdf: true);
    }

    private static async Task<Ok<IReadOnlyList<AdjustmentAnswer>>> ListAsync(int? page, int? limit, HttpContext http, LedgerService ledger,
        CancellationToken cancellationToken, [Description("false for those that were decided, the newest first.")] bool waiting = true)
    {
        var found = await ledger.RequestsAsync(waiting, http.Contract().Paging.Page(page, limit, ListQuery.UsualLimit), cancellationToken);
        return TypedResults.Ok<IReadOnlyList<AdjustmentAnswer>>([.. found.Items.Select(AdjustmentAnswer.Of)]);
    }

    private static async Task<Ok<DoneAnswer>> ApproveAsync([Description("The id of the adjustment.")] long adjustmentId,
        LedgerService ledger, CancellationToken cancellationToken)
    {
        _ = await ledger.ApproveAsync(adjustmentId, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return TypedResults.Ok(new DoneAnswer("Adjustment booked."));
    }

    private static async Task<Ok<DoneAnswer>> RejectAsync([Description("The id of the adjustment.")] long adjustmentId, ReasonInput body,
        LedgerService ledger, CancellationToken cancellationToken) =>
        await ledger.RejectAsync(adjustmentId, body.Reason, cancellationToken) ? TypedResults.Ok(new DoneAnswer("Adjustment refused."))
            : throw ApiException.NotFound(NotFound);

    private static async Task<Ok<DoneAnswer>> WithdrawAsync([Description("The id of the adjustment.")] long adjustmentId,
        LedgerService ledger, CancellationToken cancellationToken) =>
        await ledger.WithdrawAsync(adjustmentId, cancellationToken) ? TypedResults.Ok(new DoneAnswer("Adjustment withdrawn."))
            : throw ApiException.NotFound(NotFound);

    private static async Task<Ok<TierTakenAnswer>> TakeTierAsync([Description("The id of the customer.")] long id, ReasonInput body,
        TierService tiers, CancellationToken cancellationToken)
    {
        var standing = await tiers.TakeAsync(id, body.Reason, cancellationToken)
            ?? throw ApiException.NotFound(CustomerPartEndpoints.NoCustomer);
        return TypedResults.Ok(new TierTakenAnswer(standing.Tier?.Code, standing.IsGiven));
    }

    private static async Task<IResult> ExportAsync([Description("The id of the customer.")] long id,
        [Description("json, csv, xlsx or pdf; defaults to json.")] string? format,
        [Description("The first day of the shop.")] DateOnly? from, [Description("The last day of the shop.")] DateOnly? until,
        LedgerExportService exports, CancellationToken cancellationToken)
    {
        var wanted = TableAnswer.Read(format, "json", "csv", "xlsx", "pdf");
        var table = await exports.PrepareAsync(new(id, new(null, from, until), wanted, false), ExportAudience.Usual, cancellationToken)
            ?? throw ApiException.NotFound(CustomerPartEndpoints.NoCustomer);
        return new TableAnswer("points", table, ExportFormats.Demand(wanted));
    }
}

/// <summary>The tier of a customer after one was taken.</summary>
internal sealed record TierTakenAnswer(string? Tier, bool IsManual);

/// <summary>An adjustment that needs a second person.</summary>
internal sealed record AdjustmentAnswer(long Id, long CustomerId, string Customer, long Points, string Reason, AdjustmentState State,
    string AskedBy, DateTimeOffset AskedAt, string? DecidedBy, DateTimeOffset? DecidedAt, string? DecisionReason, bool MayDecide,
    bool MayWithdraw)
{
    public static AdjustmentAnswer Of(AdjustmentDetails a) => new(a.Id, a.CustomerId, a.CustomerName, a.Points, a.Reason, a.State,
        a.AskedByName, a.AskedAt, a.DecidedByName, a.DecidedAt, a.DecisionReason, a.MayDecide, a.MayWithdraw);
}
