using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Customers;

/// <summary>Customers for programs: documents 1 and 5 of the published interface share these routes.</summary>
internal static class CustomerEndpoints
{
    private const string NotFound = "Customer not found";

    // An id that overflows is an id that cannot be read; a word is no id at all, so that other routes may use it.
    private const string ById = @"/{id:regex(^\d+$)}";

    public static void MapCustomers(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/customers").WithTags("Customers");
        group.MapGet("/", ListAsync).WithName("ListCustomers").WithSummary("List customers, one page at a time")
            .NeedsPermission(Permissions.CustomersView)
            .WithExample(null, 200, CustomerExamples.List).AnswersProblems(400, 401, 403, 429, 500, 503);
        group.MapPost("/search", SearchAsync).WithName("SearchCustomers").WithSummary("Search customers, one page at a time")
            .WithDescription("The conditions of the list in a body, for those that are too many or too private for an address.")
            .NeedsPermission(Permissions.CustomersView)
            .WithMetadata(new NotRemembered()).WithExample(CustomerExamples.Search, 200, CustomerExamples.List)
            .AnswersProblems(400, 401, 403, 413, 415, 429, 500, 503);
        group.MapGet(ById, GetAsync).WithName("GetCustomer").WithSummary("Get a customer").NeedsPermission(Permissions.CustomersView)
            .WithExample(null, 200, CustomerExamples.Customer).AnswersTagged(isConditional: true)
                .AnswersProblems(400, 401, 403, 404, 429, 500, 503);
        group.MapGet("/number/{number}", GetByNumberAsync).WithName("GetCustomerByNumber").WithSummary("Get a customer by their number")
            .NeedsPermission(Permissions.CustomersView)
            .WithExample(null, 200, CustomerExamples.Customer).AnswersTagged(isConditional: true)
                .AnswersProblems(400, 401, 403, 404, 429, 500, 503);
        group.MapGet("/email/{email}", GetByEmailAsync).WithName("GetCustomerByEmail").WithSummary("Get a customer by a complete e-mail")
            .NeedsPermission(Permissions.CustomersView)
            .WithExample(null, 200, CustomerExamples.Customer).AnswersTagged(isConditional: true)
                .AnswersProblems(400, 401, 403, 404, 429, 500, 503);
        group.MapPost("/", CreateAsync).WithName("CreateCustomer").WithSummary("Create a customer")
            .NeedsPermission(Permissions.CustomersCreate)
            .WithExample(CustomerExamples.Creation, 201, CustomerExamples.Customer).AnswersTagged(isConditional: false)
                .AnswersProblems(400, 401, 403, 409, 413, 415, 422, 429, 500, 503);
        group.MapPut(ById, UpdateAsync).WithName("ReplaceCustomer").WithSummary("Change a customer; absent fields stay as they are")
            .NeedsPermission(Permissions.CustomersEdit)
            .WithExample(CustomerExamples.Change, 200, CustomerExamples.Changed).AnswersTagged(isConditional: false)
                .AnswersProblems(400, 401, 403, 404, 409, 412, 413, 415, 429, 500, 503);
        group.MapPatch(ById, UpdateAsync).WithName("UpdateCustomer").WithSummary("Change some fields of a customer")
            .NeedsPermission(Permissions.CustomersEdit)
            .WithExample(CustomerExamples.Change, 200, CustomerExamples.Changed).AnswersTagged(isConditional: false)
                .AnswersProblems(400, 401, 403, 404, 409, 412, 413, 415, 429, 500, 503);
        group.MapDelete(ById, DeleteAsync).WithName("DeleteCustomer").WithSummary("Move a customer to the trash, or permanently delete them")
            .NeedsPermission(Permissions.CustomersDelete)
            .WithDescription(
                $"For permanent=true the permission {Permissions.CustomersPurge} is needed as well; records that were merged into the customer go too. The id of a merged customer means that record here, and nowhere else.")
            .WithMetadata(new MeansItself())
            .WithExample(null, 200, CustomerExamples.Deleted).AnswersProblems(400, 401, 403, 404, 412, 429, 500, 503);
    }

