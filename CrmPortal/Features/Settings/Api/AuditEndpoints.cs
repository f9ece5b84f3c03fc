using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Features.Customers;
using CrmPortal.Features.Exports;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CrmPortal.Features.Settings;

/// <summary>The audit log for programs: who did what to which record, from where, and who looked.</summary>
internal static class AuditEndpoints
{
    private const string Row = """
        { "id": 90211, "change_id": 4711, "at": "2026-01-31T09:30:00Z", "by": "Ada Manager", "origin": "browser",
          "ip_address": "192.0.2.7", "kind": "customer.edit", "record": "Customer", "record_id": 12, "action": "updated", "title": null,
          "customer_id": 12, "customer": "John Roe · CUST-20251217-0001",
          "fields": [ { "name": "FamilyName", "before": "Doe", "after": "Roe", "is_masked": false } ] }
        """;

    public static void MapAudit(this RouteGroupBuilder api)
    {
        var audit = api.MapGroup("/audit").WithTags("Audit");
        audit.MapGet("/", ListAsync)
            .Documented("ListAudit", "List what was done, newest first", Permissions.AuditView, null, 200,
                $$"""{ "items": [ {{Row}} ], "next": "4710.90200", "looked_back_to": null }""")
            .WithDescription("Values that you may not see are masked. looked_back_to is set where so much had to be looked through that the part ends early; go on with next.");
        audit.MapGet("/records", Records)
            .Documented("ListAuditRecords", "List the kinds of records that there are in the audit log", Permissions.AuditView, null, 200,
                """["Address", "Customer", "Order"]""");
        audit.MapGet("/export", ExportAsync)
            .Documented("ExportAudit", "Export the audit log as JSON, CSV or Excel; the newest 100,000 rows", Permissions.AuditView, null,
                200, """[ { "at": "2026-01-31T09:30:00Z", "actor": "Ada Manager", "origin": "browser" } ]""")
            .WithDescription("The answer is streamed. The export itself is in the audit log.").AnswersTable(withPdf: false);
    }

    private static async Task<Ok<AuditAnswer>> ListAsync([AsParameters] AuditParameters wanted, AuditLogService audit,
        CancellationToken cancellationToken, [Description("The next value of the previous part.")] string? after = null,
        int limit = ListQuery.UsualLimit)
    {
        var place = string.IsNullOrEmpty(after) ? null
            : AuditPlace.Parse(after) ?? throw ApiException.BadField("after", "This is no place of the audit log.");
        var page = await audit.ListAsync(wanted.Query(), place, limit, cancellationToken);
        return TypedResults.Ok(new AuditAnswer([.. page.Rows.Select(AuditRowAnswer.Of)], page.Next?.ToString(), page.LookedBackTo));
    }

    private static Ok<IReadOnlyList<string>> Records() => TypedResults.Ok(AuditLogService.Kinds);

    private static async Task<IResult> ExportAsync([AsParameters] AuditParameters wanted, AuditLogExportService exports,
        CancellationToken cancellationToken, [Description("json, csv or xlsx; defaults to json.")] string? format = null)
    {
        var word = TableAnswer.Read(format, "json", "csv", "xlsx");
        return new TableAnswer("audit", await exports.PrepareAsync(wanted.Query(), ExportAudience.Usual, cancellationToken),
            ExportFormats.Demand(word));
    }
}

/// <summary>Which rows of the audit log are wanted.</summary>
internal sealed class AuditParameters
{
    [FromQuery(Name = "actor_id"), Description("The user who did it.")]
    public long? ActorId { get; init; }

    [FromQuery(Name = "record"), Description("The kind of record, such as Customer.")]
    public string? Record { get; init; }

    [FromQuery(Name = "record_id"), Description("The id of the record; together with record.")]
    public long? RecordId { get; init; }

    [FromQuery(Name = "action"), Description("created, updated, deleted, viewed, revealed, exported, refused or signed_in.")]
    public string? Action { get; init; }

    [FromQuery(Name = "from"), Description("The first day of the shop.")]
    public DateOnly? From { get; init; }

    [FromQuery(Name = "until"), Description("The last day of the shop.")]
    public DateOnly? Until { get; init; }

    /// <exception cref="ApiException">There is no such kind or action.</exception>
    public AuditQuery Query() => new()
    {
        ActorId = ActorId, RecordId = RecordId, From = From, Until = Until,
        Kind = string.IsNullOrWhiteSpace(Record) ? null
            : AuditLogService.Kinds.FirstOrDefault(k => string.Equals(k, Record.Trim(), StringComparison.OrdinalIgnoreCase))
                ?? throw ApiException.BadField("record", "There are no records of this kind."),
        Action = QueryWord.Read<AuditAction>("action", Action),
    };
}

/// <summary>A part of the audit log.</summary>
/// <param name="Next">The value of after for the next part; null at the end.</param>
/// <param name="LookedBackTo">Until when was looked, where the part ends before it is full.</param>
internal sealed record AuditAnswer(IReadOnlyList<AuditRowAnswer> Items, string? Next, DateTimeOffset? LookedBackTo);

/// <summary>What was done to a record.</summary>
/// <param name="Kind">The work that it was part of, such as customer.edit.</param>
/// <param name="Record">The kind of record.</param>
/// <param name="Customer">Whom it concerned, where you may see customers.</param>
internal sealed record AuditRowAnswer(long Id, long ChangeId, DateTimeOffset At, string By, ActorOrigin Origin, string? IpAddress,
    string Kind, string Record, long RecordId, AuditAction Action, string? Title, long? CustomerId, string? Customer,
    IReadOnlyList<ChangedFieldAnswer> Fields)
{
    public static AuditRowAnswer Of(AuditRow row) => new(row.Id, row.ChangeSetId, row.At, row.ActorName, row.Origin, row.IpAddress,
        row.Kind, row.Item.EntityType, row.RecordId, row.Item.Action, row.Item.Title, row.CustomerId, row.CustomerName,
        [.. row.Item.Fields.Select(f => new ChangedFieldAnswer(f.Name, f.Before, f.After, f.IsMasked))]);
}
