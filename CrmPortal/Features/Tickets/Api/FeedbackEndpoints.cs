using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Tickets;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CrmPortal.Features.Tickets;

/// <summary>What customers say of the help that they got, for programs.</summary>
internal static class FeedbackEndpoints
{
    public static void MapFeedback(this RouteGroupBuilder api)
    {
        var feedback = api.MapGroup("/feedback").WithTags("Feedback");
        feedback.MapGet("/", ListAsync)
            .Documented("ListFeedback", "List surveys with their answers, those that were sent last first", Permissions.TicketsManage, null,
                200, TicketExamples.Feedback);
        feedback.MapGet("/summary", SummaryAsync)
            .Documented("GetFeedbackSummary", "Get the average score and the response rate of surveys", Permissions.TicketsManage, null,
                200, TicketExamples.FeedbackSummary);
        api.MapGet("/tickets" + TicketEndpoints.ById + "/ratings", OfTicketAsync).WithTags("Feedback")
            .Documented("ListTicketRatings", "List the surveys of a ticket, those that were sent last first", Permissions.TicketsWork, null,
                200, TicketExamples.Feedback);
    }

    private static async Task<Ok<ListAnswer<FeedbackAnswer>>> ListAsync([AsParameters] FeedbackListQuery query, HttpContext http,
        FeedbackService feedback, CancellationToken cancellationToken, [Description("Starts at 1.")] int? page = null,
        [Description("Surveys per page; defaults to 20, at most 100.")] int? limit = null) =>
        TypedResults.Ok(await PageAsync(http, feedback, query.Query(), page, limit, cancellationToken));

    private static async Task<Ok<FeedbackSummaryAnswer>> SummaryAsync([AsParameters] FeedbackListQuery query, FeedbackService feedback,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(FeedbackSummaryAnswer.Of(await feedback.SummaryAsync(query.Query(), cancellationToken)));

    private static async Task<Ok<ListAnswer<FeedbackAnswer>>> OfTicketAsync([Description("The id of the ticket.")] long id,
        HttpContext http, TicketService tickets, FeedbackService feedback, CancellationToken cancellationToken,
        [Description("Starts at 1.")] int? page = null, [Description("Surveys per page; defaults to 20, at most 100.")] int? limit = null)
    {
        _ = TicketEndpoints.Known(await tickets.GetAsync(id, cancellationToken));
        return TypedResults.Ok(await PageAsync(http, feedback, new(TicketId: id), page, limit, cancellationToken));
    }

    private static async Task<ListAnswer<FeedbackAnswer>> PageAsync(HttpContext http, FeedbackService feedback, FeedbackQuery wanted,
        int? number, int? limit, CancellationToken cancellationToken)
    {
        var page = http.Contract().Paging.Page(number, limit, TicketListQuery.UsualLimit);
        var total = await feedback.CountAsync(wanted, cancellationToken);
        var found = await feedback.ListAsync(wanted, page, cancellationToken);
        return ListAnswer<FeedbackAnswer>.Of(http, [.. found.Items.Select(FeedbackAnswer.Of)], page.Number, page.Size, total);
    }
}

/// <summary>Which surveys are wanted.</summary>
internal sealed class FeedbackListQuery
{
    [FromQuery(Name = "from"), Description("Surveys that were sent at this time or later.")]
    public DateTimeOffset? From { get; init; }

    [FromQuery(Name = "to"), Description("Surveys that were sent before this time.")]
    public DateTimeOffset? To { get; init; }

    [FromQuery(Name = "agent_id"), Description("Surveys of tickets that this agent had solved.")]
    public long? AgentId { get; init; }

    [FromQuery(Name = "queue_id"), Description("Surveys of tickets that were in this queue.")]
    public long? QueueId { get; init; }

    [FromQuery(Name = "customer_id"), Description("Surveys of this customer's tickets.")]
    public long? CustomerId { get; init; }

    [FromQuery(Name = "score"), Description("Answers with this score, from 1 to 5.")]
    public int? Score { get; init; }

    [FromQuery(Name = "answered"), Description("Whether the customer has answered.")]
    public bool? Answered { get; init; }

    public FeedbackQuery Query() => new(From?.ToUniversalTime(), To?.ToUniversalTime(), AgentId, QueueId, CustomerId, null, Score,
        Answered);
}
