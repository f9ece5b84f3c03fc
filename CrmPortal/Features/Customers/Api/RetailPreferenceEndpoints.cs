using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CrmPortal.Features.Customers;

/// <summary>What a customer prefers, as document 3 prints it.</summary>
internal static class RetailPreferenceEndpoints
{
    private const string NotFound = "Customer not found";
    private const string NoPreference = "Preference not found";

    private const string One = """
        { "id": "5", "customer_id": "17", "preference_type": "communication", "preference_key": "email_frequency", "preference_value": "weekly" }
        """;

    private const string Input = """
        { "preference_type": "communication", "preference_key": "email_frequency", "preference_value": "weekly" }
        """;

    private const string Many = """
        {
          "preferences": [
            { "preference_type": "communication", "preference_key": "email_frequency", "preference_value": "weekly" },
            { "preference_type": "shopping", "preference_key": "favorite_category", "preference_value": "shirts" },
            { "preference_type": "payment", "preference_key": "preferred_method", "preference_value": "card" }
          ]
        }
        """;

    public static void MapRetailPreferences(this RouteGroupBuilder customers)
    {
        var preferences = customers.MapGroup("/{id}/preferences");
        preferences.MapGet("/", ListAsync).Documented("RetailListPreferences", "List a customer's preferences",
            Permissions.CustomersView, null, 200, $"[{One}]");
        preferences.MapPost("/", SetAsync).Documented("RetailSetPreference", "Set a preference, whether or not it is there",
            Permissions.CustomersEdit, Input, 201, One);
        preferences.MapPut(@"/{preferenceId:regex(^\d+$)}", ChangeAsync).Documented("RetailChangePreference", "Change a preference",
            Permissions.CustomersEdit, """{ "preference_value": "daily" }""", 200, One);
        preferences.MapPost("/bulk", SetManyAsync).Documented("RetailSetPreferences", "Set several preferences, all of them or none",
            Permissions.CustomersEdit, Many, 200, $"[{One}]");
        preferences.MapDelete(@"/{preferenceId:regex(^\d+$)}", DeleteAsync).WithName("RetailDeletePreference")
            .WithSummary("Remove a preference").NeedsPermission(Permissions.CustomersEdit).Produces(StatusCodes.Status204NoContent)
            .AnswersProblems(400, 401, 403, 404, 429, 500, 503);
    }

    private static async Task<Ok<List<RetailPreferenceAnswer>>> ListAsync(string id,
        [FromQuery(Name = "preference_type"), Description("Only those of a type, such as communication.")] string? preferenceType,
        CustomerService customers, PreferenceService preferences, CancellationToken cancellationToken)
    {
        var customer = (await customers.FindAsync(OpaqueId.Read(id), cancellationToken)).Id;
        var found = await preferences.ListAsync(customer, cancellationToken);
        return TypedResults.Ok(found.Where(p => string.IsNullOrEmpty(preferenceType) || p.Type == preferenceType)
            .Select(p => RetailPreferenceAnswer.Of(customer, p)).ToList());
    }

    private static async Task<Created<RetailPreferenceAnswer>> SetAsync(string id, RetailPreferenceInput body,
        PreferenceService preferences, CancellationToken cancellationToken)
    {
        var customer = OpaqueId.Read(id);
        var input = body.Read();
        var set = await SaveAsync(customer, [input], preferences, cancellationToken);
        return TypedResults.Created((string?)null, RetailPreferenceAnswer.Of(customer, set.First(p => IsSame(p, input))));
    }

    private static async Task<Ok<List<RetailPreferenceAnswer>>> SetManyAsync(string id, RetailPreferencesInput body,
        PreferenceService preferences, CancellationToken cancellationToken)
    {
        var customer = OpaqueId.Read(id);
        if (body.Preferences is not { Count: > 0 })
            throw new RuleViolationException(nameof(body.Preferences), "Name at least one preference.");
        var inputs = body.Preferences.Select(p => p.Read()).ToList();
        var set = await SaveAsync(customer, inputs, preferences, cancellationToken);
        return TypedResults.Ok(set.Where(p => inputs.Exists(i => IsSame(p, i))).Select(p => RetailPreferenceAnswer.Of(customer, p))
            .ToList());
    }

