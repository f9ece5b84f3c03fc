using System.Globalization;
using CrmPortal.Core.Reports;
using CrmPortal.Core.Tickets;
using CrmPortal.Layout;
using Microsoft.AspNetCore.WebUtilities;

namespace CrmPortal.Features.Reports;

/// <summary>The address of the page of support, with everything that was chosen in it.</summary>
internal static class SupportUrls
{
    public static string Page(SupportQuery query) => With(CrmUrls.SupportReport, query);

    public static string With(string address, SupportQuery query)
    {
        var chosen = query.Choice.ToString();
        var scope = query.Scope;
        return QueryHelpers.AddQueryString(chosen.Length == 0 ? address : $"{address}?{chosen}", Values().Where(v => v.Value is not null));

        IEnumerable<KeyValuePair<string, string?>> Values()
        {
            yield return new("queue", Text(scope.QueueId));
            yield return new("agent", Text(scope.AgentId));
            yield return new("channel", scope.Channel?.ToString().ToLowerInvariant());
            yield return new("priority", scope.Priority?.ToString().ToLowerInvariant());
            yield return new("tag", scope.Tag);
            yield return new("segment", Text(scope.SegmentId));
            yield return new("group", query.Group?.ToString().ToLowerInvariant());
        }
    }

    /// <summary>Reads an address; what is none of the choices is taken as left out.</summary>
    public static SupportQuery Read(Func<string, string?> value)
    {
        var choice = ReportChoice.Of(value("period"), value("from"), value("until"), value("by"));
        // Support is looked at by its last weeks; other reports by their last year.
        return new(choice with { Period = choice.Period ?? ReportPeriod.Last30Days }, new()
        {
            QueueId = Number(value("queue")), AgentId = Number(value("agent")), Channel = Choice<TicketChannel>(value("channel")),
            Priority = Choice<TicketPriority>(value("priority")), Tag = value("tag"), SegmentId = Number(value("segment")),
        }, Choice<SupportGrouping>(value("group")));
    }

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static T? Choice<T>(string? text)
        where T : struct, Enum => Enum.GetValues<T>().Cast<T?>().FirstOrDefault(v =>
            string.Equals(v.ToString(), text, StringComparison.OrdinalIgnoreCase));
}
