using CrmPortal.Api;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;

namespace CrmPortal.Features.Customers;

/// <summary>The tags themselves, for programs (document 5).</summary>
internal static class TagEndpoints
{
    private const string NotFound = "Tag not found";

    public static void MapTags(this RouteGroupBuilder api)
    {
        var tags = api.MapGroup("/tags").WithTags("Tags");
        tags.MapGet("/", async (TagService service, CancellationToken cancellationToken) =>
            TypedResults.Ok(await service.ListAsync(cancellationToken)))
            .Documented("ListTags", "List the tags by name, with how many customers have each", Permissions.CustomersView, null, 200,
                $"[{CustomerPartExamples.Tag}]");
        tags.MapGet(@"/{tagId:regex(^\d+$)}", async (long tagId, TagService service, CancellationToken cancellationToken) =>
            TypedResults.Ok(await service.GetAsync(tagId, cancellationToken) ?? throw ApiException.NotFound(NotFound)))
            .Documented("GetTag", "Get a tag", Permissions.CustomersView, null, 200, CustomerPartExamples.Tag);
        tags.MapPost("/", async (TagInput input, TagService service, CancellationToken cancellationToken) =>
            {
                var tag = await service.CreateAsync(input.Name, input.Colour, cancellationToken);
                return TypedResults.Created($"{ApiSetup.Root}/tags/{tag.Id}", tag);
            })
            .Documented("CreateTag", "Make a tag", Permissions.CustomersEdit, CustomerPartExamples.TagInput, 201, CustomerPartExamples.Tag);
        tags.MapPut(@"/{tagId:regex(^\d+$)}", async (long tagId, TagInput input, TagService service, CancellationToken cancellationToken) =>
                TypedResults.Ok((await service.ChangeAsync(tagId, input.Name, input.Colour, cancellationToken)
                    ?? throw ApiException.NotFound(NotFound)).Part))
            .Documented("ChangeTag", "Rename or colour a tag", Permissions.TagsEdit, CustomerPartExamples.TagInput, 200,
                CustomerPartExamples.Tag);
        tags.MapDelete(@"/{tagId:regex(^\d+$)}", async (long tagId, TagService service, CancellationToken cancellationToken) =>
                await service.DeleteAsync(tagId, cancellationToken) is null
                    ? throw ApiException.NotFound(NotFound) : TypedResults.Ok(new DoneAnswer("Tag deleted successfully.")))
            .Documented("DeleteTag", "Take a tag off everybody and remove it", Permissions.TagsEdit, null, 200,
                CustomerPartExamples.Done("Tag deleted successfully."));
    }
}

internal sealed record TagInput
{
    public string? Name { get; init; }

    /// <summary>red, orange, yellow, green, teal, blue, violet, pink, or null.</summary>
    public string? Colour { get; init; }
}
