using CrmPortal.Core.Platform.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Reports;

/// <summary>Reports: figures to look at, to save, to keep and to mail. Their order here is that of the list.</summary>
internal static class ReportsSetup
{
    public static void AddReports(this IServiceCollection services)
    {
        services.AddScoped<ReportCatalogue>();
        services.AddScoped<ReportService>();
        services.AddScoped<SavedReportService>();
        services.AddScoped<IJobHandler, ReportDelivery>();
        services.AddScoped<IReport, OrdersReport>();
        services.AddScoped<IReport, CustomersReport>();
        services.AddScoped<IReport, SegmentsReport>();
        services.AddScoped<IReport, RfmReport>();
        services.AddScoped<IReport, LifetimeValueReport>();
        services.AddScoped<IReport, RetentionReport>();
        services.AddScoped<IReport, LoyaltyProgrammeReport>();
        services.AddScoped<IReport, LiabilityReport>();
        services.AddScoped<IReport, ConsentsReport>();
        services.AddScoped<IReport, SupportOverTime>();
        services.AddScoped<IReport, StaffActivityReport>();
        services.AddScoped<SupportReportService>();
    }
}
