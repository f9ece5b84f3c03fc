using System.ComponentModel;
using System.Globalization;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Tickets;
using CrmPortal.Features.Customers;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CrmPortal.Features.Tickets;

/// <summary>Tickets for programs: shops, telephone systems and robots make them here and look after them.</summary>
internal static class TicketEndpoints
{
    public const string NotFound = "Ticket not found";
    public const string ById = @"/{id:regex(^\d+$)}";

    public static void MapTickets(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/tickets").WithTags("Tickets");
        group.MapGet("/", ListAsync)
            .Documented("ListTickets", "List tickets, one page at a time", Permissions.TicketsWork, null, 200, TicketExamples.List);
        group.MapPost("/", CreateAsync)
            .Documented("CreateTicket", "Create a ticket with its first message", Permissions.TicketsWork, TicketExamples.Creation, 201,
                TicketExamples.Ticket).AnswersTagged(isConditional: false);
        group.MapGet(ById, GetAsync)
            .Documented("GetTicket", "Get a ticket with its targets", Permissions.TicketsWork, null, 200, TicketExamples.Ticket)
            .AnswersTagged(isConditional: true);
        group.MapPut(ById, ChangeAsync)
            .Documented("ReplaceTicket", "Change a ticket; absent fields stay as they are", Permissions.TicketsWork, TicketExamples.Change,
                200, TicketExamples.Ticket).AnswersTagged(isConditional: false).AnswersProblems(412);
        group.MapPatch(ById, ChangeAsync)
            .Documented("UpdateTicket", "Change some fields of a ticket", Permissions.TicketsWork, TicketExamples.Change, 200,
                TicketExamples.Ticket).AnswersTagged(isConditional: false).AnswersProblems(412);
        group.MapPost(ById + "/state", SetStateAsync)
            .Documented("SetTicketState", "Open, hold, solve or close a ticket", Permissions.TicketsWork,
                """{ "state": "pending", "pending_until": "2026-02-03T08:00:00Z" }""", 200, TicketExamples.Ticket)
            .AnswersTagged(isConditional: false).AnswersProblems(412);
        group.MapPost(ById + "/assign", AssignAsync)
            .Documented("AssignTicket", "Give a ticket to an agent, to yourself, or to nobody", Permissions.TicketsWork,
                """{ "assignee_id": 3 }""", 200, TicketExamples.Ticket).AnswersTagged(isConditional: false).AnswersProblems(412);
        group.MapPost(ById + "/merge", MergeAsync)
            .Documented("MergeTickets", "Give the messages of other tickets to this one; the others are closed", Permissions.TicketsWork,
                """{ "ticket_ids": [82, 90] }""", 200, TicketExamples.Ticket);
        group.MapPost(ById + "/split", SplitAsync)
            .Documented("SplitTicket", "Make a ticket of its own of one message", Permissions.TicketsWork,
                """{ "message_id": 412, "subject": "Another matter" }""", 201, TicketExamples.Ticket);
        group.MapPut(ById + @"/links/{otherId:regex(^\d+$)}", LinkAsync)
            .Documented("LinkTickets", "Say that two tickets have to do with each other", Permissions.TicketsWork, null, 200,
                TicketExamples.Ticket);
        group.MapDelete(ById + @"/links/{otherId:regex(^\d+$)}", UnlinkAsync)
            .Documented("UnlinkTickets", "Say that two tickets have nothing to do with each other", Permissions.TicketsWork, null, 200,
                TicketExamples.Ticket);
        group.MapPut(ById + "/follow", FollowAsync)
            .Documented("FollowTicket", "Hear of what happens to a ticket", Permissions.TicketsWork, null, 200,
                """{ "ticket_id": 81, "is_followed": true }""");
        group.MapDelete(ById + "/follow", UnfollowAsync)
            .Documented("UnfollowTicket", "No longer hear of a ticket", Permissions.TicketsWork, null, 200,
                """{ "ticket_id": 81, "is_followed": false }""");
        group.MapGet(ById + "/events", EventsAsync)
            .Documented("ListTicketEvents", "List what happened to a ticket, oldest first", Permissions.TicketsWork, null, 200,
                TicketExamples.Events);
        group.MapGet(ById + "/targets", TargetsAsync)
            .Documented("GetTicketTargets", "Get what is promised of a ticket and what became of it", Permissions.TicketsWork, null, 200,
                TicketExamples.Targets);
        api.MapGet(@"/customers/{id:regex(^\d+$)}/tickets", OfCustomerAsync).WithTags("Tickets")
            .Documented("ListCustomerTickets", "List the tickets of a customer, last message first", Permissions.TicketsWork, null, 200,
                TicketExamples.List);
    }

    /// <summary>The ticket as it is answered, or the problem that there is none.</summary>
    public static TicketAnswer Known(TicketDetails? ticket) =>
        TicketAnswer.Of(ticket ?? throw ApiException.NotFound(NotFound));

    private static async Task<Ok<ListAnswer<TicketItem>>> ListAsync([AsParameters] TicketListQuery query, HttpContext http,
        TicketService tickets, CancellationToken cancellationToken) =>
        TypedResults.Ok(await PageAsync(http, tickets, query.Query(), query.Page, query.Limit, cancellationToken));

