using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Upkeep;

/// <summary>What repairs stored figures and forms, over all features.</summary>
internal static class UpkeepSetup
{
    public static void AddUpkeep(this IServiceCollection services)
    {
        services.AddScoped<RecalculateService>();
        services.AddScoped<PhoneUpkeep>();
    }
}
