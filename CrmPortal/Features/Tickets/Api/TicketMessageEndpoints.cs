using System.ComponentModel;
using System.Globalization;
using CrmPortal.Api;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Tickets;
using CrmPortal.Features.Customers;
using CrmPortal.Features.Documents;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Tickets;

/// <summary>The conversation of a ticket and its files, for programs: a file is uploaded first, then goes along with a message.</summary>
internal static class TicketMessageEndpoints
{
    public const string NotFound = "Message not found";
    private const string NoFile = "File not found";
    private const string ByMessage = @"/{messageId:regex(^\d+$)}";
    private const string ByFile = @"/{fileId:regex(^\d+$)}";
    private const long FormBytes = 64 * 1024;

    public static void MapTicketMessages(this RouteGroupBuilder api)
    {
        var messages = api.MapGroup("/tickets" + TicketEndpoints.ById + "/messages").WithTags("Tickets");
        messages.MapGet("/", ListAsync)
            .Documented("ListTicketMessages", "List the newest 50 messages of a ticket, or those before one of them",
                Permissions.TicketsWork, null, 200, TicketExamples.Messages);
        messages.MapGet(ByMessage, GetAsync)
            .Documented("GetTicketMessage", "Get a message of a ticket", Permissions.TicketsWork, null, 200, TicketExamples.Message);
        messages.MapPost("/", WriteAsync)
            .Documented("WriteTicketMessage", "Answer the customer, or write a note for colleagues", Permissions.TicketsWork,
                TicketExamples.MessageCreation, 201, TicketExamples.Message);
        messages.MapDelete(ByMessage, TakeBackAsync).WithDescription("It must be your own, and not have been sent.")
            .Documented("TakeTicketMessageBack", "Take a reply back that was not sent yet", Permissions.TicketsWork, null, 200,
                CustomerPartExamples.Done("Message taken back successfully."));
        var files = api.MapGroup("/tickets" + TicketEndpoints.ById + "/files").WithTags("Tickets");
        files.MapPost("/", UploadAsync).WithName("UploadTicketFile").WithSummary("Upload a file for your next message in a ticket")
            .NeedsPermission(Permissions.TicketsWork)
            .WithDescription("The field name, if any, stands before the file. A file that no message has after a day is removed.")
            .Accepts<TicketFileForm>("multipart/form-data").WithMetadata(new TakesFiles(LargestBody))
            .WithExample(null, 201, TicketExamples.File).AnswersProblems(400, 401, 403, 404, 413, 415, 429, 500, 503);
        files.MapGet(ByFile + "/download", DownloadAsync).WithName("DownloadTicketFile").WithSummary("Download a file of a ticket")
            .NeedsPermission(Permissions.TicketsWork).Produces<Stream>(200, "application/octet-stream")
            .AnswersProblems(400, 401, 403, 404, 429, 500, 503);
        files.MapDelete(ByFile, RemoveFileAsync)
            .Documented("DeleteTicketFile", "Remove a file that you uploaded and did not send yet", Permissions.TicketsWork, null, 200,
                CustomerPartExamples.Done("File deleted successfully."));
    }

    private static long LargestBody(HttpContext http) => http.RequestServices
        .GetRequiredService<IOptions<DocumentOptions>>().Value.LargestFile + FormBytes;

    private static async Task<Ok<TicketMessagesAnswer>> ListAsync([Description("The id of the ticket.")] long id, TicketService tickets,
        CancellationToken cancellationToken, [Description("Messages before the one with this id.")] long? before = null)
    {
        _ = TicketEndpoints.Known(await tickets.GetAsync(id, cancellationToken));
        var found = await tickets.MessagesAsync(id, before, cancellationToken);
        return TypedResults.Ok(new TicketMessagesAnswer([.. found.Messages.Select(TicketMessageAnswer.Of)],
            found.HasEarlier ? found.Messages[0].Id : null));
    }

