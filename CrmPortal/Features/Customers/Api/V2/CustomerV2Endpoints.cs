using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Chats;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Customers;

/// <summary>Customers as document 4 prints them.</summary>
internal static class CustomerV2Endpoints
{
    private const string ById = "/{id}";
    private const int MostRecent = 5;

    private const string Words =
        "Texts in customFields whose keys are custom fields of the shop are checked by their types and stand there; all others are kept "
        + "beside them as preferences of the type custom, with at most 60 characters in a key and 500 in a text.";

    public static void MapCustomersV2(this RouteGroupBuilder customers)
    {
        customers.MapGet("/", ListAsync).Documented("V2ListCustomers", "List customers in full, one page at a time",
            Permissions.CustomersView, null, 200, CustomerV2Examples.List);
        customers.MapGet(ById, GetAsync).Documented("V2GetCustomer", "Get a customer, with the figures of their conversations",
                Permissions.CustomersView, null, 200, CustomerV2Examples.Details)
            .WithDescription("A customer in the trash is shown too, as inactive; everything else answers 404 for them.")
            .AnswersTagged(isConditional: true);
        customers.MapPost("/", CreateAsync).Documented("V2CreateCustomer", "Create a customer", Permissions.CustomersCreate,
                CustomerV2Examples.Creation, 201, CustomerV2Examples.Customer)
            .WithDescription(Words).AnswersTagged(isConditional: false);
        customers.MapPut(ById, UpdateAsync).Documented("V2UpdateCustomer", "Change a customer; absent fields stay as they are",
                Permissions.CustomersEdit, CustomerV2Examples.Change, 200, CustomerV2Examples.Customer)
            .WithDescription(Words).AnswersTagged(isConditional: false).AnswersProblems(412);
        customers.MapPatch(ById + "/tags", TagAsync).Documented("V2ChangeCustomerTags", "Set, add or remove tags of a customer",
                Permissions.CustomersEdit, """{"tags":["premium","loyal","high-value"],"action":"set"}""", 200, CustomerV2Examples.Customer)
            .AnswersTagged(isConditional: false).AnswersProblems(412);
        customers.MapPatch(ById + "/block", BlockAsync).Documented("V2BlockCustomer", "Block a customer with a reason, or unblock them",
                Permissions.CustomersBlock, """{"isBlocked":true,"blockReason":"Spam or abusive behavior"}""", 200,
                CustomerV2Examples.Customer)
            .AnswersTagged(isConditional: false).AnswersProblems(412);
        customers.MapDelete(ById, DeleteAsync).Documented("V2DeleteCustomer", "Move a customer to the trash, or permanently delete them",
                Permissions.CustomersDelete, null, 200, """{"message":"Customer deactivated"}""")
            .WithDescription($"For permanent=true the permission {Permissions.CustomersPurge} is needed as well.")
            .WithMetadata(new MeansItself()).AnswersProblems(412);
        customers.MapGet(ById + "/conversations", ConversationsAsync).Documented("V2ListConversations",
            "List a customer's chats, the newest first", Permissions.ChatWork, null, 200, CustomerV2Examples.Conversations);
        customers.MapExportV2();
        customers.MapImportV2();
    }

    private static async Task<Ok<CustomerV2ListAnswer>> ListAsync([AsParameters] CustomerV2Query query, HttpContext http,
        CustomerFinder finder, CustomerV2Sight sight, CancellationToken cancellationToken)
    {
        var wanted = query.Read();
        // What is wrong with the page is said before anything is counted.
        var page = http.Contract().Paging.Page(query.Page, query.Limit, CustomerV2Query.UsualLimit);
        var (skip, take) = page.Validated();
        var total = (await finder.CountAsync(wanted, null, cancellationToken)).Rows;
        var customers = await sight.OfAsync(await finder.ListInFullAsync(wanted, skip, take, total, cancellationToken), cancellationToken);
        return TypedResults.Ok(new CustomerV2ListAnswer(customers,
            PaginationV2.Of(ListAnswer<CustomerV2>.Of(http, customers, page.Number, page.Size, total))));
    }

    private static async Task<Results<Ok<CustomerV2DetailAnswer>, StatusCodeHttpResult>> GetAsync(
        [Description("The id of the customer.")] string id, HttpContext http, CustomerService customers, ChatService chats,
        ConversationService conversations, CustomerV2Sight sight, CancellationToken cancellationToken)
    {
        var customer = Found(await customers.GetAsync(OpaqueId.Read(id), cancellationToken, alsoInTrash: true));
        var figures = await conversations.FiguresOfManyAsync([customer.Id], cancellationToken);
        var recent = await chats.NewestOfAsync(customer.Id, MostRecent, cancellationToken);
        return EntityTags.Answer(http, customer.Version, new CustomerV2DetailAnswer(await sight.OfAsync(customer, cancellationToken),
            ConversationCountsV2.Of(figures[customer.Id]), [.. recent.Select(ConversationV2.Of)]));
    }

