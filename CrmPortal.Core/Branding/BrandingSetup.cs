using CrmPortal.Core.Platform.Common;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Branding;

/// <summary>Name, colour and logo of the shop.</summary>
internal static class BrandingSetup
{
    public static void AddBranding(this IServiceCollection services)
    {
        services.AddSingleton<ShopIdentity>();
        services.AddSingleton<ShopBrandLoader>();
        services.AddScoped<ShopBrandService>();
    }
}
