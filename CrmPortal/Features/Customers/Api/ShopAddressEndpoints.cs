using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.SelfService;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CrmPortal.Features.Customers;

/// <summary>Addresses by themselves, as document 2 prints them: staff reach all of them, customers their own.</summary>
internal static class ShopAddressEndpoints
{
    private const string NotFound = "Address not found";
    private const string ById = @"/{addressId:regex(^\d+$)}";

    public static void MapShopAddresses(this RouteGroupBuilder shop)
    {
        var addresses = shop.MapGroup("/addresses").WithTags("Addresses");
        addresses.MapGet("/", ListAsync).NeedsPermissionOrOwner(Permissions.CustomersView)
            .Documented("ShopListAddresses", "List addresses, the newest first", null, 200,
                $$"""{ "items": [ {{ShopExamples.Address}} ], "page": 1, "limit": 20, "total": 1, "pages": 1 }""");
        addresses.MapPost("/", AddAsync).NeedsPermissionOrOwner(Permissions.CustomersEdit)
            .Documented("ShopAddAddress", "Add an address; the first of a type becomes its default", ShopExamples.AddressInput, 201,
                ShopExamples.Address);
        addresses.MapGet(ById, GetAsync).NeedsPermissionOrOwner(Permissions.CustomersView)
            .Documented("ShopGetAddress", "Get an address", null, 200, ShopExamples.Address);
        addresses.MapPut(ById, ChangeAsync).NeedsPermissionOrOwner(Permissions.CustomersEdit)
            .Documented("ShopReplaceAddress", "Change an address; absent fields stay as they are", ShopExamples.AddressInput, 200,
                ShopExamples.Address);
        addresses.MapPatch(ById, ChangeAsync).NeedsPermissionOrOwner(Permissions.CustomersEdit)
            .Documented("ShopUpdateAddress", "Change some fields of an address", ShopExamples.AddressInput, 200, ShopExamples.Address);
        addresses.MapDelete(ById, DeleteAsync).NeedsPermissionOrOwner(Permissions.CustomersEdit)
            .Documented("ShopDeleteAddress", "Remove an address", null, 200, CustomerPartExamples.Done("Address deleted successfully."));
        addresses.MapPost(ById + "/set_default", SetDefaultAsync).NeedsPermissionOrOwner(Permissions.CustomersEdit)
            .Documented("ShopSetDefaultAddress", "Make an address the default of its type", null, 200, ShopExamples.Address);
    }

    private static async Task<Ok<ListAnswer<ShopAddressAnswer>>> ListAsync([AsParameters] ShopAddressQuery query, HttpContext http,
        AddressFinder finder, CancellationToken cancellationToken)
    {
        var wanted = query.Wanted();
        var page = http.Contract().Paging.Page(query.Page, query.Limit, ShopListQuery.UsualLimit);
        var (items, total) = await finder.ListAsync(wanted, page, cancellationToken);
        return TypedResults.Ok(ListAnswer<ShopAddressAnswer>.Of(http, [.. items.Select(ShopAddressAnswer.Of)], page.Number, page.Size,
            total));
    }