    private static async Task<Ok<ListAnswer<TicketItem>>> OfCustomerAsync([Description("The id of the customer.")] long id,
        HttpContext http, TicketService tickets, CustomerService customers, CancellationToken cancellationToken,
        [Description("Starts at 1.")] int? page = null, [Description("Tickets per page; defaults to 20, at most 100.")] int? limit = null)
    {
        await customers.FindAsync(id, cancellationToken);
        return TypedResults.Ok(await PageAsync(http, tickets, new() { CustomerId = id }, page, limit, cancellationToken));
    }

    private static async Task<ListAnswer<TicketItem>> PageAsync(HttpContext http, TicketService tickets, TicketQuery wanted, int? number,
        int? limit, CancellationToken cancellationToken)
    {
        var page = http.Contract().Paging.Page(number, limit, TicketListQuery.UsualLimit);
        var count = await tickets.CountAsync(wanted, null, cancellationToken);
        var rows = await tickets.ListAsync(wanted, page with { Total = count.Rows }, cancellationToken);
        return ListAnswer<TicketItem>.Of(http, [.. rows.Items.Select(TicketItem.Of)], page.Number, page.Size, count.Rows);
    }

    private static async Task<Results<Ok<TicketAnswer>, StatusCodeHttpResult>> GetAsync([Description("The id of the ticket.")] long id,
        HttpContext http, TicketService tickets, CancellationToken cancellationToken)
    {
        var answer = Known(await tickets.GetAsync(id, cancellationToken));
        return EntityTags.Answer(http, answer.Version, answer);
    }

    private static async Task<Created<TicketAnswer>> CreateAsync(TicketCreationBody body, HttpContext http, TicketService tickets,
        CancellationToken cancellationToken)
    {
        var answer = Tagged(http, await tickets.CreateAsync(body.Input(), cancellationToken));
        return TypedResults.Created(AddressOf(answer.Id), answer);
    }

    private static async Task<Ok<TicketAnswer>> ChangeAsync([Description("The id of the ticket.")] long id, TicketChangeBody body,
        HttpContext http, TicketService tickets, CancellationToken cancellationToken) =>
        TypedResults.Ok(await ChangedAsync(http, tickets, id, body.Changes(), cancellationToken));

    private static async Task<Ok<TicketAnswer>> SetStateAsync([Description("The id of the ticket.")] long id, TicketStateBody body,
        HttpContext http, TicketService tickets, CancellationToken cancellationToken) =>
        TypedResults.Ok(await ChangedAsync(http, tickets, id, new() { State = body.State, PendingUntil = body.PendingUntil },
            cancellationToken));

    private static async Task<Ok<TicketAnswer>> AssignAsync([Description("The id of the ticket.")] long id, TicketAssignmentBody body,
        HttpContext http, TicketService tickets, ICurrentUser user, CancellationToken cancellationToken) =>
        TypedResults.Ok(await ChangedAsync(http, tickets, id, new() { AssigneeId = body.AssigneeId.Or(user.Actor.UserId) },
            cancellationToken));

    private static async Task<TicketAnswer> ChangedAsync(HttpContext http, TicketService tickets, long id, TicketChanges changes,
        CancellationToken cancellationToken)
    {
        var expected = await EntityTags.ExpectedAsync(http.Request, async () => (await tickets.GetAsync(id, cancellationToken))?.Version);
        return Tagged(http, (await tickets.ChangeAsync(id, changes, cancellationToken, expected))?.Part);
    }

    private static async Task<Ok<TicketAnswer>> MergeAsync([Description("The id of the ticket that is kept.")] long id,
        TicketMergeBody body, TicketService tickets, CancellationToken cancellationToken) =>
        TypedResults.Ok(Known(await tickets.MergeAsync(id, body.TicketIds ?? [], cancellationToken)));

    private static async Task<Created<TicketAnswer>> SplitAsync([Description("The id of the ticket.")] long id, TicketSplitBody body,
        TicketService tickets, CancellationToken cancellationToken)
    {
        var split = await tickets.SplitAsync(body.MessageId, body.Subject, cancellationToken, id)
            ?? throw ApiException.NotFound(TicketMessageEndpoints.NotFound);
        return TypedResults.Created(AddressOf(split.Id), TicketAnswer.Of(split));
    }

    private static Task<Ok<TicketAnswer>> LinkAsync([Description("The id of the ticket.")] long id,
        [Description("The id of the other ticket.")] long otherId, TicketService tickets, CancellationToken cancellationToken) =>
        LinkedAsync(tickets, id, otherId, true, cancellationToken);

    private static Task<Ok<TicketAnswer>> UnlinkAsync([Description("The id of the ticket.")] long id,
        [Description("The id of the other ticket.")] long otherId, TicketService tickets, CancellationToken cancellationToken) =>
        LinkedAsync(tickets, id, otherId, false, cancellationToken);

