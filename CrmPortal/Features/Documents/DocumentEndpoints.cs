using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Documents;

/// <summary>The files about a customer, for programs: document 5 of the published interface.</summary>
internal static class DocumentEndpoints
{
    private const string NoCustomer = "Customer not found";
    private const string NoDocument = "Document not found";
    private const string ByCustomer = @"/customers/{id:regex(^\d+$)}/documents";
    private const string ById = @"/{documentId:regex(^\d+$)}";
    private const int UsualLimit = 20;
    private const long FormBytes = 64 * 1024;

    public static void MapDocuments(this RouteGroupBuilder api)
    {
        var group = api.MapGroup(ByCustomer).WithTags("Documents");
        group.MapPost("/", UploadAsync).WithName("UploadDocument").WithSummary("Upload a document")
            .NeedsPermission(Permissions.DocumentsView)
            .WithDescription(
                $"The permission {Permissions.CustomersEdit} is needed as well. The fields stand before the file. The type is found by the content; pictures lose places, cameras and comments.")
            .Accepts<DocumentForm>("multipart/form-data").WithMetadata(new TakesFiles(LargestBody))
                .WithExample(null, 201, DocumentExamples.Document).AnswersProblems(400, 401, 403, 404, 413, 415, 429, 500, 503);
        group.MapGet("/", ListAsync).WithName("ListDocuments").WithSummary("List the documents of a customer, newest first")
            .NeedsPermission(Permissions.DocumentsView)
            .WithExample(null, 200, DocumentExamples.List).AnswersProblems(400, 401, 403, 404, 429, 500, 503);
        group.MapGet(ById, GetAsync).WithName("GetDocument").WithSummary("Get the details of a document")
            .NeedsPermission(Permissions.DocumentsView)
            .WithExample(null, 200, DocumentExamples.Document).AnswersProblems(400, 401, 403, 404, 429, 500, 503);
        group.MapGet(ById + "/download", DownloadAsync).WithName("DownloadDocument").WithSummary("Download a document")
            .NeedsPermission(Permissions.DocumentsView)
            .WithDescription("Each download is recorded in the audit log.")
            .Produces<Stream>(200, "application/octet-stream").AnswersProblems(400, 401, 403, 404, 429, 500, 503);
        group.MapPut(ById + "/verify", VerifyAsync).WithName("VerifyDocument").WithSummary("Verify or reject a document")
            .NeedsPermission(Permissions.DocumentsVerify)
            .WithDescription($"The permission {Permissions.DocumentsView} is needed as well.")
            .WithExample(DocumentExamples.Verification, 200, DocumentExamples.Document)
                .AnswersProblems(400, 401, 403, 404, 413, 415, 429, 500, 503);
        group.MapDelete(ById, DeleteAsync).WithName("DeleteDocument").WithSummary("Remove a document")
            .NeedsPermission(Permissions.DocumentsView)
            .WithDescription($"The permission {Permissions.CustomersEdit} is needed as well. For 30 days staff can bring it back.")
            .WithExample(null, 200, DocumentExamples.Deleted).AnswersProblems(400, 401, 403, 404, 429, 500, 503);
    }

    private static long LargestBody(HttpContext http) => http.RequestServices
        .GetRequiredService<IOptions<DocumentOptions>>().Value.LargestFile + FormBytes;

    private static async Task<Created<DocumentAnswer>> UploadAsync([Description("The id of the customer.")] long id, HttpContext http,
        DocumentService documents, CancellationToken cancellationToken)
    {
        var added = await DocumentForms
            .ReadAsync(http.Request, (upload, content) => documents.UploadAsync(id, upload, content, cancellationToken), cancellationToken)
            ?? throw ApiException.NotFound(NoCustomer);
        return TypedResults.Created($"{http.Contract().AddressOf(id)}/documents/{added.Id}", DocumentAnswer.Of(added));
    }

    private static async Task<Ok<ListAnswer<DocumentAnswer>>> ListAsync(
        [Description("The id of the customer.")] long id, HttpContext http, DocumentService documents, CancellationToken cancellationToken,
        [Description("Starts at 1.")] int? page = null,
            [Description("Documents per page; defaults to 20, at most 100.")] int? limit = null)
    {
        var wanted = http.Contract().Paging.Page(page, limit, UsualLimit);
        var total = await documents.CountAsync(id, cancellationToken) ?? throw ApiException.NotFound(NoCustomer);
        var found = await documents.ListAsync(id, wanted, cancellationToken);
        return TypedResults.Ok(ListAnswer<DocumentAnswer>.Of(http, [.. found.Items.Select(DocumentAnswer.Of)], wanted.Number, wanted.Size,
            total));
    }

    private static async Task<Ok<DocumentAnswer>> GetAsync([Description("The id of the customer.")] long id,
        [Description("The id of the document.")] long documentId, DocumentService documents, CancellationToken cancellationToken) =>
        TypedResults.Ok(DocumentAnswer.Of(await documents.GetAsync(id, documentId, cancellationToken)
            ?? throw ApiException.NotFound(NoDocument)));

    private static async Task<IResult> DownloadAsync([Description("The id of the customer.")] long id,
        [Description("The id of the document.")] long documentId, HttpContext http, DocumentService documents,
        CancellationToken cancellationToken) =>
        DocumentFiles.Attachment(http, await documents.OpenAsync(id, documentId, isPreview: false, cancellationToken)
            ?? throw ApiException.NotFound(NoDocument));

    private static async Task<Ok<DocumentAnswer>> VerifyAsync(
        [Description("The id of the customer.")] long id, [Description("The id of the document.")] long documentId,
            DocumentVerification input, DocumentService documents, CancellationToken cancellationToken) =>
        TypedResults.Ok(DocumentAnswer
            .Of((await documents.CheckAsync(id, documentId, input.Status.Or(DocumentStatus.Verified), input.Reason, cancellationToken)
            ?? throw ApiException.NotFound(NoDocument)).Part));

    private static async Task<Ok<DocumentDeletedAnswer>> DeleteAsync([Description("The id of the customer.")] long id,
        [Description("The id of the document.")] long documentId, DocumentService documents, CancellationToken cancellationToken) =>
        await documents.RemoveAsync(id, documentId, cancellationToken) is not null
            ? TypedResults.Ok(new DocumentDeletedAnswer("Document deleted successfully.", documentId)) : throw ApiException
            .NotFound(NoDocument);
}