    private static async Task<Created<ShopAddressAnswer>> AddAsync(ShopAddressBody body, HttpContext http, AddressService addresses,
        CustomerService customers, CustomerProfileService profiles, CancellationToken cancellationToken)
    {
        var owner = await profiles.OwnIdAsync(cancellationToken);
        // Customers add their own; staff say whose it is.
        var customer = owner ?? (body.Customer.IsPresent && body.Customer.Value is { } named ? named.Value
            : throw new RuleViolationException(nameof(body.Customer), "Say whose address it is: name the id of a customer."));
        if (owner is not null && body.Customer.Value is { } other && other.Value != owner)
            throw new RuleViolationException(nameof(body.Customer), "You can only add addresses of your own.");
        var before = (await customers.FindAsync(customer, cancellationToken)).Addresses.Select(a => a.Id).ToHashSet();
        var changed = await NamingAsync(() => addresses.SaveAsync(customer, null, body.Read(null), cancellationToken))
            ?? throw ApiException.NotFound(CustomerPartEndpoints.NoCustomer);
        var added = changed.Customer.Addresses.OrderByDescending(a => a.Id).First(a => !before.Contains(a.Id));
        return TypedResults.Created(string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{ApiSetup.Root}{http.Contract().Prefix}/addresses/{added.Id}"), ShopAddressAnswer.Of(new(customer, added)));
    }

    private static async Task<Ok<ShopAddressAnswer>> GetAsync([Description("The id of the address.")] long addressId, AddressFinder finder,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(ShopAddressAnswer.Of(await FindAsync(addressId, finder, cancellationToken)));

    private static Task<Ok<ShopAddressAnswer>> ChangeAsync([Description("The id of the address.")] long addressId, ShopAddressBody body,
        AddressFinder finder, AddressService addresses, CancellationToken cancellationToken) =>
        SaveAsync(addressId, present =>
        {
            if (body.Customer.IsPresent && body.Customer.Value?.Value != present.CustomerId)
                throw new RuleViolationException(nameof(body.Customer), "An address stays with its customer.");
            return body.Read(present.Address);
        }, finder, addresses, cancellationToken);

    private static Task<Ok<ShopAddressAnswer>> SetDefaultAsync([Description("The id of the address.")] long addressId,
        AddressFinder finder, AddressService addresses, CancellationToken cancellationToken) =>
        SaveAsync(addressId, present => new AddressChange { IsDefault = true }.On(present.Address), finder, addresses, cancellationToken);

    private static async Task<Ok<DoneAnswer>> DeleteAsync([Description("The id of the address.")] long addressId, AddressFinder finder,
        AddressService addresses, CancellationToken cancellationToken)
    {
        var present = await FindAsync(addressId, finder, cancellationToken);
        _ = await addresses.RemoveAsync(present.CustomerId, addressId, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return TypedResults.Ok(new DoneAnswer("Address deleted successfully."));
    }

    private static async Task<Ok<ShopAddressAnswer>> SaveAsync(long addressId, Func<OwnedAddress, AddressInput> read, AddressFinder finder,
        AddressService addresses, CancellationToken cancellationToken)
    {
        var (customer, changed) = await CustomerPartEndpoints.JoinedAsync(async () =>
        {
            var present = await FindAsync(addressId, finder, cancellationToken);
            return (present.CustomerId, await NamingAsync(() => addresses.SaveAsync(present.CustomerId, addressId, read(present),
                cancellationToken, present.Address.Version)) ?? throw ApiException.NotFound(NotFound));
        });
        return TypedResults.Ok(ShopAddressAnswer.Of(new(customer, changed.Customer.Addresses.First(a => a.Id == addressId))));
    }

    private static async Task<OwnedAddress> FindAsync(long addressId, AddressFinder finder, CancellationToken cancellationToken) =>
        await finder.FindAsync(addressId, cancellationToken) ?? throw ApiException.NotFound(NotFound);

    /// <summary>Says what is wrong by the names of the document.</summary>
    private static async Task<T> NamingAsync<T>(Func<Task<T>> save)
    {
        try
        {
            return await save();
        }
        catch (RuleViolationException violation)
        {
            throw new RuleViolationException([.. violation.Errors.Select(e => e.Field switch
            {
                nameof(AddressInput.Line1) => e with { Field = nameof(ShopAddressBody.AddressLine1) },
                nameof(AddressInput.Line2) => e with { Field = nameof(ShopAddressBody.AddressLine2) },
                _ => e,
            })]) { IsRefusal = violation.IsRefusal };
        }
    }
}

/// <summary>An address with the names of document 2; street and phone are masked for those who may not see them.</summary>
internal sealed record ShopAddressAnswer(OpaqueId Id, OpaqueId Customer, AddressType AddressType, string? FirstName, string? LastName,
    string? Phone, string AddressLine1, string? AddressLine2, string City, string? State, string? PostalCode, string Country,
    bool IsDefault)
{
    public static ShopAddressAnswer Of(OwnedAddress owned)
    {
        var a = owned.Address;
        return new(new(a.Id), new(owned.CustomerId), a.Type, a.GivenName, a.FamilyName, a.Phone, a.Line1, a.Line2, a.City, a.State,
            a.PostalCode, a.Country, a.IsDefault);
    }
}

/// <summary>What may be set on an address. A field that is absent stays as it is; null clears it.</summary>
internal sealed record ShopAddressBody
{
    [Description("The id of the customer; customers themselves need not say it.")]
    public Optional<OpaqueId?> Customer { get; init; }

    public Optional<AddressType> AddressType { get; init; }
    public Optional<string?> FirstName { get; init; }
    public Optional<string?> LastName { get; init; }
    public Optional<string?> Phone { get; init; }
    public Optional<string?> AddressLine1 { get; init; }
    public Optional<string?> AddressLine2 { get; init; }
    public Optional<string?> City { get; init; }
    public Optional<string?> State { get; init; }
    public Optional<string?> PostalCode { get; init; }

    [Description("The name or the ISO 3166-1 alpha-2 code, such as USA or US.")]
    public Optional<string?> Country { get; init; }

    public Optional<bool> IsDefault { get; init; }

    /// <exception cref="RuleViolationException">The country is not known.</exception>
    public AddressInput Read(AddressDetails? present)
    {
        var errors = new List<FieldError>();
        var country = CountryWords.Read(Country, errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        var change = new AddressChange
        {
            Type = AddressType, IsDefault = IsDefault, GivenName = FirstName, FamilyName = LastName, Phone = Phone, Line1 = AddressLine1,
            Line2 = AddressLine2, City = City, State = State, PostalCode = PostalCode, Country = country,
        };
        return change.On(present ?? new(0, Core.Customers.AddressType.Billing, false, "", null, "", null, null, ""));
    }
}

/// <summary>Which addresses a list shows.</summary>
internal sealed class ShopAddressQuery
{
    private static readonly Dictionary<string, AddressSort> Orders = new()
    {
        ["created_at"] = AddressSort.Newest, ["is_default"] = AddressSort.Default,
    };

    [FromQuery(Name = "page"), Description("Starts at 1.")]
    public int? Page { get; init; }

    [FromQuery(Name = "limit"), Description("Addresses per page; defaults to 20, at most 100.")]
    public int? Limit { get; init; }

    [FromQuery(Name = "address_type"), Description("billing, shipping or service.")]
    public string? AddressType { get; init; }

    [FromQuery(Name = "is_default")] public bool? IsDefault { get; init; }

    [FromQuery(Name = "country"), Description("The name or the ISO 3166-1 alpha-2 code.")]
    public string? Country { get; init; }

    [FromQuery(Name = "state")] public string? State { get; init; }

    [FromQuery(Name = "city"), Description("A part of its name.")]
    public string? City { get; init; }

    [FromQuery(Name = "customer"), Description("The id of a customer.")]
    public long? Customer { get; init; }

    [FromQuery(Name = "ordering"), Description("created_at or is_default; a leading - reverses the order. Defaults to -created_at.")]
    public string? Ordering { get; init; }

    /// <exception cref="ApiException">A value is none of those that its parameter knows.</exception>
    public AddressQuery Wanted()
    {
        AddressType? type = null;
        if (!string.IsNullOrWhiteSpace(AddressType))
        {
            type = AddressType.All(char.IsAsciiLetter) && Enum.TryParse<AddressType>(AddressType, ignoreCase: true, out var known) ? known
                : throw ApiException.BadField("address_type", "It is billing, shipping or service.");
        }

        var country = string.IsNullOrWhiteSpace(Country) ? null : IsoCodes.CountryOf(Country)
            ?? throw ApiException.BadField("country", "This is neither the name nor the code of a country, such as India or IN.");
        var (sort, descending) = Sorting.Read(Ordering, Orders, (AddressSort.Newest, true));
        return new(Customer, type, IsDefault, country, string.IsNullOrWhiteSpace(State) ? null : State.Trim(), City, sort, descending);
    }
}
