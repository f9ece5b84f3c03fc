using System.Globalization;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Features.Loyalty;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Exports;

/// <summary>A customer's ledger as a file: the entries as they are filtered, or a statement for the customer themselves.</summary>
internal static class LedgerExport
{
    public static string Url(string format, long customerId, LedgerQuery query) =>
        Add(string.Create(CultureInfo.InvariantCulture, $"{ExportEndpoints.Root}/customers/{customerId}/points.{format}"), query, 1);

    public static string StatementUrl(long customerId) =>
        string.Create(CultureInfo.InvariantCulture, $"{ExportEndpoints.Root}/customers/{customerId}/statement.pdf");

    /// <summary>An address with what is not as usual.</summary>
    public static string Add(string address, LedgerQuery query, int page)
    {
        var values = new Dictionary<string, string?>();
        if (query.Kind is { } kind) values["kind"] = kind.ToString().ToLowerInvariant();
        if (query.From is { } from) values["from"] = from.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (query.Until is { } until) values["until"] = until.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (page > 1) values["page"] = page.ToString(CultureInfo.InvariantCulture);
        return QueryHelpers.AddQueryString(address, values);
    }

    public static Task SendAsync(
        HttpContext context, long id, string format, [FromQuery] string? kind, [FromQuery] DateOnly? from, [FromQuery] DateOnly? until,
        LedgerExportService exports, IStringLocalizer<Texts> texts) =>
            ExportAnswer.SendAsync(context, "points", format, async (audience, cancellationToken) =>
        {
            var query = new LedgerQuery(Enum.TryParse<EntryKind>(kind, true, out var wanted) ? wanted : null, from, until);
            return await exports
                .PrepareAsync(new(id, query, format, false) { Title = texts["Points"], Subtitles = [.. Subtitles(query, texts)],
                Say = text => texts[text] }, audience, cancellationToken) ?? throw Gone();
        });

    public static Task SendStatementAsync(HttpContext context, long id, LedgerExportService exports, Display display,
        IStringLocalizer<Texts> texts) =>
        ExportAnswer.SendAsync(context, "statement", "pdf", async (audience, cancellationToken) => await exports.PrepareAsync(
            new(id, new(), "pdf", true) { Title = texts["Points statement"], Say = text => texts[text],
                Summary = balance => [.. Summary(balance, display, texts)] }, audience, cancellationToken) ?? throw Gone());

    private static RuleViolationException Gone() => new("", "This customer does not exist.");

    private static IEnumerable<string> Subtitles(LedgerQuery query, IStringLocalizer<Texts> texts)
    {
        if (query.Kind is { } kind) yield return texts["Kind: {0}", LoyaltyLabels.Kind(kind, texts)];
        if (query.From is { } from) yield return texts["From {0}", from.ToString("d", CultureInfo.CurrentCulture)];
        if (query.Until is { } until) yield return texts["Until the day {0}", until.ToString("d", CultureInfo.CurrentCulture)];
    }

    private static IEnumerable<string> Summary(LoyaltyBalance balance, Display display, IStringLocalizer<Texts> texts)
    {
        yield return texts["Available to spend: {0} points", Display.Number(balance.Current)];
        if (balance.Pending > 0) yield return texts["Available later: {0} points", Display.Number(balance.Pending)];
        if (balance.ExpiringAt is { } at)
            yield return texts["{0} points expire from {1}", Display.Number(balance.ExpiringSoon), display.LastShopDay(at)];
    }
}
