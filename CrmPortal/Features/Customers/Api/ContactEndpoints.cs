using CrmPortal.Api;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using static CrmPortal.Features.Customers.CustomerPartEndpoints;

namespace CrmPortal.Features.Customers;

/// <summary>The people around a customer, for programs.</summary>
internal static class ContactEndpoints
{
    private const string NoContact = "Contact not found";
    private const string ById = @"/{contactId:regex(^\d+$)}";

    public static void MapContacts(this RouteGroupBuilder customer)
    {
        var contacts = customer.MapGroup("/contacts");
        contacts.MapGet("", ListAsync)
            .Documented("ListContacts", "List the contact persons of a customer", Permissions.CustomersView, null, 200,
                $"[{CustomerPartExamples.Contact}]");
        contacts.MapGet(ById, GetAsync)
            .Documented("GetContact", "Get a contact person", Permissions.CustomersView, null, 200, CustomerPartExamples.Contact);
        contacts.MapPost("", AddAsync)
            .Documented("AddContact", "Add a contact person", Permissions.CustomersEdit, CustomerPartExamples.ContactInput, 201,
                CustomerPartExamples.Contact);
        contacts.MapPut(ById, ChangeAsync)
            .Documented("ChangeContact", "Change a contact person; absent fields stay as they are", Permissions.CustomersEdit,
                CustomerPartExamples.ContactChange, 200, CustomerPartExamples.Contact);
        contacts.MapDelete(ById, DeleteAsync)
            .Documented("DeleteContact", "Remove a contact person", Permissions.CustomersEdit, null, 200,
                CustomerPartExamples.Done("Contact deleted successfully."));
    }

    private static async Task<Ok<IReadOnlyList<ContactPersonDetails>>> ListAsync(long id, ContactPersonService persons,
        CustomerService customers, CancellationToken cancellationToken)
    {
        await customers.FindAsync(id, cancellationToken);
        return TypedResults.Ok(await persons.ListAsync(id, cancellationToken));
    }

    private static async Task<Ok<ContactPersonDetails>> GetAsync(long id, long contactId, ContactPersonService persons,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(await FindAsync(persons, id, contactId, cancellationToken));

    private static async Task<Created<ContactPersonDetails>> AddAsync(long id, ContactPersonInput input, HttpContext http,
        ContactPersonService persons, CancellationToken cancellationToken)
    {
        var added = (await persons.SaveAsync(id, null, input, cancellationToken) ?? throw ApiException.NotFound(NoCustomer)).Part;
        return TypedResults.Created(AddressOf(http, id, "contacts", added.Id), added);
    }

    private static async Task<Ok<ContactPersonDetails>> ChangeAsync(long id, long contactId, ContactChange change,
        ContactPersonService persons, CancellationToken cancellationToken)
    {
        var changed = await JoinedAsync(async () =>
        {
            var present = await FindAsync(persons, id, contactId, cancellationToken);
            return await persons.SaveAsync(id, contactId, change.On(present), cancellationToken, present.Version)
                ?? throw ApiException.NotFound(NoCustomer);
        });
        return TypedResults.Ok(changed.Part);
    }

    private static async Task<Ok<DoneAnswer>> DeleteAsync(long id, long contactId, ContactPersonService persons,
        CancellationToken cancellationToken)
    {
        _ = await persons.RemoveAsync(id, contactId, cancellationToken) ?? throw ApiException.NotFound(NoContact);
        return TypedResults.Ok(new DoneAnswer("Contact deleted successfully."));
    }

    private static async Task<ContactPersonDetails> FindAsync(ContactPersonService persons, long id, long contactId,
        CancellationToken cancellationToken) =>
        (await persons.ListAsync(id, cancellationToken)).FirstOrDefault(p => p.Id == contactId)
            ?? throw ApiException.NotFound(NoContact);
}
