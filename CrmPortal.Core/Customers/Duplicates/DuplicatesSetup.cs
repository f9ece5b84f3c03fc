using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Waiting;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Customers.Duplicates;

/// <summary>Customers who may be one person, and their merging.</summary>
internal static class DuplicatesSetup
{
    public static void AddDuplicates(this IServiceCollection services)
    {
        services.AddScoped<DuplicateService>();
        services.AddScoped<MergeService>();
        services.AddScoped<IJobHandler, DuplicateScanJob>();
        services.AddScoped<IWaitingWork, WaitingDuplicates>();
    }
}
