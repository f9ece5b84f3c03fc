using CrmPortal.Api;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Customers;

/// <summary>The tags themselves, for programs (document 5).</summary>
internal static class TagEndpoints
{
    private const string NotFound = "Tag not found";
    private const string ById = @"/{tagId:regex(^\d+$)}";

    public static void MapTags(this RouteGroupBuilder api)
    {
        var tags = api.MapGroup("/tags").WithTags("Tags");
        tags.MapGet("/", ListAsync)
            .Documented("ListTags", "List the tags by name, with how many customers have each", Permissions.CustomersView, null, 200,
                $"[{CustomerPartExamples.Tag}]");
        tags.MapGet(ById, GetAsync)
            .Documented("GetTag", "Get a tag", Permissions.CustomersView, null, 200, CustomerPartExamples.Tag);
        tags.MapPost("/", CreateAsync)
            .Documented("CreateTag", "Create a tag", Permissions.CustomersEdit, CustomerPartExamples.TagInput, 201, CustomerPartExamples.Tag);
        tags.MapPut(ById, ChangeAsync)
            .Documented("ChangeTag", "Rename or colour a tag", Permissions.TagsEdit, CustomerPartExamples.TagInput, 200,
                CustomerPartExamples.Tag);
        tags.MapDelete(ById, DeleteAsync)
            .Documented("DeleteTag", "Delete a tag and remove it from all customers", Permissions.TagsEdit, null, 200,
                CustomerPartExamples.Done("Tag deleted successfully."));
    }

    private static async Task<Ok<IReadOnlyList<TagDetails>>> ListAsync(TagService service, CancellationToken cancellationToken) =>
        TypedResults.Ok(await service.ListAsync(cancellationToken));

    private static async Task<Ok<TagDetails>> GetAsync(long tagId, TagService service, CancellationToken cancellationToken) =>
        TypedResults.Ok(await service.GetAsync(tagId, cancellationToken) ?? throw ApiException.NotFound(NotFound));

    private static async Task<Created<TagDetails>> CreateAsync(TagInput input, TagService service, CancellationToken cancellationToken)
    {
        var tag = await service.CreateAsync(input.Name, input.Colour, cancellationToken);
        return TypedResults.Created($"{ApiSetup.Root}/tags/{tag.Id}", tag);
    }

    private static async Task<Ok<TagDetails>> ChangeAsync(long tagId, TagInput input, TagService service,
        CancellationToken cancellationToken) =>
        TypedResults.Ok((await service.ChangeAsync(tagId, input.Name, input.Colour, cancellationToken)
            ?? throw ApiException.NotFound(NotFound)).Part);

    private static async Task<Ok<DoneAnswer>> DeleteAsync(long tagId, TagService service, CancellationToken cancellationToken)
    {
        _ = await service.DeleteAsync(tagId, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return TypedResults.Ok(new DoneAnswer("Tag deleted successfully."));
    }
}

internal sealed record TagInput
{
    public string? Name { get; init; }

    /// <summary>red, orange, yellow, green, teal, blue, violet, pink, or null.</summary>
    public string? Colour { get; init; }
}
