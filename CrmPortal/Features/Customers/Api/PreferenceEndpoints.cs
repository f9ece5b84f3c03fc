using CrmPortal.Api;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using static CrmPortal.Features.Customers.CustomerPartEndpoints;

namespace CrmPortal.Features.Customers;

/// <summary>What a customer prefers, for programs.</summary>
internal static class PreferenceEndpoints
{
    public static void MapPreferences(this RouteGroupBuilder customer)
    {
        var preferences = customer.MapGroup("/preferences");
        preferences.MapGet("", ListAsync)
            .Documented("ListPreferences", "List a customer's other preferences", Permissions.CustomersView, null, 200,
                $"[{CustomerPartExamples.Preference}]");
        preferences.MapPut("", SetAsync)
            .Documented("SetPreferences", "Set many preferences at once; a null value removes one", Permissions.CustomersEdit,
                CustomerPartExamples.PreferencesInput, 200, $"[{CustomerPartExamples.Preference}]");
    }

    private static async Task<Ok<IReadOnlyList<PreferenceDetails>>> ListAsync(long id, PreferenceService preferences,
        CustomerService customers, CancellationToken cancellationToken)
    {
        await customers.FindAsync(id, cancellationToken);
        return TypedResults.Ok(await preferences.ListAsync(id, cancellationToken));
    }

    private static async Task<Ok<IReadOnlyList<PreferenceDetails>>> SetAsync(long id, PreferencesInput input,
        PreferenceService preferences, CancellationToken cancellationToken) =>
        TypedResults.Ok((await preferences.SetAsync(id, input.Preferences ?? [], cancellationToken)
            ?? throw ApiException.NotFound(NoCustomer)).Part);
}
