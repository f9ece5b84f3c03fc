using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Features.Exports;
using CrmPortal.Features.Settings;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Orders;

/// <summary>What the list of orders does beside showing them, for programs: many are moved at once, and all leave as a file.</summary>
internal static class OrderListEndpoints
{
    public static void MapOrderLists(this RouteGroupBuilder api)
    {
        var orders = api.MapGroup("/orders").WithTags("Orders");
        orders.MapPost("/bulk", StartAsync)
            .Documented("StartOrderMove", "Move many orders to another status at once", Permissions.OrdersEdit,
                """{ "status": "shipped", "filter": "status:any:paid" }""", 202, JobExamples.Job)
            .WithDescription("Name the orders, or say by filter or search which. Those whose status does not lead there stay as they are. "
                + $"{Permissions.OrdersView} is needed as well.");
        orders.MapGet(@"/bulk/{jobId:regex(^\d+$)}", GetAsync)
            .Documented("GetOrderMove", "Get what a move of many orders of yours did so far, or in the end", Permissions.OrdersView, null,
                200, """{ "status": "shipped", "changed": 48, "total": 50, "was_cancelled": false, "change_set_id": 4711 }""")
            .WithDescription("What change_set_id names is undone by POST /api/changes/{id}/undo.");
        orders.MapGet("/export", ExportAsync)
            .Documented("ExportOrders", "Export orders as JSON, CSV or Excel", Permissions.CustomersExport, null, 200,
                """[ { "order": "7", "placed": "2026-01-31T09:30:00Z", "customer": "CUST-20260131-0001", "status": "paid", "total": 25.00 } ]""")
            .WithDescription($"The answer is streamed. {Permissions.OrdersView} is needed as well; for raw=true, {Permissions.ExportsRaw}.")
            .AnswersTable(withPdf: false);
    }

    private static async Task<Accepted<JobAnswer>> StartAsync(OrderMoveBody body, OrderBulkService bulk, JobService jobs,
        CancellationToken cancellationToken) => await JobAnswer.AcceptedAsync(jobs,
            await bulk.StartAsync(body.Selection(), body.Status, cancellationToken), cancellationToken);

    private static async Task<Ok<OrderMoveAnswer>> GetAsync([Description("The id of the job.")] long jobId, OrderBulkService bulk,
        JobService jobs, CancellationToken cancellationToken)
    {
        var job = await jobs.GetAsync(jobId, cancellationToken);
        var move = job is null || job.Kind != OrderBulkService.JobKind ? null : await bulk.GetAsync(job.SubjectId, cancellationToken);
        if (move is null) throw ApiException.NotFound("Bulk action not found");
        return TypedResults.Ok(new OrderMoveAnswer(move.Status, move.Result.Changed, move.Result.Total, move.Result.WasCancelled,
            move.Result.ChangeSetId));
    }

    private static async Task<IResult> ExportAsync([Description("json, csv or xlsx; defaults to json.")] string? format,
        [Description("Conditions as in the list, such as status:any:paid.")] string? filter,
        [Description("Words, as in the list.")] string? search,
        [Description("Separated by commas, behind the order; defaults to placed,customer,products,status,channel,total.")] string? columns,
        OrderExportService exports, CancellationToken cancellationToken,
        [Description("Leaves cells as they are that a spreadsheet may take for formulas.")] bool raw = false)
    {
        var wanted = TableAnswer.Read(format, "json", "csv", "xlsx");
        var request = new OrderExportRequest(new(search, filter), wanted) { IsRaw = raw };
        request = request with { Columns = TableAnswer.Columns(columns, request.Columns) };
        return new TableAnswer("orders", await exports.PrepareAsync(request, ExportAudience.Usual, cancellationToken),
            ExportFormats.Demand(wanted));
    }
}

/// <summary>Which orders get which status.</summary>
internal sealed record OrderMoveBody
{
    public required OrderStatus Status { get; init; }

    [Description("At most 10,000.")]
    public IReadOnlyList<long>? OrderIds { get; init; }

    [Description("Which orders instead, as the filter of the list; so many as it finds.")]
    public string? Filter { get; init; }

    [Description("Words, as the search of the list.")]
    public string? Search { get; init; }

    /// <exception cref="RuleViolationException">It is not said which orders, or in two ways.</exception>
    public OrderSelection Selection()
    {
        var isAsked = !string.IsNullOrWhiteSpace(Filter) || !string.IsNullOrWhiteSpace(Search);
        if (OrderIds is { Count: > 0 } ids)
            return isAsked ? throw new RuleViolationException("OrderIds", "Give either order_ids, or filter and search.")
                : new([.. ids.Distinct()], null);
        // All orders are never meant by leaving something out.
        return isAsked ? new(null, new(Search, Filter))
            : throw new RuleViolationException("OrderIds", "Name at least one order, or say by filter or search which.");
    }
}

/// <summary>What a move of many orders did.</summary>
/// <param name="Changed">How many were moved; the others were there already, or cannot be.</param>
/// <param name="ChangeSetId">What can be undone; null where nothing was moved.</param>
internal sealed record OrderMoveAnswer(OrderStatus Status, int Changed, int Total, bool WasCancelled, long? ChangeSetId);
