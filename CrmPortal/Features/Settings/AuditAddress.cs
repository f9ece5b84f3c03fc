using System.Globalization;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Layout;
using Microsoft.AspNetCore.WebUtilities;

namespace CrmPortal.Features.Settings;

/// <summary>The filters of the audit log as they stand in an address.</summary>
internal static class AuditAddress
{
    public static string Of(AuditQuery query, AuditPlace? after = null, string path = CrmUrls.AuditLog)
    {
        var values = new Dictionary<string, string?>();
        if (query.ActorId is { } actor) values["person"] = Text(actor);
        if (query.Kind is { } kind) values["kind"] = kind;
        if (query.RecordId is { } record) values["record"] = Text(record);
        if (query.Action is { } action) values["deed"] = action.ToString().ToLowerInvariant();
        if (query.From is { } from) values["from"] = from.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (query.Until is { } until) values["until"] = until.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (after is not null) values["after"] = after.ToString();
        return QueryHelpers.AddQueryString(path, values);
    }

    /// <summary>The query of an address; what cannot be read in it is left out.</summary>
    public static AuditQuery Read(string? person, string? kind, string? record, string? deed, string? from, string? until)
    {
        var known = AuditLogService.Kinds.FirstOrDefault(k => string.Equals(k, kind, StringComparison.OrdinalIgnoreCase));
        return new()
        {
            ActorId = Number(person),
            Kind = known,
            RecordId = known is null ? null : Number(record),
            Action = Enum.TryParse<AuditAction>(deed, ignoreCase: true, out var action) && Enum.IsDefined(action) ? action : null,
            From = Day(from),
            Until = Day(until),
        };
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
