using CrmPortal.Core.Platform.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.HelpCentre;

/// <summary>The help centre: articles for visitors, and what they say of them.</summary>
internal static class HelpCentreSetup
{
    public static void AddHelpCentre(this IServiceCollection services)
    {
        services.AddScoped<ArticleService>();
        services.AddScoped<ArticleCategoryService>();
        services.AddScoped<ArticlePictureService>();
        services.AddScoped<HelpCentreService>();
        services.AddScoped<HelpReportService>();
        services.AddScoped<IJobHandler, HelpCleanUp>();
    }
}
