using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Glance;

/// <summary>What a customer's page says first.</summary>
internal static class GlanceSetup
{
    public static void AddGlance(this IServiceCollection services)
    {
        services.AddScoped<CustomerGlanceService>();
    }
}
