using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Platform.Backup;

/// <summary>Copies of everything.</summary>
internal static class BackupSetup
{
    public static void AddBackup(this IServiceCollection services)
    {
        services.AddScoped<BackupService>();
    }
}
