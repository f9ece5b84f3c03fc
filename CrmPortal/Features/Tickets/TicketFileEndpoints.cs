using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Tickets;
using CrmPortal.Hosting;
using CrmPortal.Layout;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace CrmPortal.Features.Tickets;

/// <summary>Files and mails of tickets for the browser, by its session: handed out as downloads, or shown in a frame where nothing
/// runs.</summary>
internal static class TicketFileEndpoints
{
    private const string FramePolicy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox; img-src data:";

    public static void MapTicketFiles(this WebApplication app)
    {
        var files = app.MapGroup("/files/tickets").RequireAuthorization(Permissions.TicketsWork).ExcludeFromDescription();
        files.MapGet("/{id:long}", DownloadAsync).WithMetadata(FramedContent.File);
        files.MapGet("/messages/{id:long}/raw", RawAsync).WithMetadata(FramedContent.File);
        files.MapGet("/received/{id:long}", ReceivedAsync).RequireAuthorization(Permissions.TicketsManage).WithMetadata(FramedContent.File);
        files.MapGet("/messages/{id:long}/mail", (long id, HttpContext http, TicketService tickets) => MailAsync(id, false, http, tickets))
            .WithMetadata(new FramedContent(FramePolicy));
        // Asked for by hand: pictures of other servers, which learn that the mail was read.
        files.MapGet("/messages/{id:long}/mail/remote", (long id, HttpContext http, TicketService tickets) => MailAsync(id, true, http,
            tickets))
            .WithMetadata(new FramedContent(FramePolicy + " https: http:"));
        // The token comes in a header: to look for it in the body would mean to keep the body somewhere.
        files.MapPost("/{id:long}/files", UploadAsync).DisableAntiforgery();
    }

    private static async Task<IResult> DownloadAsync(long id, HttpContext http, TicketService tickets) =>
        await tickets.OpenFileAsync(id, http.RequestAborted) is { } found ? Attachment(http, found) : TypedResults.NotFound();

    private static async Task<IResult> RawAsync(long id, HttpContext http, TicketService tickets) =>
        await tickets.OpenRawAsync(id, http.RequestAborted) is { } found ? Attachment(http, found) : TypedResults.NotFound();

    private static async Task<IResult> ReceivedAsync(long id, HttpContext http, ReceivedMailService mails) =>
        await mails.OpenAsync(id, http.RequestAborted) is { } found ? Attachment(http, found) : TypedResults.NotFound();

    private static async Task<IResult> MailAsync(long id, bool withRemote, HttpContext http, TicketService tickets) =>
        await tickets.MailAsync(id, http.RequestAborted) is { } mail
            ? TypedResults.Stream(page => new MailFrame(mail, withRemote).WriteAsync(page, tickets, http.RequestAborted),
                "text/html; charset=utf-8")
            : TypedResults.NotFound();

    private static async Task<IResult> UploadAsync(long id, string? name, HttpContext http, TicketService tickets, IAntiforgery antiforgery,
        IOptions<DocumentOptions> options, IStringLocalizer<Texts> texts)
    {
        if (http.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(http)) return TypedResults.BadRequest();
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.Value.LargestFile + 1;
        try
        {
            if (http.Request.ContentLength > options.Value.LargestFile)
                throw new RuleViolationException("File", "The file is too large; the limit is {0} MB.", options.Value.LargestFileMegabytes);
            return await tickets.UploadAsync(id, name, TypeOf(name), http.Request.Body, http.RequestAborted) is { } added
                ? TypedResults.Json(new { id = added.Id }, statusCode: StatusCodes.Status201Created) : TypedResults.NotFound();
        }
        catch (RuleViolationException violation)
        {
            return TypedResults.Json(new { message = FormErrors.Sentence(violation, texts) }, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    /// <summary>By the ending: the browser sends the file as it is.</summary>
    private static string? TypeOf(string? name) =>
        new Microsoft.AspNetCore.StaticFiles.FileExtensionContentTypeProvider().TryGetContentType(name ?? "", out var type) ? type : null;

    /// <summary>Answers a file to be saved, never to be opened in the page.</summary>
    public static FileStreamHttpResult Attachment(HttpContext http, TicketFileContent found)
    {
        var header = new ContentDispositionHeaderValue("attachment");
        header.SetHttpFileName(found.Name);
        http.Response.Headers.ContentDisposition = header.ToString();
        return TypedResults.Stream(found.Content, found.ContentType);
    }
}
