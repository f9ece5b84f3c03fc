using CrmPortal.Core.Platform.Access;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CrmPortal.Core.SelfService;

/// <summary>What customers do for themselves.</summary>
internal static class SelfServiceSetup
{
    public static void AddSelfService(this IServiceCollection services)
    {
        services.AddScoped<CustomerProfileService>();
        services.AddScoped<PersonalDataService>();
        services.TryAddScoped<IPasswordHasher<User>, PasswordHasher<User>>();
        services.AddScoped<RegistrationService>();
        services.AddScoped<CustomerAccountService>();
        services.AddScoped<SignInEmailService>();
    }
}
