using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Waiting;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Customers.Documents;

/// <summary>Customers' documents.</summary>
internal static class DocumentsSetup
{
    public static void AddDocuments(this IServiceCollection services)
    {
        services.AddSingleton<DocumentStore>();
        services.AddSingleton<IVirusScanner, ClamdScanner>();
        services.AddScoped<DocumentService>();
        services.AddScoped<DocumentUpkeep>();
        services.AddScoped<IJobHandler, DocumentCleanUp>();
        services.AddScoped<IJobHandler, DocumentReminders>();
        services.AddScoped<IWaitingWork, WaitingDocuments>();
    }
}
