using CrmPortal.Core.Platform.Common;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Customers;

/// <summary>Addresses, and people around customers.</summary>
internal sealed class ContactsSetup : IKindSetup
{
    public void Add(IServiceCollection services)
    {
        services.AddScoped<AddressService>();
        services.AddScoped<AddressFinder>();
        services.AddScoped<BouncedAddressService>();
        services.AddScoped<ContactPersonService>();
    }
}
