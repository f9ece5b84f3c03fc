using CrmPortal.Hosting;

namespace CrmPortal.Features.HelpCentre;

/// <summary>What the pages of the help centre need beside those of Core.</summary>
internal static class HelpCentreScreens
{
    public static void AddHelpCentreScreens(this IServiceCollection services)
    {
        services.AddSettings<HelpOptions, HelpOptionsCheck>(HelpOptions.Section);
        services.AddScoped<HelpRate>();
    }
}
