using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Customers;

/// <summary>The import of document 4: each row is a customer as a single one is created.</summary>
internal static class CustomerV2Import
{
    private const string PhoneField = "phoneNumber";

    public static void MapImportV2(this RouteGroupBuilder customers) => customers.MapPost("/bulk/import", ImportAsync)
        .Documented("V2ImportCustomers", "Create many customers; rows that are wrong are told, and keep no other out",
            Permissions.ImportsRun, CustomerV2Examples.Import, 200, CustomerV2Examples.Imported)
        .WithDescription(
            $"At most 1,000 rows in 1 MB. The permission {Permissions.CustomersCreate} is needed as well. index counts the rows from 0.");

    private static async Task<Ok<ImportV2Answer>> ImportAsync(ImportV2Body body, HttpContext http, WholeCustomerService whole,
        AccessControl access, IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        await access.DemandAsync(Permissions.CustomersCreate, cancellationToken);
        var contract = http.Contract();
        var phones = new Dictionary<long, string?>();
        var outcomes = await CustomerRows.EachAsync(body.Customers, contract, async row =>
        {
            var customer = (await whole.CreateAsync(CustomerRows.Read<CustomerV2Body>(row, contract).Read(isNew: true, shop.Value.Country),
                cancellationToken)).Customer;
            phones[customer.Id] = DocumentedPhone.Written(customer.Phone);
            return customer.Id;
        });
        var answer = new ImportV2Details([], [], []);
        foreach (var (index, outcome) in outcomes.Index())
        {
            if (outcome.Made is { } id) answer.Success.Add(new(index, new(id), phones[id]));
            else if (outcome.IsDuplicate) answer.Duplicates.Add(new(index, Sent(body, index), outcome.Field!));
            else answer.Failed.Add(new(index, Sent(body, index), outcome.Errors!));
        }

        return TypedResults.Ok(new ImportV2Answer(new(answer.Success.Count, answer.Duplicates.Count, answer.Failed.Count), answer));
    }

    /// <summary>The phone of a row that was not taken, as it was sent.</summary>
    private static string? Sent(ImportV2Body body, int index) => body.Customers![index] is { ValueKind: JsonValueKind.Object } row
        && row.TryGetProperty(PhoneField, out var sent) && sent.ValueKind == JsonValueKind.String ? sent.GetString() : null;
}

internal sealed record ImportV2Body
{
    [Description("At most 1,000, each as a single one is created.")]
    public IReadOnlyList<JsonElement>? Customers { get; init; }
}

internal sealed record ImportV2Answer(ImportV2Results Results, ImportV2Details Details);

internal sealed record ImportV2Results(int Imported, int Duplicates, int Failed);

internal sealed record ImportV2Details(List<ImportedV2> Success, List<DuplicateV2> Duplicates, List<FailedV2> Failed);

internal sealed record ImportedV2(int Index, [property: JsonPropertyName("_id")] OpaqueId Id, string? PhoneNumber);

/// <param name="Field">What another customer has already.</param>
internal sealed record DuplicateV2(int Index, string? PhoneNumber, string Field);

internal sealed record FailedV2(int Index, string? PhoneNumber, IReadOnlyDictionary<string, string[]> Errors);
