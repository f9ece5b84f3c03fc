using System.ComponentModel;
using System.Text.Json;
using CrmPortal.Api;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Platform.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Duplicates;

/// <summary>Merging customers for programs.</summary>
internal static class MergeEndpoints
{
    private const string Request = """
        { "survivor_id": 1, "ids": [2, 3], "fields": { "email": 2 } }
        """;

    private const string Answer = """
        { "message": "Customers merged successfully.", "preview": false, "survivor_id": 1, "merged_ids": [2, 3], "change_set_id": 4711,
          "fields": [ { "name": "email", "chosen_id": 2, "values": [ { "customer_id": 1, "value": null }, { "customer_id": 2, "value": "john.doe@example.com" } ] } ],
          "moves": [ { "kind": "order", "moved": 3, "equal": 0 } ] }
        """;

    public static void MapMerging(this RouteGroupBuilder api) =>
        api.MapPost("/customers/merge", MergeAsync).WithTags("Customers").WithName("MergeCustomers")
            .WithSummary("Merge duplicate customers into one")
            .WithDescription(
                "With preview=true nothing is changed, and the response shows what would happen. The merged customers go to the trash; their numbers and ids lead to the customer that is kept. A merge can be undone for 30 days.")
            .NeedsPermission(Permissions.CustomersMerge).WithExample(Request, 200, Answer)
                .AnswersProblems(400, 401, 403, 409, 413, 415, 422, 429, 500, 503);

    private static async Task<Ok<MergeAnswer>> MergeAsync(MergeInput input, MergeService merging, CancellationToken cancellationToken)
    {
        if (input.SurvivorId is not { } survivor) throw ApiException.BadField("survivor_id", "Say which customer stays.");
        if (input.Ids is not { Count: > 0 } ids) throw ApiException.BadField("ids", "Say which customers are merged into the survivor.");
        var fields = input.Fields?
            .Select(f => (Name: MergeService.FieldNames.FirstOrDefault(name => MergeAnswer.Snake(name) == f.Key) ?? f.Key, Id: f.Value))
            .ToList();
        // A program may know a field by the name of the entity as well.
        if (fields?.DistinctBy(f => f.Name).Count() < fields?.Count) throw ApiException.BadField("fields", "A field is given twice.");
        var request = new MergeRequest(survivor, ids, fields?.ToDictionary(f => f.Name, f => f.Id));
        var preview = await merging.PreviewAsync(request, cancellationToken);
        if (input.Preview) return TypedResults.Ok(MergeAnswer.Of(preview, preview.Moves, null));
        var merged = await merging.MergeAsync(request, cancellationToken);
        return TypedResults.Ok(MergeAnswer.Of(preview, merged.Moves, merged.ChangeSetId));
    }
}

/// <summary>Which customers become one.</summary>
internal sealed record MergeInput
{
    [Description("The customer to keep.")]
    public long? SurvivorId { get; init; }

    [Description("The customers to merge into it; at most nine.")]
    public IReadOnlyList<long>? Ids { get; init; }

    [Description(
        "Which customer's value to keep: the field's name and the id of a customer. Defaults to the survivor's value or, if it is empty, the newest of the others.")]
    public IReadOnlyDictionary<string, long>? Fields { get; init; }

    [Description("Whether to only preview the merge.")]
    public bool Preview { get; init; }
}

/// <summary>What a merge did, or would do.</summary>
internal sealed record MergeAnswer(
    string Message, bool Preview, long SurvivorId, IReadOnlyList<long> MergedIds, long? ChangeSetId, IReadOnlyList<MergeFieldAnswer> Fields,
        IReadOnlyList<MergeMoveAnswer> Moves)
{
    public static MergeAnswer Of(MergePreview preview, IReadOnlyList<MergeMove> moves, long? changeSetId) => new(
        changeSetId is null ? "Nothing was changed." : "Customers merged successfully.", changeSetId is null, preview.SurvivorId,
            [.. preview.Customers.Select(c => c.Id).Where(id => id != preview.SurvivorId)], changeSetId,
        [.. preview.Fields.Where(f => f.Differs).Select(f => new MergeFieldAnswer(Snake(f.Name), f.ChosenId, f.Values))],
            [.. moves.Select(m => new MergeMoveAnswer(Snake(m.EntityType), m.Moved, m.Equal))]);

    /// <summary>What is no field of every customer, such as <c>field.shoe_size</c>, has its name in the API already.</summary>
    public static string Snake(string name) => name.Contains('.', StringComparison.Ordinal) ? name
        : JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}

/// <summary>A field that differs, with everybody's value.</summary>
internal sealed record MergeFieldAnswer(string Name, long ChosenId, IReadOnlyList<MergeValue> Values);

/// <summary>How many rows of a kind go to the survivor, and how many they have already.</summary>
internal sealed record MergeMoveAnswer(string Kind, int Moved, int Equal);
