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

/// <summary>
/// The import of document 4: each row is a customer as a single one is created, and none that is wrong keeps the others out. Nothing of a
/// row is read before its turn, since even a row that cannot be read is only itself wrong.
/// </summary>
internal static class CustomerV2Import
{
    private const int MostRows = 1_000;
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
        if (body.Customers is not { Count: > 0 } rows) throw new RuleViolationException("Customers", "Name at least one customer.");
        if (rows.Count > MostRows)
            throw new RuleViolationException("Customers", "At most {0} customers can be imported at once.", MostRows);
        var answer = new ImportV2Details([], [], []);
        foreach (var (index, row) in rows.Index())
            await AddAsync(index, row, http.Contract(), whole, shop.Value.Country, answer, cancellationToken);
        return TypedResults.Ok(new ImportV2Answer(new(answer.Success.Count, answer.Duplicates.Count, answer.Failed.Count), answer));
    }

    private static async Task AddAsync(int index, JsonElement row, ApiContract contract, WholeCustomerService whole, string home,
        ImportV2Details answer, CancellationToken cancellationToken)
    {
        var phone = row.ValueKind == JsonValueKind.Object && row.TryGetProperty(PhoneField, out var sent)
            && sent.ValueKind == JsonValueKind.String ? sent.GetString() : null;
        try
        {
            var made = await whole.CreateAsync(Read(row, contract).Read(isNew: true, home), cancellationToken);
            answer.Success.Add(new(index, new(made.Customer.Id), DocumentedPhone.Written(made.Customer.Phone)));
        }
        catch (RuleViolationException taken) when (taken.IsDuplicate)
        {
            answer.Duplicates.Add(new(index, phone, contract.FieldName(taken.Errors[0].Field)));
        }
        catch (RuleViolationException wrong)
        {
            answer.Failed.Add(new(index, phone, ApiErrors.ByField(wrong, contract)));
        }
        catch (ApiException wrong) when (wrong.Errors is { } errors)
        {
            answer.Failed.Add(new(index, phone, errors));
        }
        catch (AccessDeniedException denied)
        {
            answer.Failed.Add(new(index, phone, new Dictionary<string, string[]> { ["status"] = [denied.Message] }));
        }
    }

    /// <exception cref="ApiException">The row is no customer that can be read.</exception>
    private static CustomerV2Body Read(JsonElement row, ApiContract contract)
    {
        try
        {
            if (row.ValueKind == JsonValueKind.Object && row.Deserialize<CustomerV2Body>(contract.Json) is { } customer)
            {
                WholeLists.Demand(customer, null, contract);
                return customer;
            }
        }
        catch (JsonException fault)
        {
            var (field, sentence) = ApiErrors.Read(fault);
            throw ApiException.BadField(field ?? "customer", sentence);
        }

        throw ApiException.BadField("customer", "This is no customer.");
    }
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
