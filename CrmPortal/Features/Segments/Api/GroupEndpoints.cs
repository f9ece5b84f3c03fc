using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Segments;
using CrmPortal.Features.Customers;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Segments;

/// <summary>Groups of customers for programs (document 2), at its address and in the core: one set of handlers.</summary>
internal static class GroupEndpoints
{
    private const string NotFound = "Group not found";
    private const string NoCustomer = "Customer not found";
    private const string ById = @"/{groupId:regex(^\d+$)}";
    private const int UsualLimit = 20;

    /// <summary>What a program calls the fields that rules complain of.</summary>
    private static readonly Dictionary<string, string> Names = new()
    {
        [nameof(GroupInput.Filter)] = nameof(GroupBody.AssignmentRules),
        [nameof(GroupInput.DiscountPercent)] = nameof(GroupBody.DiscountPercentage),
    };

    /// <param name="prefix">Stands in front of the operations' names, which are unique among all contracts.</param>
    public static void MapGroups(this RouteGroupBuilder api, ApiContract contract, string prefix)
    {
        var examples = new GroupExamples(contract);
        var groups = api.MapGroup("/groups").WithTags("Groups");
        groups.MapGet("/", ListAsync).NeedsPermissionOrOwner(Permissions.SegmentsView)
            .Documented(prefix + "ListGroups", "List the groups by name; customers see those that they are in", null, 200,
                GroupExamples.List);
        groups.MapGet(ById, GetAsync).NeedsPermissionOrOwner(Permissions.SegmentsView)
            .Documented(prefix + "GetGroup", "Get a group, for staff with the figures of its members", null, 200, GroupExamples.Group)
            .AnswersTagged(isConditional: true);
        groups.MapPost("/", CreateAsync)
            .Documented(prefix + "CreateGroup", "Create a group", Permissions.GroupsEdit, GroupExamples.Input, 201, GroupExamples.Group)
            .AnswersTagged(isConditional: false);
        groups.MapPut(ById, ChangeAsync)
            .Documented(prefix + "ReplaceGroup", "Change a group; absent fields stay as they are", Permissions.GroupsEdit,
                GroupExamples.Input, 200, GroupExamples.Group).AnswersTagged(isConditional: false);
        groups.MapPatch(ById, ChangeAsync)
            .Documented(prefix + "UpdateGroup", "Change some fields of a group", Permissions.GroupsEdit, GroupExamples.Input, 200,
                GroupExamples.Group).AnswersTagged(isConditional: false);
        groups.MapDelete(ById, DeleteAsync)
            .Documented(prefix + "DeleteGroup", "Delete a group that no rules name; no customer is touched", Permissions.GroupsEdit, null,
                200, CustomerPartExamples.Done("Group deleted successfully."));
        groups.MapGet(ById + "/members", MembersAsync)
            .Documented(prefix + "ListGroupMembers", "List the members of a group, the newest customers first", Permissions.SegmentsView,
                null, 200, examples.Members);
        groups.MapPost(ById + "/add_member", AddAsync)
            .Documented(prefix + "AddGroupMember", "Add a customer to a group, whatever its rules say", Permissions.GroupsEdit,
                examples.Customer, 200, CustomerPartExamples.Done("Customer added to group successfully."));
        groups.MapPost(ById + "/remove_member", RemoveAsync)
            .Documented(prefix + "RemoveGroupMember", "Remove a customer from a group and keep them out, whatever its rules say",
                Permissions.GroupsEdit, examples.Customer, 200, CustomerPartExamples.Done("Customer removed from group successfully."));
    }

    /// <summary>What the core has beyond the document: who is kept out by hand, and letting the rules decide again.</summary>
    public static void MapGroupChoices(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/groups" + ById).WithTags("Groups");
        group.MapGet("/kept-out", KeptOutAsync)
            .Documented("ListKeptOut", "List the customers who are kept out of a group by hand, the last ones first",
                Permissions.SegmentsView, null, 200,
                """[ { "customer_id": 12, "name": "John Doe", "at": "2026-01-31T09:30:00Z", "by_name": "Ada Manager" } ]""")
            .WithDescription($"The permission {Permissions.CustomersView} is needed as well.");
        group.MapPost("/let-rules-decide", ForgetAsync)
            .Documented("LetRulesDecide", "Take back what was said of a customer by hand", Permissions.GroupsEdit,
                """{ "customer_id": 123 }""", 200, CustomerPartExamples.Done("The rules decide again."));
    }

    private static async Task<Ok<IReadOnlyList<KeptOutDetails>>> KeptOutAsync([Description("The id of the group.")] long groupId,
        GroupService groups, CancellationToken cancellationToken) =>
        TypedResults.Ok(await groups.KeptOutAsync(groupId, cancellationToken) ?? throw ApiException.NotFound(NotFound));

    private static async Task<Ok<DoneAnswer>> ForgetAsync([Description("The id of the group.")] long groupId, GroupMemberBody body,
        GroupService groups, CancellationToken cancellationToken)
    {
        _ = await groups.ForgetAsync(groupId, body.CustomerId.Value, cancellationToken)
            ?? throw await MissingAsync(groupId, groups, cancellationToken);
        return TypedResults.Ok(new DoneAnswer("The rules decide again."));
    }

