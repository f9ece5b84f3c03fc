using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Worklist;
using CrmPortal.Features.Customers;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Worklist;

/// <summary>Whom to contact today, and what became of it, for programs.</summary>
internal static class WorklistEndpoints
{
    private const string NotFound = "Entry not found";
    private const string ById = @"/{entryId:regex(^\d+$)}";

    private const string List = """
        { "items": [ { "id": 31, "customer_id": 12, "customer_number": "CUST-20251217-0001", "customer_name": "John Doe", "is_vip": true,
            "reasons": [ "sleeping" ], "at_stake": 120.00, "email": "john@example.com", "phone": null, "has_opted_out": false,
            "agent": "Ada Manager", "is_mine": true, "claimed_by": null, "since": "2026-01-31T04:00:00Z" } ], "page": 1, "limit": 20,
          "total": 1, "pages": 1 }
        """;

    public static void MapWorklist(this RouteGroupBuilder api)
    {
        var worklist = api.MapGroup("/worklist").WithTags("Worklist");
        worklist.MapGet("/", ListAsync)
            .Documented("ListWorklist", "List whom to contact today: your own first, then by what is at stake", Permissions.CustomersView,
                null, 200, List);
        worklist.MapPost(ById + "/claim", ClaimAsync)
            .Documented("ClaimEntry", "Say that you are at it, so that nobody else calls the customer", Permissions.CustomersEdit, null, 200,
                CustomerPartExamples.Done("It is yours."));
        worklist.MapPost(ById + "/release", ReleaseAsync)
            .Documented("ReleaseEntry", "Take your claim back", Permissions.CustomersEdit, null, 200,
                CustomerPartExamples.Done("It is open again."));
        worklist.MapPost(ById + "/done", DoneAsync)
            .Documented("FinishEntry", "Say that the customer was contacted; a note becomes one of the customer", Permissions.CustomersEdit,
                """{ "note": "They will come by on Friday." }""", 200, CustomerPartExamples.Done("Noted."));
        worklist.MapPost(ById + "/later", LaterAsync)
            .Documented("PutEntryOff", "Put it off to a day", Permissions.CustomersEdit, """{ "until": "2026-02-14" }""", 200,
                CustomerPartExamples.Done("Put off."));
        worklist.MapPost(ById + "/not-useful", NotUsefulAsync)
            .Documented("DismissEntry", "Say that the entry was of no use", Permissions.CustomersEdit, null, 200,
                CustomerPartExamples.Done("Noted."));
        worklist.MapPost(ById + "/reopen", ReopenAsync)
            .Documented("ReopenEntry", "Bring back what was done or put off", Permissions.CustomersEdit, null, 200,
                CustomerPartExamples.Done("It is open again."));
    }

    private static async Task<Ok<ListAnswer<WorklistAnswer>>> ListAsync(int? page, int? limit,
        [Description("sleeping, tier_ends, tier_reached, birthday, points_expire, no_second_order or vip_unheard.")] string? reason,
        HttpContext http, WorklistService worklist, IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        var wanted = http.Contract().Paging.Page(page, limit, ListQuery.UsualLimit);
        var content = await worklist.ListAsync(QueryWord.Read<WorklistRule>(nameof(reason), reason), wanted, cancellationToken);
        return TypedResults.Ok(ListAnswer<WorklistAnswer>.Of(http, [.. content.Rows.Select(r => WorklistAnswer.Of(r, shop.Value.Currency))],
            wanted.Number, wanted.Size, content.Open));
    }

    private static Task<Ok<DoneAnswer>> ClaimAsync([Description("The id of the entry.")] long entryId, WorklistService worklist,
        CancellationToken cancellationToken) => SaidAsync(worklist.ClaimAsync(entryId, cancellationToken), "It is yours.");

    private static Task<Ok<DoneAnswer>> ReleaseAsync([Description("The id of the entry.")] long entryId, WorklistService worklist,
        CancellationToken cancellationToken) => SaidAsync(worklist.ReleaseAsync(entryId, cancellationToken), "It is open again.");

    private static Task<Ok<DoneAnswer>> DoneAsync([Description("The id of the entry.")] long entryId, WorkedBody body,
        WorklistService worklist, CancellationToken cancellationToken) =>
        SaidAsync(worklist.DoneAsync(entryId, body.Note, cancellationToken), "Noted.");

    private static Task<Ok<DoneAnswer>> LaterAsync([Description("The id of the entry.")] long entryId, PutOffBody body,
        WorklistService worklist, CancellationToken cancellationToken) =>
        SaidAsync(worklist.LaterAsync(entryId, body.Until, cancellationToken), "Put off.");

    private static Task<Ok<DoneAnswer>> NotUsefulAsync([Description("The id of the entry.")] long entryId, WorklistService worklist,
        CancellationToken cancellationToken) => SaidAsync(worklist.NotUsefulAsync(entryId, cancellationToken), "Noted.");

    private static Task<Ok<DoneAnswer>> ReopenAsync([Description("The id of the entry.")] long entryId, WorklistService worklist,
        CancellationToken cancellationToken) => SaidAsync(worklist.ReopenAsync(entryId, cancellationToken), "It is open again.");

    private static async Task<Ok<DoneAnswer>> SaidAsync(Task<bool> work, string sentence) =>
        await work ? TypedResults.Ok(new DoneAnswer(sentence)) : throw ApiException.NotFound(NotFound);
}

/// <summary>What came of it.</summary>
internal sealed record WorkedBody
{
    public string? Note { get; init; }
}

/// <summary>Until when it rests.</summary>
internal sealed record PutOffBody
{
    [Description("A day after today, within a year.")]
    public DateOnly? Until { get; init; }
}

/// <summary>Somebody to contact.</summary>
/// <param name="AtStake">In the shop's currency.</param>
/// <param name="Email">Null where there is none, you may not see it, or they do not want to be written to.</param>
/// <param name="HasOptedOut">Whether they want neither mails nor calls.</param>
/// <param name="Agent">Who looks after them.</param>
/// <param name="ClaimedBy">Who is at it right now.</param>
internal sealed record WorklistAnswer(long Id, long CustomerId, string CustomerNumber, string CustomerName, bool IsVip,
    IReadOnlyList<WorklistRule> Reasons, decimal AtStake, string? Email, string? Phone, bool HasOptedOut, string? Agent, bool IsMine,
    string? ClaimedBy, DateTimeOffset Since)
{
    public static WorklistAnswer Of(WorklistRow row, string currency) => new(row.Id, row.CustomerId, row.Number, row.Name, row.IsVip,
        [.. row.Reasons.Select(r => r.Rule)], Money.ToDecimal(row.Value, currency), row.Email, row.Phone, row.HasOptedOut, row.AgentName,
        row.IsMine, row.ClaimedByName, row.Since);
}
