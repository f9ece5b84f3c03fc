using CrmPortal.Api;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using static CrmPortal.Features.Customers.CustomerPartEndpoints;

namespace CrmPortal.Features.Customers;

/// <summary>The tags of a customer, for programs.</summary>
internal static class CustomerTagEndpoints
{
    private const string ById = @"/{tagId:regex(^\d+$)}";

    public static void MapCustomerTags(this RouteGroupBuilder customer)
    {
        var tags = customer.MapGroup("/tags");
        tags.MapGet("", ListAsync)
            .Documented("ListCustomerTags", "List the tags of a customer", Permissions.CustomersView, null, 200,
                $"[{CustomerPartExamples.TagName}]");
        tags.MapPatch("", ChangeAsync)
            .Documented("ChangeCustomerTags", "Set, add or remove tags of a customer", Permissions.CustomersEdit,
                """{ "tags": ["premium", "loyal"], "action": "add" }""", 200, $"[{CustomerPartExamples.TagName}]");
        tags.MapPost(ById, AssignAsync)
            .Documented("AssignTag", "Add a tag to a customer", Permissions.CustomersEdit, null, 200, $"[{CustomerPartExamples.TagName}]");
        tags.MapDelete(ById, UnassignAsync)
            .Documented("UnassignTag", "Remove a tag from a customer", Permissions.CustomersEdit, null, 200,
                $"[{CustomerPartExamples.TagName}]");
    }

    private static async Task<Ok<IReadOnlyList<TagName>>> ListAsync(long id, CustomerService customers,
        CancellationToken cancellationToken) =>
        TypedResults.Ok((await customers.FindAsync(id, cancellationToken)).Tags);

    private static async Task<Ok<IReadOnlyList<TagName>>> ChangeAsync(long id, TagsInput input, TagService tags,
        CancellationToken cancellationToken) =>
        Tags(await tags.ChangeAsync(id, input.Tags ?? [], input.Action, cancellationToken));

    private static async Task<Ok<IReadOnlyList<TagName>>> AssignAsync(long id, long tagId, TagService tags,
        CancellationToken cancellationToken)
    {
        var tag = await tags.GetAsync(tagId, cancellationToken) ?? throw ApiException.NotFound("Tag not found");
        return Tags(await tags.AddAsync(id, tag.Name, cancellationToken));
    }

    private static async Task<Ok<IReadOnlyList<TagName>>> UnassignAsync(long id, long tagId, TagService tags,
        CancellationToken cancellationToken) =>
        Tags(await tags.RemoveAsync(id, tagId, cancellationToken));

    private static Ok<IReadOnlyList<TagName>> Tags(CustomerChangeResult? changed) =>
        TypedResults.Ok((changed ?? throw ApiException.NotFound(NoCustomer)).Customer.Tags);
}
