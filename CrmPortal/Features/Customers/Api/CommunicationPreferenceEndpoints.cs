using CrmPortal.Api;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using static CrmPortal.Features.Customers.CustomerPartEndpoints;

namespace CrmPortal.Features.Customers;

/// <summary>Which messages a customer wants, for programs.</summary>
internal static class CommunicationPreferenceEndpoints
{
    private const string NoPreference = "Preference not found";
    private const string ById = @"/{preferenceId:regex(^\d+$)}";

    public static void MapCommunicationPreferences(this RouteGroupBuilder customer)
    {
        var preferences = customer.MapGroup("/communication-preferences");
        preferences.MapGet("", ListAsync)
            .Documented("ListCommunicationPreferences", "List message preferences by channel and type", Permissions.CustomersView,
                null, 200, $"[{CustomerPartExamples.CommunicationPreference}]");
        preferences.MapGet(ById, GetAsync)
            .Documented("GetCommunicationPreference", "Get one communication preference", Permissions.CustomersView, null, 200,
                CustomerPartExamples.CommunicationPreference);
        preferences.MapPost("", SetAsync)
            .Documented("SetCommunicationPreference", "Set whether a customer wants a type of message by a channel",
                Permissions.CustomersEdit, CustomerPartExamples.CommunicationPreferenceInput, 201,
                CustomerPartExamples.CommunicationPreference);
        preferences.MapPut(ById, ChangeAsync)
            .Documented("ChangeCommunicationPreference", "Change one communication preference", Permissions.CustomersEdit,
                """{ "is_opted_in": false }""", 200, CustomerPartExamples.CommunicationPreference);
        preferences.MapDelete(ById, DeleteAsync)
            .Documented("DeleteCommunicationPreference", "Remove one communication preference", Permissions.CustomersEdit, null, 200,
                CustomerPartExamples.Done("Preference deleted successfully."));
    }

    private static async Task<Ok<IReadOnlyList<CommunicationPreferenceDetails>>> ListAsync(long id, PreferenceService preferences,
        CustomerService customers, CancellationToken cancellationToken)
    {
        await customers.FindAsync(id, cancellationToken);
        return TypedResults.Ok(await preferences.CommunicationAsync(id, cancellationToken));
    }

    private static async Task<Ok<CommunicationPreferenceDetails>> GetAsync(long id, long preferenceId, PreferenceService preferences,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(await FindAsync(preferences, id, preferenceId, cancellationToken));

    private static async Task<Created<CommunicationPreferenceDetails>> SetAsync(long id, CommunicationPreferenceInput input,
        HttpContext http, PreferenceService preferences, CancellationToken cancellationToken)
    {
        var set = (await preferences.SetCommunicationAsync(id, input.Channel, input.Kind, input.IsOptedIn, cancellationToken)
            ?? throw ApiException.NotFound(NoCustomer)).Part;
        return TypedResults.Created(AddressOf(http, id, "communication-preferences", set.Id), set);
    }

    private static async Task<Ok<CommunicationPreferenceDetails>> ChangeAsync(long id, long preferenceId, OptInChange change,
        PreferenceService preferences, CancellationToken cancellationToken)
    {
        var present = await FindAsync(preferences, id, preferenceId, cancellationToken);
        var changed = await preferences.SetCommunicationAsync(id, present.Channel, present.Kind, change.IsOptedIn, cancellationToken)
            ?? throw ApiException.NotFound(NoCustomer);
        return TypedResults.Ok(changed.Part);
    }

    private static async Task<Ok<DoneAnswer>> DeleteAsync(long id, long preferenceId, PreferenceService preferences,
        CancellationToken cancellationToken)
    {
        _ = await preferences.RemoveCommunicationAsync(id, preferenceId, cancellationToken) ?? throw ApiException.NotFound(NoPreference);
        return TypedResults.Ok(new DoneAnswer("Preference deleted successfully."));
    }

    private static async Task<CommunicationPreferenceDetails> FindAsync(PreferenceService preferences, long id, long preferenceId,
        CancellationToken cancellationToken) =>
        (await preferences.CommunicationAsync(id, cancellationToken)).FirstOrDefault(p => p.Id == preferenceId)
            ?? throw ApiException.NotFound(NoPreference);
}
