using System.ComponentModel;
using System.Globalization;
using System.Net.Mime;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Features.Customers;
using CrmPortal.Features.Documents;
using CrmPortal.Features.Settings;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Imports;

/// <summary>
/// Files on their way in, for programs: uploaded, understood, checked, published, taken back. The long steps are jobs.
/// </summary>
internal static class ImportApiEndpoints
{
    private const string NotFound = "Import not found";
    private const string ById = @"/{id:regex(^\d+$)}";
    private const string Why = "The import is no longer at this step.";
    private const long FormBytes = 64 * 1024;
    private const int MostRejected = 1_000;

    public static void MapImports(this RouteGroupBuilder api)
    {
        var imports = api.MapGroup("/imports").WithTags("Imports");
        imports.MapGet("/", ListAsync)
            .Documented("ListImports", "List the imports, newest first", Permissions.ImportsRun, null, 200, ImportExamples.List);
        imports.MapPost("/", UploadAsync).WithName("UploadImport").WithSummary("Upload a file; the answer says how it is understood")
            .NeedsPermission(Permissions.ImportsRun)
            .WithDescription("The field name, if any, stands before the file. Nothing is imported before the file is published.")
            .Accepts<ImportForm>("multipart/form-data").WithMetadata(new TakesFiles(LargestBody))
            .WithExample(null, 201, ImportExamples.Import).AnswersProblems(400, 401, 403, 404, 413, 415, 429, 500, 503);
        imports.MapGet(ById, GetAsync)
            .Documented("GetImport", "Get an import: its columns, its plan, and what came of it", Permissions.ImportsRun, null, 200,
                ImportExamples.Import);
        imports.MapPut(ById + "/format", SetFormatAsync)
            .Documented("SetImportFormat", "Read the file in another way, or as another kind of records, and propose anew",
                Permissions.ImportsRun, """{ "kind": "customers", "encoding": "utf-8", "delimiter": ",", "has_header": true }""", 200,
                ImportExamples.Import);
        imports.MapPut(ById + "/plan", SetPlanAsync)
            .Documented("SetImportPlan", "Change which column is which field, and how rows meet records; absent fields stay as they are",
                Permissions.ImportsRun, ImportExamples.PlanInput, 200, ImportExamples.Import);
        imports.MapPost(ById + "/check", CheckAsync)
            .Documented("CheckImport", "Try the file without saving anything of it", Permissions.ImportsRun, null, 202, JobExamples.Job)
            .WithDescription("When the job is done, the import says what would become of the rows.");
        imports.MapPost(ById + "/publish", PublishAsync)
            .Documented("PublishImport", "Save the rows of a checked file", Permissions.ImportsRun, null, 202, JobExamples.Job);
        imports.MapPost(ById + "/undo", UndoAsync)
            .Documented("UndoImport", "Take a published import back; what was changed since stays", Permissions.ImportsRun, null, 202,
                JobExamples.Job);
        imports.MapGet(ById + "/rejected", RejectedAsync).WithName("ListRejectedRows").NeedsPermission(Permissions.ImportsRun)
            .WithSummary("List the rejected rows with the reasons; as CSV they are as in the file, to be mended and sent again")
            .WithExample(null, 200, """[ { "row": 14, "reason": "This is not an e-mail address." } ]""")
            .Produces<IReadOnlyList<RejectedRowAnswer>>(StatusCodes.Status200OK, MediaTypeNames.Application.Json, "text/csv")
            .AnswersProblems(400, 401, 403, 404, 429, 500, 503);
        imports.MapDelete(ById, DiscardAsync)
            .Documented("DiscardImport", "Remove an import that was not published, with its file", Permissions.ImportsRun, null, 200,
                CustomerPartExamples.Done("Import removed."));
    }

    private static long LargestBody(HttpContext http) => http.RequestServices
        .GetRequiredService<IOptions<ImportOptions>>().Value.LargestFile + FormBytes;

    private static async Task<Ok<ListAnswer<ImportLine>>> ListAsync(int? page, int? limit, HttpContext http, ImportService imports,
        CancellationToken cancellationToken)
    {
        var wanted = http.Contract().Paging.Page(page, limit, ListQuery.UsualLimit);
        var total = await imports.CountAsync(cancellationToken);
        var found = await imports.ListAsync(wanted, cancellationToken);
        return TypedResults.Ok(ListAnswer<ImportLine>.Of(http, [.. found.Items.Select(ImportLine.Of)], wanted.Number, wanted.Size, total));
    }

    private static async Task<Created<ImportAnswer>> UploadAsync(HttpContext http, ImportService imports, IOptions<ShopOptions> shop,
        CancellationToken cancellationToken)
    {
        var id = await DocumentForms.ReadAsync(http.Request,
            (name, _, content) => imports.UploadAsync(name ?? "", content, null, null, cancellationToken), cancellationToken);
        return TypedResults.Created(string.Create(CultureInfo.InvariantCulture, $"{ApiSetup.Root}/imports/{id}"),
            await FindAsync(id, imports, shop, cancellationToken));
    }

