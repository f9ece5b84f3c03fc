using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Hosting;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace CrmPortal.Features.Documents;

/// <summary>
/// Documents for the browser, by its session: shown in a frame, downloaded, and sent as they are, without a form around them.
/// </summary>
internal static class DocumentFiles
{
    public static void MapDocumentFiles(this WebApplication app)
    {
        // A picture never changes under its number.
        app.MapGet("/files/avatars/{id:long}", AvatarAsync).RequireAuthorization(Permissions.CustomersView)
            .WithMetadata(new PrivatelyCached(TimeSpan.FromDays(1))).ExcludeFromDescription();
        var files = app.MapGroup("/files").RequireAuthorization(Permissions.DocumentsView).ExcludeFromDescription();
        files.MapGet("/documents/{id:long}", DownloadAsync).WithMetadata(FramedContent.File);
        files.MapGet("/documents/{id:long}/preview", PreviewAsync).WithMetadata(FramedContent.File);
        // The token comes in a header: to look for it in the body would mean to keep the body somewhere.
        files.MapPost("/customers/{id:long}/documents", UploadAsync).DisableAntiforgery();
    }

    /// <summary>Answers a document as a file to be saved, never to be opened in the page.</summary>
    public static IResult Attachment(HttpContext http, DocumentContent found) => Answer(http, found, "attachment");

    private static async Task<IResult> AvatarAsync(long id, HttpContext http, AvatarService avatars) =>
        await avatars.FindAsync(id, http.RequestAborted) is { } found ? TypedResults.Bytes(found.Content, found.ContentType) : TypedResults
            .NotFound();

    private static async Task<IResult> DownloadAsync(long id, HttpContext http, DocumentService documents) =>
        await documents.OpenAsync(null, id, isPreview: false, http.RequestAborted) is { } found
            ? Attachment(http, found) : TypedResults.NotFound();

    private static async Task<IResult> PreviewAsync(long id, HttpContext http, DocumentService documents)
    {
        if (await documents.OpenAsync(null, id, isPreview: true, http.RequestAborted) is not { } found) return TypedResults.NotFound();
        if (found.Document.HasPreview) return Answer(http, found, "inline");
        await found.Content.DisposeAsync();
        return TypedResults.NotFound();
    }

    private static async Task<IResult> UploadAsync(
        long id, string? name, DocumentKind? kind, DateOnly? expires, HttpContext http, DocumentService documents, IAntiforgery antiforgery,
            IOptions<DocumentOptions> options, IStringLocalizer<Texts> texts)
    {
        if (http.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(http)) return TypedResults.BadRequest();
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.Value.LargestFile + 1;
        try
        {
            if (http.Request.ContentLength > options.Value.LargestFile)
                throw new RuleViolationException("File", "The file is too large; the limit is {0} MB.",
                options.Value.LargestFileMegabytes);
            return await documents.UploadAsync(id, new(name, kind ?? DocumentKind.Other, expires), http.Request.Body,
                http.RequestAborted) is { } added
                ? TypedResults.Json(new { id = added.Id }, statusCode: StatusCodes.Status201Created)
                : TypedResults.NotFound();
        }
        catch (RuleViolationException violation)
        {
            return TypedResults.Json(new { message = FormErrors.Sentence(violation, texts) }, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static FileStreamHttpResult Answer(HttpContext http, DocumentContent found, string disposition)
    {
        var header = new ContentDispositionHeaderValue(disposition);
        header.SetHttpFileName(found.Document.Name);
        http.Response.Headers.ContentDisposition = header.ToString();
        var type = found.Document.ContentType.StartsWith("text/", StringComparison.Ordinal)
            ? found.Document.ContentType + "; charset=utf-8" : found.Document.ContentType;
        return TypedResults.Stream(found.Content, type);
    }
}
