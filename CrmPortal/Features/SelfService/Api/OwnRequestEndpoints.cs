using System.ComponentModel;
using System.Globalization;
using System.Runtime.CompilerServices;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.Tickets;
using CrmPortal.Features.Customers;
using CrmPortal.Features.Tickets;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.SelfService;

/// <summary>The requests of the customer who is signed in, for apps. Files are sent with the pages in the browser.</summary>
internal static class OwnRequestEndpoints
{
    private const string NotFound = "Request not found";

    private const string Row = """
        { "id": 4711, "number": "T-4711", "subject": "Where is my parcel?", "state": "pending", "last_message_at": "2026-01-31T09:30:00Z", "is_answered": true }
        """;

    private const string Request = """
        {
          "id": 4711, "number": "T-4711", "subject": "Where is my parcel?", "state": "pending", "created_at": "2026-01-30T18:02:00Z", "has_earlier": false,
          "messages": [
            { "id": 9001, "is_own": true, "at": "2026-01-30T18:02:00Z", "author": "John Doe", "text": "It should have come on Monday.", "files": [] },
            { "id": 9002, "is_own": false, "at": "2026-01-31T09:30:00Z", "author": "Abel Agent", "text": "It comes **today**.",
              "files": [ { "id": 31, "name": "label.pdf", "content_type": "application/pdf", "size": 20480 } ] }
          ]
        }
        """;

    public static void MapOwnRequests(this RouteGroupBuilder shop)
    {
        var own = shop.MapGroup("/customers/me/tickets").WithTags("Self-service");
        own.MapGet("/", ListAsync).NeedsOwnAccount()
            .Documented("ShopListOwnTickets", "List your own requests, latest word first", null, 200,
                $$"""{ "items": [ {{Row}} ], "page": 1, "limit": 20, "total": 1, "pages": 1 }""");
        own.MapPost("/", WriteAsync).NeedsOwnAccount()
            .Documented("ShopWriteTicket", "Write a request of your own",
                """{ "subject": "Where is my parcel?", "text": "It should have come on Monday." }""", 201, Request);
        own.MapGet(@"/{ticketId:regex(^\d+$)}", GetAsync).NeedsOwnAccount()
            .Documented("ShopGetOwnTicket", "Get one of your requests with what was said", null, 200, Request);
        own.MapPost(@"/{ticketId:regex(^\d+$)}/messages", AnswerAsync).NeedsOwnAccount()
            .Documented("ShopAnswerOwnTicket", "Write a further message; a closed request goes on as a new one",
                """{ "text": "It is here, thank you." }""", 201, Request);
        own.MapPost(@"/{ticketId:regex(^\d+$)}/solve", SolveAsync).NeedsOwnAccount()
            .Documented("ShopSolveOwnTicket", "Say that one of your requests is settled", null, 200, Request);
        own.MapGet(@"/{ticketId:regex(^\d+$)}/files/{fileId:regex(^\d+$)}/download", OpenAsync).NeedsOwnAccount()
            .WithName("ShopDownloadOwnTicketFile").WithSummary("Download a file of one of your requests")
            .Produces<Stream>(StatusCodes.Status200OK, "application/octet-stream").AnswersProblems(400, 401, 403, 404, 429, 500, 503);
    }

    private static async Task<Ok<ListAnswer<OwnTicketRowAnswer>>> ListAsync(HttpContext http, CustomerRequestService requests,
        CancellationToken cancellationToken, [Description("Starts at 1.")] int? page = null,
        [Description("Requests per page; defaults to 20, at most 100.")] int? limit = null)
    {
        var wanted = http.Contract().Paging.Page(page, limit, ListQuery.UsualLimit);
        var total = await requests.CountAsync(cancellationToken);
        var found = await requests.ListAsync(wanted, cancellationToken);
        return TypedResults.Ok(ListAnswer<OwnTicketRowAnswer>.Of(http, [.. found.Items.Select(OwnTicketRowAnswer.Of)], wanted.Number,
            wanted.Size, total));
    }

    private static async Task<Created<OwnTicketAnswer>> WriteAsync(OwnTicketBody body, HttpContext http, CustomerRequestService requests,
        CancellationToken cancellationToken)
    {
        var written = await requests.WriteAsync(new(body.Subject, body.Text, Language), Nothing(cancellationToken), cancellationToken);
        return await CreatedAsync(written.TicketId, http, requests, cancellationToken);
    }

