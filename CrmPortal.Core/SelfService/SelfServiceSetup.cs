using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.SelfService;

/// <summary>What customers do for themselves.</summary>
internal static class SelfServiceSetup
{
    public static void AddSelfService(this IServiceCollection services)
    {
        services.AddScoped<CustomerProfileService>();
        services.AddScoped<RegistrationService>();
    }
}