    private static Task<Ok<ListAnswer<CustomerLine>>> ListAsync([AsParameters] CustomerConditions conditions,
        [Description("Starts at 1.")] int? page, [Description("Customers per page; defaults to 20, at most 100.")] int? limit,
        HttpContext http, CustomerFinder finder, IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        FoundAsync(conditions, page, limit, http, finder, shop.Value.Currency, cancellationToken);

    /// <summary>Nothing is made, so nothing is remembered by a key.</summary>
    private static Task<Ok<ListAnswer<CustomerLine>>> SearchAsync(CustomerSearchBody body, HttpContext http, CustomerFinder finder,
        IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        FoundAsync(body, body.Page, body.Limit, http, finder, shop.Value.Currency, cancellationToken);

    private static async Task<Ok<ListAnswer<CustomerLine>>> FoundAsync(CustomerConditions conditions, int? number, int? limit,
        HttpContext http, CustomerFinder finder, string currency, CancellationToken cancellationToken)
    {
        var wanted = conditions.Wanted(currency);
        // What is wrong with the page or the order is said before anything is counted.
        var page = http.Contract().Paging.Page(number, limit, ListQuery.UsualLimit);
        var count = await finder.CountAsync(wanted, null, cancellationToken);
        var rows = await finder.ListAsync(wanted, page with { Total = count.Rows }, cancellationToken);
        return TypedResults.Ok(ListAnswer<CustomerLine>.Of(http, [.. rows.Items.Select(r => CustomerLine.Of(r, currency))], page.Number,
            page.Size, count.Rows));
    }

    private static async Task<Results<Ok<CustomerAnswer>, StatusCodeHttpResult>> GetAsync([Description("The id of the customer.")] long id,
        HttpContext http, CustomerService customers, CustomFieldService fields, IOptions<ShopOptions> shop,
        CancellationToken cancellationToken) =>
        await TaggedAsync(http, shop, await customers.GetAsync(id, cancellationToken), fields, cancellationToken);

    private static async Task<Results<Ok<CustomerAnswer>, StatusCodeHttpResult>> GetByNumberAsync(
        [Description("Such as CUST-20260131-0001.")] string number, HttpContext http, CustomerFinder finder, CustomFieldService fields,
            IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        await TaggedAsync(http, shop, await finder.FindByNumberAsync(number, cancellationToken), fields, cancellationToken);

    private static async Task<Results<Ok<CustomerAnswer>, StatusCodeHttpResult>> GetByEmailAsync(
        [Description("Such as john.doe@example.com.")] string email, HttpContext http, CustomerFinder finder, CustomFieldService fields,
            IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        await TaggedAsync(http, shop, await finder.FindByEmailAsync(email, cancellationToken), fields, cancellationToken);

    private static async Task<Created<CustomerAnswer>> CreateAsync(CustomerInput input, HttpContext http, CustomerService customers,
        CustomFieldService fields, IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        var created = (await NamingAsync(input, () => customers.CreateAsync(input.Changes(), cancellationToken))).Customer;
        var answer = await AnswerAsync(created, shop, fields, cancellationToken);
        http.Response.Headers.ETag = EntityTags.Tag(http, created.Version, answer);
        return TypedResults.Created(http.Contract().AddressOf(created.Id), answer);
    }

    private static async Task<Ok<CustomerAnswer>> UpdateAsync(
        [Description("The id of the customer.")] long id, CustomerInput input, HttpContext http, CustomerService customers,
            CustomFieldService fields, IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        var expected = await ExpectedAsync(id, http, customers, cancellationToken);
        var changed = await NamingAsync(input, () => customers.UpdateAsync(id, input.Changes(), null, expected, cancellationToken))
            ?? throw ApiException.NotFound(NotFound);
        var answer = await AnswerAsync(changed.Customer, shop, fields, cancellationToken);
        http.Response.Headers.ETag = EntityTags.Tag(http, changed.Customer.Version, answer);
        return TypedResults.Ok(answer with { Message = "Customer updated successfully." });
    }

    private static async Task<Ok<CustomerDeletedAnswer>> DeleteAsync(
        [Description("The id of the customer.")] long id, HttpContext http, CustomerService customers, CustomerTrash trash,
            AccessControl access, CancellationToken cancellationToken,
        [Description(
            "Permanently deletes the customer and everything that belongs to them, even if they are in the trash.")] bool permanent = false)
    {
        // Check the permission to delete permanently before moving the customer to the trash.
        if (permanent) await access.DemandAsync(Permissions.CustomersPurge, cancellationToken);
        var isGone = await trash.DeleteAsync(id, cancellationToken,
            await ExpectedAsync(id, http, customers, cancellationToken)) is not null;
        if (permanent) isGone = await trash.PurgeAsync(id, cancellationToken);
        return isGone ? TypedResults.Ok(new CustomerDeletedAnswer("Customer deleted successfully.", id, permanent)) : throw ApiException
            .NotFound(NotFound);
    }

    private static async Task<Results<Ok<CustomerAnswer>, StatusCodeHttpResult>> TaggedAsync(HttpContext http, IOptions<ShopOptions> shop,
        CustomerDetails? customer, CustomFieldService fields, CancellationToken cancellationToken)
    {
        if (customer is null) throw ApiException.NotFound(NotFound);
        return EntityTags.Answer(http, customer.Version, await AnswerAsync(customer, shop, fields, cancellationToken));
    }

    internal static async Task<CustomerAnswer> AnswerAsync(CustomerDetails customer, IOptions<ShopOptions> shop, CustomFieldService fields,
        CancellationToken cancellationToken) =>
        CustomerAnswer.Of(customer, shop.Value.Currency) with
        {
            CustomFields = (await fields.OfCustomerAsync(customer.Id, cancellationToken)).Where(f => f.Value is not null)
                .ToDictionary(f => f.Field.Key, f => f.Value!),
        };

    private static Task<long?> ExpectedAsync(long id, HttpContext http, CustomerService customers, CancellationToken cancellationToken) =>
        EntityTags.ExpectedAsync(http.Request, async () => (await customers.GetAsync(id, cancellationToken))?.Version);

    /// <summary>Says what is wrong with a part of the name of the field that the client sent.</summary>
    private static async Task<T> NamingAsync<T>(CustomerInput input, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (RuleViolationException violation) when (input.Name.IsPresent && violation.Errors.Any(IsName))
        {
            throw new RuleViolationException(
                [.. violation.Errors.Select(e => IsName(e) ? e with { Field = nameof(input.Name) } : e)]) { IsDuplicate =
                violation.IsDuplicate };
        }

        static bool IsName(FieldError error) => error.Field is nameof(CustomerChanges.GivenName) or nameof(CustomerChanges.FamilyName);
    }
}
