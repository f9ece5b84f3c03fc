using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Customers.Fields;

/// <summary>The shop's own fields.</summary>
internal static class FieldsSetup
{
    public static void AddFields(this IServiceCollection services)
    {
        services.AddSingleton<CustomFieldWriter>();
        services.AddScoped<CustomFieldService>();
    }
}