    private static async Task<Ok<RetailPreferenceAnswer>> ChangeAsync(string id, long preferenceId, RetailPreferenceChange body,
        CustomerService customers, PreferenceService preferences, CancellationToken cancellationToken)
    {
        var customer = OpaqueId.Read(id);
        var present = await FindAsync(customer, preferenceId, customers, preferences, cancellationToken);
        var input = new RetailPreferenceInput
        {
            PreferenceType = present.Type, PreferenceKey = present.Key, PreferenceValue = body.PreferenceValue,
        }.Read();
        var set = await SaveAsync(customer, [input], preferences, cancellationToken);
        return TypedResults.Ok(RetailPreferenceAnswer.Of(customer, set.First(p => IsSame(p, input))));
    }

    private static async Task<NoContent> DeleteAsync(string id, long preferenceId, CustomerService customers,
        PreferenceService preferences, CancellationToken cancellationToken)
    {
        var customer = OpaqueId.Read(id);
        var present = await FindAsync(customer, preferenceId, customers, preferences, cancellationToken);
        await SaveAsync(customer, [new(present.Type, present.Key, null)], preferences, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<PreferenceDetails> FindAsync(long customer, long preferenceId, CustomerService customers,
        PreferenceService preferences, CancellationToken cancellationToken)
    {
        await customers.FindAsync(customer, cancellationToken);
        return (await preferences.ListAsync(customer, cancellationToken)).FirstOrDefault(p => p.Id == preferenceId)
            ?? throw ApiException.NotFound(NoPreference);
    }

    /// <summary>Wrong parts are named as the document names them.</summary>
    private static async Task<IReadOnlyList<PreferenceDetails>> SaveAsync(long customer, IReadOnlyList<PreferenceInput> inputs,
        PreferenceService preferences, CancellationToken cancellationToken)
    {
        try
        {
            return (await preferences.SetAsync(customer, inputs, cancellationToken) ?? throw ApiException.NotFound(NotFound)).Part;
        }
        catch (RuleViolationException violation)
        {
            throw new RuleViolationException([.. violation.Errors.Select(e => e.Field is "Type" or "Key" or "Value"
                ? e with { Field = "Preference" + e.Field } : e)]);
        }
    }

    private static bool IsSame(PreferenceDetails there, PreferenceInput input) =>
        there.Type == input.Type?.Trim() && there.Key == input.Key?.Trim();
}

internal sealed record RetailPreferenceAnswer(OpaqueId Id, OpaqueId CustomerId, string PreferenceType, string PreferenceKey,
    string PreferenceValue)
{
    public static RetailPreferenceAnswer Of(long customer, PreferenceDetails p) => new(new(p.Id), new(customer), p.Type, p.Key, p.Value);
}

internal sealed record RetailPreferenceInput
{
    [Description("Such as communication, shopping or payment.")]
    public string? PreferenceType { get; init; }

    public string? PreferenceKey { get; init; }
    public string? PreferenceValue { get; init; }

    /// <exception cref="RuleViolationException">There is no value: a preference is removed by its own request.</exception>
    public PreferenceInput Read() => string.IsNullOrWhiteSpace(PreferenceValue)
        ? throw new RuleViolationException(nameof(PreferenceValue), "A preference needs a value.")
        : new(StoredText.Composed(PreferenceType ?? ""), StoredText.Composed(PreferenceKey ?? ""), PreferenceValue);
}

internal sealed record RetailPreferencesInput
{
    [Description("At most 200.")]
    public IReadOnlyList<RetailPreferenceInput>? Preferences { get; init; }
}

internal sealed record RetailPreferenceChange
{
    public string? PreferenceValue { get; init; }
}

/// <summary>A code that was sent.</summary>
internal sealed record RetailVerificationBody
{
    [Description("email or phone, as the address says.")]
    public string? VerificationType { get; init; }

    [Description("The six digits that were sent.")]
    public string? VerificationCode { get; init; }
}

internal sealed record RetailVerifiedAnswer(string Message, bool Verified);
