using CrmPortal.Core.Platform.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Worklist;

/// <summary>Whom to contact today.</summary>
internal static class WorklistSetup
{
    public static void AddWorklist(this IServiceCollection services)
    {
        services.AddScoped<WorklistService>();
        services.AddScoped<IJobHandler, WorklistJob>();
        services.AddScoped<IJobHandler, NightlyWorklistJob>();
    }
}
