using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Features.Customers;

/// <summary>What belongs to a customer, for programs: the parts of document 5, and the states of documents 4 and 5.</summary>
internal static class CustomerPartEndpoints
{
    public const string NoCustomer = "Customer not found";
    private const int MostTries = 3;

    public static void MapCustomerParts(this RouteGroupBuilder api)
    {
        var customer = api.MapGroup(@"/customers/{id:regex(^\d+$)}").WithTags("Customers");
        customer.MapAddresses();
        customer.MapContacts();
        customer.MapCommunicationPreferences();
        customer.MapPreferences();
        customer.MapNotes();
        customer.MapCustomerTags();
        customer.MapStates();
        customer.MapTimeline();
        customer.MapProfile();
    }

    /// <exception cref="ApiException">There is no such customer.</exception>
    public static async Task<CustomerDetails> FindAsync(this CustomerService customers, long id, CancellationToken cancellationToken) =>
        await customers.GetAsync(id, cancellationToken) ?? throw ApiException.NotFound(NoCustomer);

    /// <summary>The address of a part of a customer that was just made.</summary>
    public static string AddressOf(HttpContext http, long customerId, string part, long partId) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{http.Contract().AddressOf(customerId)}/{part}/{partId}");

    /// <summary>
    /// A change names some fields only: where somebody changes others at the same time, it is joined with the row as that left it.
    /// </summary>
    public static async Task<TChanged> JoinedAsync<TChanged>(Func<Task<TChanged>> save)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await save();
            }
            catch (ConcurrencyConflictException) when (tries < MostTries)
            {
                // Read and joined again.
            }
        }
    }
}
