using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Platform.Views;

/// <summary>Saved views of lists.</summary>
internal static class ViewsSetup
{
    public static void AddViews(this IServiceCollection services)
    {
        services.AddScoped<SavedViewService>();
    }
}