    private static async Task<Ok<TicketAnswer>> LinkedAsync(TicketService tickets, long id, long otherId, bool isLinked,
        CancellationToken cancellationToken)
    {
        if (!await tickets.LinkAsync(id, otherId, isLinked, cancellationToken)) throw ApiException.NotFound(NotFound);
        return TypedResults.Ok(Known(await tickets.GetAsync(id, cancellationToken)));
    }

    private static Task<Ok<FollowAnswer>> FollowAsync([Description("The id of the ticket.")] long id, TicketService tickets,
        CancellationToken cancellationToken) => FollowedAsync(tickets, id, true, cancellationToken);

    private static Task<Ok<FollowAnswer>> UnfollowAsync([Description("The id of the ticket.")] long id, TicketService tickets,
        CancellationToken cancellationToken) => FollowedAsync(tickets, id, false, cancellationToken);

    private static async Task<Ok<FollowAnswer>> FollowedAsync(TicketService tickets, long id, bool isFollowed,
        CancellationToken cancellationToken)
    {
        _ = Known(await tickets.GetAsync(id, cancellationToken));
        await tickets.FollowAsync(id, isFollowed, cancellationToken);
        return TypedResults.Ok(new FollowAnswer(id, isFollowed));
    }

    private static async Task<Ok<ListAnswer<TicketEventAnswer>>> EventsAsync([Description("The id of the ticket.")] long id,
        HttpContext http, TicketService tickets, CancellationToken cancellationToken, [Description("Starts at 1.")] int? page = null,
        [Description("Events per page; defaults to 20, at most 100.")] int? limit = null)
    {
        var wanted = http.Contract().Paging.Page(page, limit, TicketListQuery.UsualLimit);
        var (found, total) = await tickets.EventsAsync(id, wanted, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return TypedResults.Ok(ListAnswer<TicketEventAnswer>.Of(http, [.. found.Items.Select(TicketEventAnswer.Of)], wanted.Number,
            wanted.Size, total));
    }

    private static async Task<Ok<TicketTargetsAnswer>> TargetsAsync([Description("The id of the ticket.")] long id, TicketService tickets,
        CancellationToken cancellationToken) => TypedResults.Ok(Known(await tickets.GetAsync(id, cancellationToken)).Targets);

    private static TicketAnswer Tagged(HttpContext http, TicketDetails? ticket)
    {
        var answer = Known(ticket);
        http.Response.Headers.ETag = EntityTags.Tag(http, answer.Version, answer);
        return answer;
    }

    private static string AddressOf(long id) => string.Create(CultureInfo.InvariantCulture, $"{ApiSetup.Root}/tickets/{id}");
}

/// <summary>Which tickets a list shows.</summary>
internal sealed class TicketListQuery
{
    public const int UsualLimit = 20;

    private static readonly Dictionary<string, TicketSort> Orders = new()
    {
        ["last_message_at"] = TicketSort.Activity, ["created_at"] = TicketSort.Created,
    };

    [FromQuery(Name = "page"), Description("Starts at 1.")]
    public int? Page { get; init; }

    [FromQuery(Name = "limit"), Description("Tickets per page; defaults to 20, at most 100.")]
    public int? Limit { get; init; }

    [FromQuery(Name = "view"), Description("open, mine, unassigned, waiting, followed, solved or all; defaults to all.")]
    public string? View { get; init; }

    [FromQuery(Name = "search"),
        Description("Words of subject and messages, a number such as T-12, the customer, or a complete e-mail address.")]
    public string? Search { get; init; }

    [FromQuery(Name = "filter"),
        Description("Conditions such as state:any:new,open;priority:any:urgent;queue:is:returns;late:yes;field.parcel:is:JD0002.")]
    public string? Filter { get; init; }

    [FromQuery(Name = "customer_id"), Description("Tickets of this customer.")]
    public long? CustomerId { get; init; }

    [FromQuery(Name = "ordering"), Description(
        "urgency, last_message_at or created_at; a leading - reverses the last two. Defaults to -last_message_at.")]
    public string? Ordering { get; init; }

    /// <exception cref="ApiException">There is no such view or order.</exception>
    public TicketQuery Query()
    {
        var (sort, descending) = Order();
        return new(ViewOf(), Search, Filter, sort, descending) { CustomerId = CustomerId };
    }

    private TicketView ViewOf() => string.IsNullOrEmpty(View) ? TicketView.All
        : Enum.TryParse<TicketView>(View, true, out var view) && Enum.IsDefined(view) && !int.TryParse(View, out _) ? view
            : throw ApiException.BadField("view", "The view must be open, mine, unassigned, waiting, followed, solved or all.");

    private (TicketSort Sort, bool Descending) Order()
    {
        if (string.IsNullOrEmpty(Ordering)) return (TicketSort.Activity, true);
        if (Ordering == "urgency") return (TicketSort.Urgency, false);
        return Orders.TryGetValue(Ordering.TrimStart('-'), out var sort) && Ordering.LastIndexOf('-') <= 0 ? (sort, Ordering[0] == '-')
            : throw ApiException.BadField("ordering",
                "Order by urgency, last_message_at or created_at, the last two with a leading - for the other way round.");
    }
}
