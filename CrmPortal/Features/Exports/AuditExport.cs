using CrmPortal.Core.History;
using CrmPortal.Features.Settings;
using Microsoft.AspNetCore.Mvc;

namespace CrmPortal.Features.Exports;

/// <summary>The audit log as a file: what its filters show.</summary>
internal static class AuditExport
{
    public static Task SendAsync(
        HttpContext context, [FromQuery] string? person, [FromQuery] string? kind, [FromQuery] string? record, [FromQuery] string? deed,
        [FromQuery] string? from, [FromQuery] string? until, AuditLogExportService exports) =>
        ExportAnswer.SendAsync(context, "audit", "csv", (audience, cancellationToken) =>
            exports.PrepareAsync(AuditAddress.Read(person, kind, record, deed, from, until), audience, cancellationToken));
}
