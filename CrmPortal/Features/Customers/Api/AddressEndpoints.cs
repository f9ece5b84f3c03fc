using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using static CrmPortal.Features.Customers.CustomerPartEndpoints;

namespace CrmPortal.Features.Customers;

/// <summary>The addresses of a customer, for programs.</summary>
internal static class AddressEndpoints
{
    private const string ById = @"/{addressId:regex(^\d+$)}";

    public static void MapAddresses(this RouteGroupBuilder customer)
    {
        var addresses = customer.MapGroup("/addresses");
        addresses.MapGet("", ListAsync)
            .Documented("ListAddresses", "List the addresses of a customer", Permissions.CustomersView, null, 200,
                $"[{CustomerPartExamples.Address}]");
        addresses.MapGet(ById, GetAsync)
            .Documented("GetAddress", "Get an address", Permissions.CustomersView, null, 200, CustomerPartExamples.Address);
        addresses.MapPost("", AddAsync)
            .Documented("AddAddress", "Add an address; the first of a type becomes its default", Permissions.CustomersEdit,
                CustomerPartExamples.AddressInput, 201, CustomerPartExamples.Address);
        addresses.MapPut(ById, ChangeAsync)
            .Documented("ChangeAddress", "Change an address; absent fields stay as they are", Permissions.CustomersEdit,
                CustomerPartExamples.AddressChange, 200, CustomerPartExamples.Address);
        addresses.MapDelete(ById, DeleteAsync)
            .Documented("DeleteAddress", "Remove an address", Permissions.CustomersEdit, null, 200,
                CustomerPartExamples.Done("Address deleted successfully."));
        addresses.MapPut(ById + "/verify", VerifyAsync)
            .Documented("VerifyAddress", "Mark an address as verified", Permissions.CustomersEdit, null, 200,
                CustomerPartExamples.Address);
    }

    private static async Task<Ok<IReadOnlyList<AddressDetails>>> ListAsync(long id, CustomerService customers,
        CancellationToken cancellationToken) =>
        TypedResults.Ok((await customers.FindAsync(id, cancellationToken)).Addresses);

    private static async Task<Ok<AddressDetails>> GetAsync(long id, long addressId, CustomerService customers,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(Address(await customers.FindAsync(id, cancellationToken), addressId));

    private static async Task<Created<AddressDetails>> AddAsync(long id, AddressInput input, HttpContext http, AddressService addresses,
        CustomerService customers, CancellationToken cancellationToken)
    {
        var before = (await customers.FindAsync(id, cancellationToken)).Addresses.Select(a => a.Id).ToHashSet();
        var changed = await addresses.SaveAsync(id, null, input, cancellationToken) ?? throw ApiException.NotFound(NoCustomer);
        var added = changed.Customer.Addresses.OrderByDescending(a => a.Id).First(a => !before.Contains(a.Id));
        return TypedResults.Created(AddressOf(http, id, "addresses", added.Id), added);
    }

    private static async Task<Ok<AddressDetails>> ChangeAsync(long id, long addressId, AddressChange change, AddressService addresses,
        CustomerService customers, CancellationToken cancellationToken)
    {
        var changed = await JoinedAsync(async () =>
        {
            var present = Address(await customers.FindAsync(id, cancellationToken), addressId);
            return await addresses.SaveAsync(id, addressId, change.On(present), cancellationToken, present.Version)
                ?? throw ApiException.NotFound(NoCustomer);
        });
        return TypedResults.Ok(Address(changed.Customer, addressId));
    }

    private static async Task<Ok<DoneAnswer>> DeleteAsync(long id, long addressId, AddressService addresses, CustomerService customers,
        CancellationToken cancellationToken)
    {
        Address(await customers.FindAsync(id, cancellationToken), addressId);
        await addresses.RemoveAsync(id, addressId, cancellationToken);
        return TypedResults.Ok(new DoneAnswer("Address deleted successfully."));
    }

    private static async Task<Ok<AddressDetails>> VerifyAsync(long id, long addressId, AddressService addresses, CustomerService customers,
        CancellationToken cancellationToken, [Description("false marks it as not verified again.")] bool verified = true)
    {
        Address(await customers.FindAsync(id, cancellationToken), addressId);
        var changed = await addresses.VerifyAsync(id, addressId, verified, cancellationToken) ?? throw ApiException.NotFound(NoCustomer);
        return TypedResults.Ok(Address(changed.Customer, addressId));
    }

    private static AddressDetails Address(CustomerDetails customer, long addressId) =>
        customer.Addresses.FirstOrDefault(a => a.Id == addressId) ?? throw ApiException.NotFound("Address not found");
}
