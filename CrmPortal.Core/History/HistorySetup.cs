using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.History;

/// <summary>What is read from the audit log: history, undo, the state of a day.</summary>
internal static class HistorySetup
{
    public static void AddHistory(this IServiceCollection services)
    {
        services.AddScoped<UndoService>();
        services.AddScoped<HistoryService>();
        services.AddScoped<AsAtService>();
        services.AddScoped<AuditLogService>();
        services.AddScoped<AuditLogExportService>();
    }
}
