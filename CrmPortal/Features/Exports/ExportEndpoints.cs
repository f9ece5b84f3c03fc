using CrmPortal.Core.Platform.Access;
using CrmPortal.Features.Reports;

namespace CrmPortal.Features.Exports;

/// <summary>
/// The files that lists can be saved as: plain links with the address of the list behind them, opened with the session's cookie.
/// </summary>
internal static class ExportEndpoints
{
    public const string Root = "/exports";
    private const string Formats = "{format:regex(^(csv|xlsx|pdf|json)$)}";

    public static void MapCrmExports(this WebApplication app)
    {
        var exports = app.MapGroup(Root).ExcludeFromDescription();
        exports.MapGet("/customers." + Formats, CustomerExport.SendAsync).RequireAuthorization(Permissions.CustomersExport);
        exports.MapGet("/customers/{id:long}/points." + Formats, LedgerExport.SendAsync).RequireAuthorization(Permissions.CustomersExport);
        exports.MapGet("/customers/{id:long}/statement.pdf", LedgerExport.SendStatementAsync)
            .RequireAuthorization(Permissions.CustomersView);
        exports.MapGet("/audit.csv", AuditExport.SendAsync).RequireAuthorization(Permissions.AuditView);
        exports.MapGet("/orders." + Formats, OrderExport.SendAsync).RequireAuthorization(Permissions.CustomersExport);
        exports.MapGet("/shop." + Formats, ShopExport.SendAsync).RequireAuthorization(Permissions.ReportsExport);
        exports.MapGet("/loyalty-{report:regex(^(metrics|liability|expiries)$)}." + Formats, LoyaltyExport.SendAsync)
            .RequireAuthorization(Permissions.ReportsExport);
        exports.MapGet("/support." + Formats, SupportExport.SendAsync).RequireAuthorization(Permissions.ReportsExport);
        exports.MapGet("/reports/{name:regex(^[a-z-]+$)}." + Formats, ReportExport.SendAsync)
            .RequireAuthorization(Permissions.ReportsExport);
        exports.MapGet("/kept-reports/{id:long}." + Formats, ReportExport.SendKeptAsync).RequireAuthorization(Permissions.ReportsExport);
        exports.MapGet("/what-if-{version:long}." + Formats, LoyaltyExport.SendWhatIfAsync).RequireAuthorization(Permissions.ReportsExport);
    }
}