    private static async Task<Ok<OwnTicketAnswer>> GetAsync(long ticketId, CustomerRequestService requests,
        CancellationToken cancellationToken) => TypedResults.Ok(await FindAsync(ticketId, requests, cancellationToken));

    private static async Task<Created<OwnTicketAnswer>> AnswerAsync(long ticketId, OwnMessageBody body, HttpContext http,
        CustomerRequestService requests, CancellationToken cancellationToken)
    {
        var written = await requests.AnswerAsync(ticketId, body.Text, Language, Nothing(cancellationToken), cancellationToken)
            ?? throw ApiException.NotFound(NotFound);
        return await CreatedAsync(written.TicketId, http, requests, cancellationToken);
    }

    private static async Task<Ok<OwnTicketAnswer>> SolveAsync(long ticketId, CustomerRequestService requests,
        CancellationToken cancellationToken)
    {
        // Settled before, it is settled.
        await requests.SolveAsync(ticketId, cancellationToken);
        return TypedResults.Ok(await FindAsync(ticketId, requests, cancellationToken));
    }

    private static async Task<FileStreamHttpResult> OpenAsync(long ticketId, long fileId, HttpContext http,
        CustomerRequestService requests, CancellationToken cancellationToken) =>
        TicketFileEndpoints.Attachment(http, await requests.OpenFileAsync(ticketId, fileId, cancellationToken)
            ?? throw ApiException.NotFound("File not found"));

    private static async Task<OwnTicketAnswer> FindAsync(long id, CustomerRequestService requests, CancellationToken cancellationToken) =>
        OwnTicketAnswer.Of(await requests.GetAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound));

    private static async Task<Created<OwnTicketAnswer>> CreatedAsync(long id, HttpContext http, CustomerRequestService requests,
        CancellationToken cancellationToken) => TypedResults.Created(string.Create(CultureInfo.InvariantCulture,
            $"{http.Request.PathBase}/api/customers/customers/me/tickets/{id}"), await FindAsync(id, requests, cancellationToken));

    private static string Language => HelpLanguages.Of(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName);

    private static async IAsyncEnumerable<ContactFile> Nothing([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        cancellationToken.ThrowIfCancellationRequested();
        yield break;
    }
}

/// <summary>A request that a customer writes.</summary>
internal sealed record OwnTicketBody
{
    public required string? Subject { get; init; }
    public required string? Text { get; init; }
}

/// <summary>A further message.</summary>
internal sealed record OwnMessageBody
{
    public required string? Text { get; init; }
}

/// <summary>A request in a list.</summary>
/// <param name="IsAnswered">Whether the last word is the shop's.</param>
internal sealed record OwnTicketRowAnswer(long Id, string Number, string Subject, TicketState State, DateTimeOffset LastMessageAt,
    bool IsAnswered)
{
    public static OwnTicketRowAnswer Of(CustomerRequestRow r) => new(r.Id, r.Name, r.Subject, r.State, r.LastMessageAt, r.IsAnswered);
}

/// <summary>A request with what was said, oldest first.</summary>
/// <param name="Id">Another one than was asked for where that was merged into it.</param>
/// <param name="HasEarlier">Whether there are more messages before the first.</param>
internal sealed record OwnTicketAnswer(long Id, string Number, string Subject, TicketState State, DateTimeOffset CreatedAt,
    bool HasEarlier, IReadOnlyList<OwnTicketMessageAnswer> Messages)
{
    public static OwnTicketAnswer Of(CustomerRequest r) => new(r.Id, r.Name, r.Subject, r.State, r.CreatedAt, r.HasEarlier,
        [.. r.Messages.Select(m => new OwnTicketMessageAnswer(m.Id, m.IsOwn, m.At, m.AuthorName, m.Text,
            [.. m.Files.Select(f => new OwnTicketFileAnswer(f.Id, f.Name, f.ContentType, f.Size))]))]);
}

/// <summary>A message.</summary>
/// <param name="IsOwn">Whether the customer wrote it, as plain text; what the shop wrote is Markdown.</param>
internal sealed record OwnTicketMessageAnswer(long Id, bool IsOwn, DateTimeOffset At, string Author, string Text,
    IReadOnlyList<OwnTicketFileAnswer> Files);

/// <summary>A file of a message.</summary>
/// <param name="Size">In bytes.</param>
internal sealed record OwnTicketFileAnswer(long Id, string Name, string ContentType, long Size);
