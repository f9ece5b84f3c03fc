using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Waiting;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Imports;

/// <summary>Files that become records.</summary>
internal static class ImportsSetup
{
    public static void AddImports(this IServiceCollection services)
    {
        services.AddScoped<ImportService>();
        services.AddScoped<ImportRunner>();
        services.AddScoped<IJobHandler, ImportCheckJob>();
        services.AddScoped<IJobHandler, ImportPublishJob>();
        services.AddScoped<IJobHandler, ImportUndoJob>();
        services.AddScoped<IJobHandler, ImportCleanUp>();
        services.AddScoped<IWaitingWork, WaitingImports>();
    }
}