    private static async Task<Ok<ImportAnswer>> GetAsync([Description("The id of the import.")] long id, ImportService imports,
        IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        TypedResults.Ok(await FindAsync(id, imports, shop, cancellationToken));

    private static async Task<Ok<ImportAnswer>> SetFormatAsync([Description("The id of the import.")] long id, ImportFormatBody body,
        ImportService imports, IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        var present = await imports.GetAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        await AtItsStepAsync(() => imports.SetFormatAsync(id, body.On(present.Format), body.Kind ?? present.Kind, cancellationToken));
        return TypedResults.Ok(await FindAsync(id, imports, shop, cancellationToken));
    }

    private static async Task<Ok<ImportAnswer>> SetPlanAsync([Description("The id of the import.")] long id, ImportPlanBody body,
        ImportService imports, IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        var present = await imports.GetAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        await AtItsStepAsync(() => imports.SetPlanAsync(id, body.On(present, shop.Value), cancellationToken));
        return TypedResults.Ok(await FindAsync(id, imports, shop, cancellationToken));
    }

    private static async Task<Accepted<JobAnswer>> CheckAsync([Description("The id of the import.")] long id, ImportService imports,
        JobService jobs, CancellationToken cancellationToken)
    {
        var present = await imports.GetAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return await StartedAsync(jobs, () => imports.StartCheckAsync(id, present.Plan, cancellationToken), cancellationToken);
    }

    private static async Task<Accepted<JobAnswer>> PublishAsync([Description("The id of the import.")] long id, ImportService imports,
        JobService jobs, CancellationToken cancellationToken)
    {
        _ = await imports.GetAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return await StartedAsync(jobs, () => imports.StartPublishAsync(id, cancellationToken), cancellationToken);
    }

    private static async Task<Accepted<JobAnswer>> UndoAsync([Description("The id of the import.")] long id, ImportService imports,
        JobService jobs, CancellationToken cancellationToken)
    {
        var import = await imports.GetAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        if (!import.CanUndo) throw new ApiException(StatusCodes.Status400BadRequest, Why);
        return await StartedAsync(jobs, () => imports.StartUndoAsync(id, cancellationToken), cancellationToken);
    }

    private static async Task<IResult> RejectedAsync([Description("The id of the import.")] long id, HttpContext http,
        ImportService imports, CancellationToken cancellationToken,
        [Description("json or csv; defaults to json.")] string? format = null,
        [Description("How many rows in JSON; defaults to 100, at most 1,000.")] int limit = 100)
    {
        _ = await imports.GetAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        switch (format?.Trim().ToLowerInvariant())
        {
            case "csv":
                return new RejectedCsv(id, imports);
            case null or "" or "json":
                if (limit is < 1 or > MostRejected)
                    throw new RuleViolationException("Limit", "The limit must be between 1 and {0}.", MostRejected);
                var rows = await imports.RejectedAsync(id, limit, cancellationToken);
                return TypedResults.Ok<IReadOnlyList<RejectedRowAnswer>>([.. rows.Select(RejectedRowAnswer.Of)]);
            default:
                throw ApiException.BadField(nameof(format), "It is one of: json, csv.");
        }
    }

    private static async Task<Ok<DoneAnswer>> DiscardAsync([Description("The id of the import.")] long id, ImportService imports,
        CancellationToken cancellationToken)
    {
        _ = await imports.GetAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        if (!await imports.DiscardAsync(id, cancellationToken)) throw new ApiException(StatusCodes.Status400BadRequest, Why);
        return TypedResults.Ok(new DoneAnswer("Import removed."));
    }

    private static async Task<ImportAnswer> FindAsync(long id, ImportService imports, IOptions<ShopOptions> shop,
        CancellationToken cancellationToken) => ImportAnswer.Of(
            await imports.GetAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound), shop.Value.Currency);

    private static async Task<Accepted<JobAnswer>> StartedAsync(JobService jobs, Func<Task<long>> start,
        CancellationToken cancellationToken)
    {
        long job = 0;
        await AtItsStepAsync(async () => job = await start());
        return await JobAnswer.AcceptedAsync(jobs, job, cancellationToken);
    }

    /// <summary>A step that is not due has a sentence for programs; what is wrong with the input names its field.</summary>
    private static async Task AtItsStepAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (RuleViolationException violation) when (violation.Errors.All(e => e.Field.Length == 0))
        {
            throw new ApiException(StatusCodes.Status400BadRequest, Why);
        }
    }

    /// <summary>The rejected rows as a file, written while they are read.</summary>
    private sealed class RejectedCsv(long id, ImportService imports) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => ImportEndpoints.WriteRejectedAsync(httpContext, id, imports, s => s);
    }
}
