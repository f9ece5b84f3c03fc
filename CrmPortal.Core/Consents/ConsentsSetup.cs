using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Consents;

/// <summary>What customers agreed to.</summary>
internal static class ConsentsSetup
{
    public static void AddConsents(this IServiceCollection services)
    {
        services.AddScoped<ConsentService>();
        services.AddScoped<ConsentSelfService>();
        services.AddScoped<ConsentWordingService>();
        services.AddScoped<MarketingService>();
    }
}
