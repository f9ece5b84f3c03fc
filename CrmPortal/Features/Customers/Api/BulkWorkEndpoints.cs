using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Features.Settings;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Customers;

/// <summary>
/// What the list of customers does to many at once, for programs: a job carries it out in one change, which can be undone as one.
/// </summary>
internal static class BulkWorkEndpoints
{
    private const int MostTags = 20;
    private const int MostNamed = 1_000;

    private const string Done = """
        { "action": "add_tag", "changed": 48, "total": 50, "was_cancelled": false, "change_set_id": 4711 }
        """;

    public static void MapBulkWork(this RouteGroupBuilder customers)
    {
        var bulk = customers.MapGroup("/bulk");
        bulk.MapPost("", StartAsync)
            .Documented("StartBulkAction", "Do something to many customers at once", Permissions.CustomersView,
                """{ "action": "add_tag", "argument": "spring", "filter": "spent:more:500" }""", 202, JobExamples.Job)
            .WithDescription("Name the customers, or say by filter or search whom it is for. "
                + $"{Permissions.CustomersEdit} is needed as well; {Permissions.CustomersBlock} to block and unblock, "
                + $"{Permissions.CustomersDelete} to delete; neither to follow.");
        bulk.MapGet(@"/{jobId:regex(^\d+$)}", GetAsync)
            .Documented("GetBulkAction", "Get what a bulk action of yours did so far, or in the end", Permissions.CustomersView, null, 200,
                Done)
            .WithDescription("What change_set_id names is undone by POST /api/changes/{id}/undo.");
        bulk.MapPost("/tags", TagsAsync)
            .Documented("BulkTags", "Set, add or remove tags of customers", Permissions.CustomersEdit,
                """{ "customer_ids": [17, 18], "tags": ["spring"], "action": "add" }""", 200,
                """{ "message": "Updated tags for 2 customers", "customers_updated": 2 }""");
    }

    private static async Task<Accepted<JobAnswer>> StartAsync(BulkWorkBody body, CustomerBulkService bulk, JobService jobs,
        CancellationToken cancellationToken) => await JobAnswer.AcceptedAsync(jobs,
            await bulk.StartAsync(body.Selection(), new(body.Action, body.Argument), cancellationToken), cancellationToken);

    private static async Task<Ok<BulkWorkAnswer>> GetAsync([Description("The id of the job.")] long jobId, CustomerBulkService bulk,
        JobService jobs, CancellationToken cancellationToken)
    {
        var job = await jobs.GetAsync(jobId, cancellationToken);
        var edit = job is null || job.Kind != CustomerBulkService.JobKind ? null : await bulk.GetAsync(job.SubjectId, cancellationToken);
        if (edit is null) throw ApiException.NotFound("Bulk action not found");
        return TypedResults.Ok(new BulkWorkAnswer(edit.Kind, edit.Result.Changed, edit.Result.Total, edit.Result.WasCancelled,
            edit.Result.ChangeSetId));
    }

    /// <summary>Each tag is a change of its own that can be undone.</summary>
    private static async Task<Ok<BulkAnswer>> TagsAsync(BulkTagsBody body, CustomerBulkService bulk, CancellationToken cancellationToken)
    {
        if (body.CustomerIds is not { Count: > 0 } ids) throw new RuleViolationException("CustomerIds", "Name at least one customer.");
        if (ids.Count > MostNamed)
            throw new RuleViolationException("CustomerIds", "At most {0} customers can be named at once.", MostNamed);
        var tags = body.Tags ?? [];
        if (tags.Count == 0 && body.Action != TagAction.Set) throw new RuleViolationException("Tags", "Name at least one tag.");
        if (tags.Count > MostTags) throw new RuleViolationException("Tags", "At most {0} tags can be named at once.", MostTags);
        var selection = new BulkSelection([.. ids.Distinct()], null);
        IEnumerable<BulkAction> actions = body.Action == TagAction.Set ? [new(BulkActionKind.SetTags, string.Join(',', tags))]
            : tags.Select(t => new BulkAction(body.Action == TagAction.Add ? BulkActionKind.AddTag : BulkActionKind.RemoveTag, t));
        var most = 0;
        foreach (var action in actions)
            most = Math.Max(most, (await bulk.RunAsync(selection, action, null, cancellationToken)).Changed);
        return TypedResults.Ok(BulkAnswer.Of("tags", most));
    }
}

/// <summary>What is done to whom.</summary>
internal sealed record BulkWorkBody
{
    public required BulkActionKind Action { get; init; }

    [Description("The tag, the tags with commas between them, the reason, the text of the note, the subscription state, or the id of the member of staff.")]
    public string? Argument { get; init; }

    [Description("At most 10,000.")]
    public IReadOnlyList<long>? CustomerIds { get; init; }

    [Description("Whom it is for instead, as the filter of the list; so many as it finds.")]
    public string? Filter { get; init; }

    [Description("Words, as the search of the list.")]
    public string? Search { get; init; }

    /// <exception cref="RuleViolationException">It is not said whom it is for, or in two ways.</exception>
    public BulkSelection Selection()
    {
        var isAsked = !string.IsNullOrWhiteSpace(Filter) || !string.IsNullOrWhiteSpace(Search);
        if (CustomerIds is { Count: > 0 } ids)
            return isAsked ? throw new RuleViolationException("CustomerIds", "Give either customer_ids, or filter and search.")
                : new([.. ids.Distinct()], null);
        // All customers are never meant by leaving something out.
        return isAsked ? new(null, new(Search, Filter))
            : throw new RuleViolationException("CustomerIds", "Name at least one customer, or say by filter or search whom it is for.");
    }
}

/// <summary>What a bulk action did.</summary>
/// <param name="Changed">How many were changed; the others were so already, or gone.</param>
/// <param name="ChangeSetId">What can be undone; null where nothing was changed.</param>
internal sealed record BulkWorkAnswer(BulkActionKind Action, int Changed, int Total, bool WasCancelled, long? ChangeSetId);

internal sealed record BulkTagsBody
{
    [Description("At most 1,000.")]
    public IReadOnlyList<long>? CustomerIds { get; init; }

    [Description("At most 20.")]
    public IReadOnlyList<string>? Tags { get; init; }

    public TagAction Action { get; init; }
}
