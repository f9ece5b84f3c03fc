using System.ComponentModel;
using System.Text.Json;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Customers;

/// <summary>
/// Many customers in one body: each row is a customer as a single one is created, and none that is wrong keeps the others out. A file
/// goes the way of imports, which can be taken back.
/// </summary>
internal static class CustomerRowsEndpoint
{
    public static void MapCustomerRows(this RouteGroupBuilder customers) => customers.MapPost("/bulk/import", ImportAsync)
        .Documented("ImportCustomerRows", "Create many customers; rows that are wrong are told, and keep no other out",
            Permissions.ImportsRun, """{ "customers": [ { "name": "Ada Lovelace", "email": "ada@example.com" }, { "email": "no address" } ] }""",
            200, """
            { "imported": 1, "duplicates": 0, "failed": 1, "rows": [ { "index": 0, "id": 12, "errors": null },
              { "index": 1, "id": null, "errors": { "email": [ "This is not an e-mail address." ] } } ] }
            """)
        .WithDescription(
            $"At most 1,000 rows in 1 MB. The permission {Permissions.CustomersCreate} is needed as well. index counts the rows from 0.");

    private static async Task<Ok<CustomerRowsAnswer>> ImportAsync(CustomerRowsBody body, HttpContext http, CustomerService customers,
        AccessControl access, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        await access.DemandAsync(Permissions.CustomersCreate, cancellationToken);
        var outcomes = await CustomerRows.EachAsync(body.Customers, http.Contract(), async row =>
            (await customers.CreateAsync(CustomerRows.Read<CustomerInput>(row, http.Contract()).Changes(), cancellationToken)).Customer.Id);
        return TypedResults.Ok(new CustomerRowsAnswer(outcomes.Count(o => o.Made is not null), outcomes.Count(o => o.IsDuplicate),
            outcomes.Count(o => o.Made is null && !o.IsDuplicate),
            [.. outcomes.Select((o, i) => new CustomerRowAnswer(i, o.Made, o.Errors))]));
    }
}

/// <summary>Rows of a body, each of which is made or refused by itself.</summary>
internal static class CustomerRows
{
    private const int Most = 1_000;

    /// <summary>What became of a row.</summary>
    /// <param name="Made">The customer that was made of it.</param>
    /// <param name="Field">What another customer has already, where it is a duplicate.</param>
    internal sealed record Outcome(long? Made, bool IsDuplicate, string? Field, IReadOnlyDictionary<string, string[]>? Errors);

    /// <summary>Takes the rows in their order. Nothing of a row is read before its turn, since one that cannot be read is only itself
    /// wrong.</summary>
    /// <exception cref="RuleViolationException">There are no rows, or too many.</exception>
    public static async Task<IReadOnlyList<Outcome>> EachAsync(IReadOnlyList<JsonElement>? rows, ApiContract contract,
        Func<JsonElement, Task<long>> make)
    {
        if (rows is not { Count: > 0 }) throw new RuleViolationException("Customers", "Name at least one customer.");
        if (rows.Count > Most) throw new RuleViolationException("Customers", "At most {0} customers can be imported at once.", Most);
        var outcomes = new List<Outcome>();
        foreach (var row in rows)
        {
            try
            {
                outcomes.Add(new(await make(row), false, null, null));
            }
            catch (RuleViolationException wrong)
            {
                outcomes.Add(new(null, wrong.IsDuplicate, wrong.IsDuplicate ? contract.FieldName(wrong.Errors[0].Field) : null,
                    ApiErrors.ByField(wrong, contract)));
            }
            catch (ApiException wrong) when (wrong.Errors is { } errors)
            {
                outcomes.Add(new(null, false, null, errors));
            }
            catch (AccessDeniedException denied)
            {
                outcomes.Add(new(null, false, null, new Dictionary<string, string[]> { ["status"] = [denied.Message] }));
            }
        }

        return outcomes;
    }

    /// <exception cref="ApiException">The row is no customer that can be read.</exception>
    public static T Read<T>(JsonElement row, ApiContract contract)
        where T : class
    {
        try
        {
            if (row.ValueKind == JsonValueKind.Object && row.Deserialize<T>(contract.Json) is { } customer)
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

internal sealed record CustomerRowsBody
{
    [Description("At most 1,000, each as a single one is created.")]
    public IReadOnlyList<JsonElement>? Customers { get; init; }
}

/// <summary>What became of the rows.</summary>
/// <param name="Duplicates">Rows whose e-mail, phone or another unique value belongs to a customer already.</param>
internal sealed record CustomerRowsAnswer(int Imported, int Duplicates, int Failed, IReadOnlyList<CustomerRowAnswer> Rows);

/// <summary>What became of a row.</summary>
/// <param name="Id">The customer that was made of it.</param>
/// <param name="Errors">Why it was not.</param>
internal sealed record CustomerRowAnswer(int Index, long? Id, IReadOnlyDictionary<string, string[]>? Errors);