    private static async Task<Ok<TicketMessageAnswer>> GetAsync([Description("The id of the ticket.")] long id,
        [Description("The id of the message.")] long messageId, TicketService tickets, CancellationToken cancellationToken) =>
        TypedResults.Ok(await FindAsync(tickets, id, messageId, cancellationToken));

    private static async Task<Created<TicketMessageAnswer>> WriteAsync([Description("The id of the ticket.")] long id,
        TicketMessageBody body, TicketService tickets, CancellationToken cancellationToken)
    {
        var written = body.Kind switch
        {
            TicketMessageKind.Reply => await tickets.ReplyAsync(id, new()
            {
                Text = body.Text, FileIds = body.FileIds ?? [], State = body.State, PendingUntil = body.PendingUntil, SendAt = body.SendAt,
            }, cancellationToken),
            TicketMessageKind.Internal when body is not { State: null, PendingUntil: null, SendAt: null } =>
                throw ApiException.BadField("state", "An internal message changes nothing and is not sent."),
            TicketMessageKind.Internal => await tickets.NoteAsync(id, body.Text, body.FileIds ?? [], cancellationToken),
            _ => throw ApiException.BadField("kind", "The kind must be reply or internal."),
        } ?? throw ApiException.NotFound(TicketEndpoints.NotFound);
        return TypedResults.Created(string.Create(CultureInfo.InvariantCulture,
            $"{ApiSetup.Root}/tickets/{id}/messages/{written.Id}"), await FindAsync(tickets, id, written.Id, cancellationToken));
    }

    private static async Task<Ok<DoneAnswer>> TakeBackAsync([Description("The id of the ticket.")] long id,
        [Description("The id of the message.")] long messageId, TicketService tickets, CancellationToken cancellationToken)
    {
        _ = await FindAsync(tickets, id, messageId, cancellationToken);
        _ = await tickets.TakeBackAsync(messageId, cancellationToken, id)
            ?? throw new RuleViolationException("", "This message has been sent, or is not yours.") { IsRefusal = true };
        return TypedResults.Ok(new DoneAnswer("Message taken back successfully."));
    }

    private static async Task<Created<TicketFileAnswer>> UploadAsync([Description("The id of the ticket.")] long id, HttpContext http,
        TicketService tickets, CancellationToken cancellationToken)
    {
        var added = await DocumentForms.ReadAsync(http.Request,
            (name, type, content) => tickets.UploadAsync(id, name, type, content, cancellationToken), cancellationToken)
            ?? throw ApiException.NotFound(TicketEndpoints.NotFound);
        return TypedResults.Created(string.Create(CultureInfo.InvariantCulture,
            $"{ApiSetup.Root}/tickets/{id}/files/{added.Id}/download"), TicketFileAnswer.Of(added));
    }

    private static async Task<IResult> DownloadAsync([Description("The id of the ticket.")] long id,
        [Description("The id of the file.")] long fileId, HttpContext http, TicketService tickets, CancellationToken cancellationToken) =>
        TicketFileEndpoints.Attachment(http, await tickets.OpenFileAsync(fileId, cancellationToken, id)
            ?? throw ApiException.NotFound(NoFile));

    private static async Task<Ok<DoneAnswer>> RemoveFileAsync([Description("The id of the ticket.")] long id,
        [Description("The id of the file.")] long fileId, TicketService tickets, CancellationToken cancellationToken) =>
        await tickets.RemoveFileAsync(fileId, cancellationToken, id) ? TypedResults.Ok(new DoneAnswer("File deleted successfully."))
            : throw ApiException.NotFound(NoFile);

    private static async Task<TicketMessageAnswer> FindAsync(TicketService tickets, long id, long messageId,
        CancellationToken cancellationToken) => TicketMessageAnswer.Of(await tickets.MessageAsync(id, messageId, cancellationToken)
            ?? throw ApiException.NotFound(NotFound));
}

/// <summary>What the form of a file has, for the description.</summary>
internal sealed record TicketFileForm
{
    [Description("What the file is called; defaults to its own name.")]
    public string? Name { get; init; }

    [Description("The last part of the form.")]
    public required IFormFile File { get; init; }
}