    private static async Task<Created<CustomerV2Answer>> CreateAsync(CustomerV2Body body, HttpContext http, WholeCustomerService whole,
        IOptions<ShopOptions> shop, CustomerV2Sight sight, CancellationToken cancellationToken)
    {
        var made = await whole.CreateAsync(body.Read(isNew: true, shop.Value.Country), cancellationToken);
        return TypedResults.Created(http.Contract().AddressOf(made.Customer.Id), await ShownAsync(http, made, sight, cancellationToken));
    }

    private static async Task<Ok<CustomerV2Answer>> UpdateAsync([Description("The id of the customer.")] string id, CustomerV2Body body,
        HttpContext http, CustomerService customers, WholeCustomerService whole, IOptions<ShopOptions> shop, CustomerV2Sight sight,
        CancellationToken cancellationToken)
    {
        var key = OpaqueId.Read(id);
        return TypedResults.Ok(await ShownAsync(http, await whole.UpdateAsync(key, body.Read(isNew: false, shop.Value.Country),
            await ExpectedAsync(key, http, customers, cancellationToken), cancellationToken), sight, cancellationToken));
    }

    private static async Task<Ok<CustomerV2Answer>> TagAsync([Description("The id of the customer.")] string id, TagsInput body,
        HttpContext http, CustomerService customers, TagService tags, CustomerV2Sight sight,
        CancellationToken cancellationToken)
    {
        var key = OpaqueId.Read(id);
        return TypedResults.Ok(await ShownAsync(http, await tags.ChangeAsync(key, body.Tags ?? [], body.Action, cancellationToken,
            await ExpectedAsync(key, http, customers, cancellationToken)), sight, cancellationToken));
    }

    private static async Task<Ok<CustomerV2Answer>> BlockAsync([Description("The id of the customer.")] string id, BlockInput body,
        HttpContext http, CustomerService customers, CustomerV2Sight sight, CancellationToken cancellationToken)
    {
        var key = OpaqueId.Read(id);
        var expected = await ExpectedAsync(key, http, customers, cancellationToken);
        return TypedResults.Ok(await ShownAsync(http, body.IsBlocked
            ? await customers.BlockAsync(key, body.BlockReason, cancellationToken, expected)
            : await customers.UnblockAsync(key, cancellationToken, expected), sight, cancellationToken));
    }

    private static async Task<Ok<DoneAnswer>> DeleteAsync([Description("The id of the customer.")] string id, HttpContext http,
        CustomerService customers, CustomerTrash trash, AccessControl access, CancellationToken cancellationToken,
        [Description("Permanently deletes the customer with their conversations and messages, even if they are in the trash.")]
        bool permanent = false)
    {
        var key = OpaqueId.Read(id);
        // Check the permission to delete permanently before moving the customer to the trash.
        if (permanent) await access.DemandAsync(Permissions.CustomersPurge, cancellationToken);
        var isGone = await trash.DeleteAsync(key, cancellationToken, await ExpectedAsync(key, http, customers, cancellationToken))
            is not null;
        if (permanent) isGone = await trash.PurgeAsync(key, cancellationToken);
        if (!isGone) throw ApiException.NotFound(CustomerPartEndpoints.NoCustomer);
        return TypedResults.Ok(new DoneAnswer(permanent ? "Customer deleted permanently" : "Customer deactivated"));
    }

    private static async Task<Ok<ConversationV2ListAnswer>> ConversationsAsync([Description("The id of the customer.")] string id,
        [Description("Starts at 1.")] int? page, [Description("Chats per page; defaults to 20, at most 100.")] int? limit, HttpContext http,
        ChatService chats, CustomerService customers, CancellationToken cancellationToken)
    {
        var customer = await customers.FindAsync(OpaqueId.Read(id), cancellationToken);
        var wanted = http.Contract().Paging.Page(page, limit, CustomerV2Query.UsualLimit);
        IReadOnlyList<ConversationV2> found =
            [.. (await chats.PastAsync(customer.Id, wanted, cancellationToken)).Items.Select(ConversationV2.Of)];
        return TypedResults.Ok(new ConversationV2ListAnswer(found, PaginationV2.Of(ListAnswer<ConversationV2>.Of(http, found,
            wanted.Number, wanted.Size, await chats.CountPastAsync(customer.Id, cancellationToken)))));
    }

    /// <summary>The customer after a change, with the tag of their version.</summary>
    private static async Task<CustomerV2Answer> ShownAsync(HttpContext http, CustomerChangeResult? changed, CustomerV2Sight sight,
        CancellationToken cancellationToken)
    {
        var customer = Found(changed?.Customer);
        var answer = new CustomerV2Answer(await sight.OfAsync(customer, cancellationToken));
        http.Response.Headers.ETag = EntityTags.Tag(http, customer.Version, answer);
        return answer;
    }

    private static CustomerDetails Found(CustomerDetails? customer) =>
        customer ?? throw ApiException.NotFound(CustomerPartEndpoints.NoCustomer);

    private static Task<long?> ExpectedAsync(long id, HttpContext http, CustomerService customers, CancellationToken cancellationToken) =>
        EntityTags.ExpectedAsync(http.Request, async () => (await customers.GetAsync(id, cancellationToken))?.Version);
}
