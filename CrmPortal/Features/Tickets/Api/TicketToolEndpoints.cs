using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Tickets;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Tickets;

/// <summary>What agents work with, for programs: queues, saved replies and macros.</summary>
internal static class TicketToolEndpoints
{
    private const string ById = @"/{id:regex(^\d+$)}";

    public static void MapTicketTools(this RouteGroupBuilder api)
    {
        var tools = api.MapGroup("/tickets").WithTags("Tickets");
        tools.MapGet("/queues", QueuesAsync)
            .Documented("ListTicketQueues", "List the queues by name, archived ones last", Permissions.TicketsWork, null, 200,
                TicketExamples.Queues);
        tools.MapGet("/saved-replies", SavedRepliesAsync)
            .Documented("ListSavedReplies", "List everyone's saved replies and your own, by name", Permissions.TicketsWork, null, 200,
                TicketExamples.SavedReplies);
        tools.MapGet("/macros", MacrosAsync)
            .Documented("ListMacros", "List the macros by name", Permissions.TicketsWork, null, 200, TicketExamples.Macros);
        tools.MapGet(ById + @"/saved-replies/{replyId:regex(^\d+$)}", FillAsync)
            .Documented("FillSavedReply", "Get a saved reply with its placeholders filled for a ticket", Permissions.TicketsWork, null, 200,
                """{ "id": 4, "ticket_id": 81, "text": "Hello John, thank you for your message." }""");
        tools.MapPost(ById + @"/macros/{macroId:regex(^\d+$)}", RunAsync)
            .Documented("RunMacro", "Take the steps of a macro on a ticket", Permissions.TicketsWork, null, 200,
                $$"""{ "ticket": {{TicketExamples.Ticket}}, "reply_id": 413, "leaves_at": "2026-01-31T09:30:10Z" }""");
    }

    private static async Task<Ok<IReadOnlyList<TicketQueueAnswer>>> QueuesAsync(QueueService queues, CancellationToken cancellationToken,
        [Description("Whether archived queues are listed as well.")] bool archived = false) =>
        TypedResults.Ok<IReadOnlyList<TicketQueueAnswer>>(
            [.. (await queues.ListAsync(archived, cancellationToken)).Select(TicketQueueAnswer.Of)]);

    private static async Task<Ok<IReadOnlyList<SavedReplyAnswer>>> SavedRepliesAsync(SavedReplyService replies,
        CancellationToken cancellationToken) => TypedResults.Ok<IReadOnlyList<SavedReplyAnswer>>(
            [.. (await replies.ListAsync(cancellationToken)).Select(SavedReplyAnswer.Of)]);

    private static async Task<Ok<IReadOnlyList<MacroAnswer>>> MacrosAsync(SavedReplyService replies,
        CancellationToken cancellationToken) => TypedResults.Ok<IReadOnlyList<MacroAnswer>>(
            [.. (await replies.MacrosAsync(cancellationToken)).Select(MacroAnswer.Of)]);

    private static async Task<Ok<FilledReplyAnswer>> FillAsync([Description("The id of the ticket.")] long id,
        [Description("The id of the saved reply.")] long replyId, SavedReplyService replies, CancellationToken cancellationToken) =>
        TypedResults.Ok(new FilledReplyAnswer(replyId, id, await replies.FilledAsync(replyId, id, cancellationToken)
            ?? throw ApiException.NotFound("Ticket or saved reply not found")));

    private static async Task<Ok<MacroRunAnswer>> RunAsync([Description("The id of the ticket.")] long id,
        [Description("The id of the macro.")] long macroId, SavedReplyService replies, TicketService tickets,
        CancellationToken cancellationToken)
    {
        var run = await replies.RunAsync(macroId, id, cancellationToken) ?? throw ApiException.NotFound("Ticket or macro not found");
        return TypedResults.Ok(new MacroRunAnswer(TicketEndpoints.Known(await tickets.GetAsync(id, cancellationToken)), run.ReplyId,
            run.LeavesAt));
    }
}
