using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.SelfService;
using Microsoft.AspNetCore.Http.Json;

namespace CrmPortal.Api.Contracts;

/// <summary>
/// What a published contract of the API promises of every endpoint under its address: names in JSON, ids, pages, statuses, envelope and
/// document. Endpoints carry it as metadata, and whatever differs between contracts is asked of it, never of the address.
/// </summary>
internal sealed class ApiContract
{
    /// <summary>What the rules call a field, where every contract has a name of its own for it.</summary>
    private static readonly Dictionary<string, string> UsualFieldNames = new()
    {
        [nameof(CustomerChanges.GivenName)] = "FirstName", [nameof(CustomerChanges.FamilyName)] = "LastName", ["Sort"] = "Ordering",
    };

    /// <summary>Documents 1 and 5, and everything newer.</summary>
    public static ApiContract Core { get; } = new() { Name = "core", Prefix = "", Customers = "/customers" };

    /// <summary>Document 2.</summary>
    public static ApiContract Shop { get; } = new()
    {
        Name = "shop", Prefix = "/customers", HasMoneyAsText = true,
        FieldNames = new Dictionary<string, string>(UsualFieldNames)
        {
            [nameof(Registration.UserName)] = "Username", ["Type"] = "AddressType",
        }.ToFrozenDictionary(),
    };

    /// <summary>Document 3.</summary>
    public static ApiContract RetailV1 { get; } = new()
    {
        Name = "retail-v1", Prefix = "/v1/retail-customers", Ids = IdForm.Text, Paging = new(PagingStyle.Slices, 1_000),
        InvalidStatus = StatusCodes.Status422UnprocessableEntity,
        FieldNames = new Dictionary<string, string>(UsualFieldNames)
        {
            [nameof(AddressInput.Line1)] = "AddressLine1", [nameof(AddressInput.Line2)] = "AddressLine2",
            [nameof(CustomerChanges.ExternalId)] = "UserId",
        }.ToFrozenDictionary(),
    };

    /// <summary>Document 4; in the document of the core too.</summary>
    public static ApiContract V2 { get; } = new()
    {
        Name = "v2", Prefix = "/v2/customers", Naming = JsonNamingPolicy.CamelCase, Ids = IdForm.Text, SuccessField = "success",
        FieldNames = new Dictionary<string, string>
        {
            [nameof(CustomerChanges.GivenName)] = "firstName", [nameof(CustomerChanges.FamilyName)] = "lastName",
            [nameof(CustomerChanges.Phone)] = "phoneNumber", ["Phones"] = "alternativePhones", ["Text"] = "notes",
            [nameof(CustomerChanges.Fields)] = "customFields", ["Reason"] = "blockReason", ["Sort"] = "sortBy",
            [nameof(AddressInput.Line1)] = "address.street", [nameof(AddressInput.City)] = "address.city",
            [nameof(AddressInput.State)] = "address.state", [nameof(AddressInput.Country)] = "address.country",
            [nameof(AddressInput.PostalCode)] = "address.postalCode", [nameof(AddressInput.Latitude)] = "address.coordinates.latitude",
            [nameof(AddressInput.Longitude)] = "address.coordinates.longitude",
            [nameof(CustomerChanges.Language)] = "preferences.language",
            [nameof(CustomerChanges.ContactFrom)] = "preferences.communicationHours.start",
            [nameof(CustomerChanges.ContactUntil)] = "preferences.communicationHours.end",
            [nameof(CustomerChanges.PreferredAgentId)] = "preferences.preferredAgent",
        }.ToFrozenDictionary(),
    };

    /// <summary>In lower case, as in the address of its document.</summary>
    public required string Name { get; init; }

    /// <summary>The path of its endpoints below <see cref="ApiSetup.Root"/>.</summary>
    public required string Prefix { get; init; }

    /// <summary>The path of its customers below <see cref="ApiSetup.Root"/>, followed by an id.</summary>
    public string Customers { get => field ?? Prefix; init; }

    /// <summary>How properties and choices are spelled in JSON.</summary>
    public JsonNamingPolicy Naming { get; init; } = JsonNamingPolicy.SnakeCaseLower;

    public IdForm Ids { get; init; } = IdForm.Number;

    /// <summary>Whether amounts are texts with two decimals, for programs that must not round them.</summary>
    public bool HasMoneyAsText { get; init; }

    public Paging Paging { get; init; } = new(PagingStyle.Pages, PageRequest.LargestSize);

    /// <summary>What a field that breaks a rule is answered with.</summary>
    public int InvalidStatus { get; init; } = StatusCodes.Status400BadRequest;

    /// <summary>The first field of every response, which is true; null if responses have none.</summary>
    public string? SuccessField { get; init; }

    /// <summary>The names of properties in code, for the names that the rules use for a field.</summary>
    public IReadOnlyDictionary<string, string> FieldNames { get; init; } = UsualFieldNames.ToFrozenDictionary();

    /// <summary>How its bodies are read and its answers written.</summary>
    public JsonSerializerOptions Json => JsonOptions.SerializerOptions;

    /// <summary><see cref="Json"/> as the framework asks for it.</summary>
    public JsonOptions JsonOptions => field ??= ContractJson.OptionsOf(this);

    /// <summary>What a field is called on the wire.</summary>
    public string FieldName(string field)
    {
        // A key of the client's own, such as that of a custom field, stands behind the name as the client wrote it.
        if (field.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot && FieldNames.TryGetValue(field[..dot], out var of))
            return Naming.ConvertName(of) + field[dot..];
        return Naming.ConvertName(FieldNames.GetValueOrDefault(field, field));
    }

    /// <summary>How an id is written in JSON, for examples.</summary>
    public string Written(long id) => JsonSerializer.Serialize(new OpaqueId(id), Json);

    /// <summary>Whether an address is below its own.</summary>
    public bool Holds(PathString address) => address.StartsWithSegments(ApiSetup.Root + Prefix);

    /// <summary>The address of a customer.</summary>
    public string AddressOf(long customerId) =>
        string.Create(CultureInfo.InvariantCulture, $"{ApiSetup.Root}{Customers}/{customerId}");
}

/// <summary>How a contract writes ids.</summary>
internal enum IdForm
{
    Number,
    Text,
}