    private static async Task<Ok<ListAnswer<GroupAnswer>>> ListAsync(int? page, int? limit, HttpContext http, GroupService groups,
        CancellationToken cancellationToken)
    {
        var wanted = http.Contract().Paging.Page(page, limit, UsualLimit);
        var all = await groups.ListAsync(cancellationToken);
        var (skip, take) = wanted.Validated();
        return TypedResults.Ok(ListAnswer<GroupAnswer>.Of(http, [.. all.Skip(skip).Take(take).Select(GroupAnswer.Of)], wanted.Number,
            wanted.Size, all.Count));
    }

    private static async Task<Results<Ok<GroupAnswer>, StatusCodeHttpResult>> GetAsync([Description("The id of the group.")] long groupId,
        HttpContext http, GroupService groups, IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        var group = await groups.GetAsync(groupId, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        var sums = await groups.StatisticsAsync(groupId, cancellationToken);
        return EntityTags.Answer(http, group.Version, GroupAnswer.Of(group) with
        {
            Statistics = sums is null ? null : GroupStatisticsAnswer.Of(sums, shop.Value.Currency),
        });
    }

    private static async Task<Created<GroupAnswer>> CreateAsync(GroupBody body, HttpContext http, GroupService groups,
        CancellationToken cancellationToken)
    {
        var made = (await NamingAsync(() => groups.SaveAsync(null, body.On(null), null, cancellationToken)))!.Part;
        return TypedResults.Created(string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{ApiSetup.Root}{http.Contract().Prefix}/groups/{made.Id}"), Tagged(http, made));
    }

    private static async Task<Ok<GroupAnswer>> ChangeAsync([Description("The id of the group.")] long groupId, GroupBody body,
        HttpContext http, GroupService groups, CancellationToken cancellationToken)
    {
        var present = await groups.GetAsync(groupId, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        var expected = await EntityTags.ExpectedAsync(http.Request, async () =>
            (await groups.GetAsync(groupId, cancellationToken))?.Version);
        var changed = await NamingAsync(() => groups.SaveAsync(groupId, body.On(present), expected ?? present.Version, cancellationToken))
            ?? throw ApiException.NotFound(NotFound);
        return TypedResults.Ok(Tagged(http, changed.Part));
    }

    private static GroupAnswer Tagged(HttpContext http, GroupDetails group)
    {
        var answer = GroupAnswer.Of(group);
        http.Response.Headers.ETag = EntityTags.Tag(http, group.Version, answer);
        return answer;
    }

    private static async Task<Ok<DoneAnswer>> DeleteAsync([Description("The id of the group.")] long groupId, GroupService groups,
        CancellationToken cancellationToken)
    {
        _ = await groups.DeleteAsync(groupId, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return TypedResults.Ok(new DoneAnswer("Group deleted successfully."));
    }

    private static async Task<Ok<ListAnswer<GroupMemberAnswer>>> MembersAsync([Description("The id of the group.")] long groupId, int? page,
        int? limit, HttpContext http, GroupService groups, MembershipService members, IOptions<ShopOptions> shop,
        CancellationToken cancellationToken)
    {
        var wanted = http.Contract().Paging.Page(page, limit, UsualLimit);
        var group = await groups.GetAsync(groupId, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        var found = await members.MembersAsync(groupId, wanted, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return TypedResults.Ok(ListAnswer<GroupMemberAnswer>.Of(http,
            [.. found.Items.Select(m => GroupMemberAnswer.Of(m, shop.Value.Currency))], wanted.Number, wanted.Size, group.Customers));
    }

    private static async Task<Ok<DoneAnswer>> AddAsync([Description("The id of the group.")] long groupId, GroupMemberBody body,
        GroupService groups, CancellationToken cancellationToken)
    {
        _ = await groups.AddAsync(groupId, body.CustomerId.Value, cancellationToken)
            ?? throw await MissingAsync(groupId, groups, cancellationToken);
        return TypedResults.Ok(new DoneAnswer("Customer added to group successfully."));
    }

    private static async Task<Ok<DoneAnswer>> RemoveAsync([Description("The id of the group.")] long groupId, GroupMemberBody body,
        GroupService groups, CancellationToken cancellationToken)
    {
        _ = await groups.RemoveAsync(groupId, body.CustomerId.Value, cancellationToken)
            ?? throw await MissingAsync(groupId, groups, cancellationToken);
        return TypedResults.Ok(new DoneAnswer("Customer removed from group successfully."));
    }

    private static async Task<ApiException> MissingAsync(long groupId, GroupService groups, CancellationToken cancellationToken) =>
        ApiException.NotFound(await groups.GetAsync(groupId, cancellationToken) is null ? NotFound : NoCustomer);

    private static async Task<T> NamingAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (RuleViolationException violation)
        {
            throw new RuleViolationException(
                [.. violation.Errors.Select(e => e with { Field = Names.GetValueOrDefault(e.Field, e.Field) })])
            {
                IsDuplicate = violation.IsDuplicate, IsRefusal = violation.IsRefusal,
            };
        }
    }
}
