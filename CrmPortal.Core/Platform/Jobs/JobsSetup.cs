using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Platform.Jobs;

/// <summary>Background and scheduled jobs.</summary>
internal static class JobsSetup
{
    public static void AddJobs(this IServiceCollection services)
    {
        services.AddSingleton<RunningJobs>();
        services.AddSingleton<JobRunner>();
        services.AddSingleton<Scheduler>();
        services.AddScoped<JobService>();
        services.AddScoped<JobOverviewService>();
        services.AddScoped<IJobHandler, JobCleanUp>();
    }
}
