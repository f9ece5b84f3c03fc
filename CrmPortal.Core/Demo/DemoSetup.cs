using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Demo;

/// <summary>Data to try the portal with.</summary>
internal static class DemoSetup
{
    public static void AddDemo(this IServiceCollection services)
    {
        services.AddScoped<DemoCustomers>();
        services.AddScoped<SeedService>();
    }
}
