using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Tickets;
using CrmPortal.Features.Customers;
using CrmPortal.Features.Documents;
using CrmPortal.Features.Tickets;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Components.Ui;

/// <summary>Says a filter in words.</summary>
internal sealed class FilterLabels(IStringLocalizer<Texts> texts, Display display)
{
    /// <summary>The filter as a sentence; <paramref name="catalogue"/> names the fields, those of customers without it.</summary>
    public string Say(FilterExpression filter, FilterCatalogue? catalogue = null) => filter switch
    {
        FilterAll all => string.Join(texts[" and "], all.Items.Select(i => Part(i, catalogue))),
        FilterAny any => string.Join(texts[" or "], any.Items.Select(i => Part(i, catalogue))),
        FilterNot not => texts["not ({0})", Say(not.Item, catalogue)],
        FilterCondition condition => Say(condition, (catalogue ?? CustomerFilters.Catalogue).Find(condition.Field)),
        _ => "",
    };

    public string Operator(FilterOperator comparison) => comparison switch
    {
        FilterOperator.Is => texts["is"],
        FilterOperator.Not => texts["is not"],
        FilterOperator.Any => texts["is one of"],
        FilterOperator.All => texts["has all of"],
        FilterOperator.None => texts["is none of"],
        FilterOperator.Starts => texts["begins with"],
        FilterOperator.Empty => texts["is empty"],
        FilterOperator.Present => texts["is known"],
        FilterOperator.Yes => texts["yes"],
        FilterOperator.No => texts["no"],
        FilterOperator.Before => texts["before"],
        FilterOperator.After => texts["after"],
        FilterOperator.Between => texts["between"],
        FilterOperator.Last => texts["in the last … days"],
        FilterOperator.Older => texts["more than … days ago"],
        FilterOperator.Next => texts["in the next … days"],
        FilterOperator.Less => texts["less than"],
        FilterOperator.More => texts["more than"],
        _ => comparison.ToString(),
    };

    /// <summary>A choice's value as people say it.</summary>
    public string Choice(string field, string value) => field switch
    {
        "status" when Enum.TryParse<CustomerStatus>(value, true, out var status) => display.Status(status),
        "status" when Enum.TryParse<OrderStatus>(value, true, out var order) => display.Status(order),
        "subscription" when Enum.TryParse<SubscriptionState>(value, true, out var state) => Words.Subscription(state, texts),
        "source" when Enum.TryParse<CustomerSource>(value, true, out var source) => display.Source(source),
        "gender" when Enum.TryParse<Gender>(value, true, out var gender) => display.Gender(gender),
        "relationship" when Enum.TryParse<RelationshipKind>(value, true, out var kind) => Words.Relationship(kind, texts),
        "document_kind" when Enum.TryParse<DocumentKind>(value, true, out var kind) => DocumentLabels.Kind(texts, kind),
        "document_status" when Enum.TryParse<DocumentStatus>(value, true, out var status) => DocumentLabels.Status(texts, status),
        "wanted_messages" => Wish(value),
        "engagement" => value switch { "new" => texts["New"], "active" => texts["Active"], _ => texts["Dormant"] },
        "tier" => Features.Loyalty.TierLabels.Of(value, texts),
        "rfm_segment" when RfmSegments.ByCode.TryGetValue(value, out var segment) => Features.Segments.SegmentLabels.Of(segment, texts),
        "state" when Enum.TryParse<TicketState>(value.Replace("_", "", StringComparison.Ordinal), true, out var state) =>
            TicketLabels.State(state, texts),
        "priority" when Enum.TryParse<TicketPriority>(value, true, out var priority) => TicketLabels.Priority(priority, texts),
        "channel" or "ticket_channel" when Enum.TryParse<TicketChannel>(value, true, out var channel) => TicketLabels.Channel(channel, texts),
        "target" or "first_sla" or "next_sla" or "resolution_sla" => TicketLabels.Target(value, texts),
        "weekday" when Enum.TryParse<DayOfWeek>(value, true, out var day) => CultureInfo.CurrentCulture.DateTimeFormat.GetDayName(day),
        "country" => CultureNames.Country(value),
        "currency" => CultureNames.Currency(value),
        "language" when CultureNames.Languages.Any(l => l.Value == value) => CultureNames.Language(value),
        _ => value,
    };

    private string Wish(string value) => value.Split('_') is [var by, var about] && Enum.TryParse<Channel>(by, true, out var channel)
        && Enum.TryParse<MessageKind>(about, true, out var kind)
        ? $"{Words.MessageKind(kind, texts)} ({Words.Channel(channel, texts)})" : value;

    private string Part(FilterExpression item, FilterCatalogue? catalogue) => item is FilterAny or FilterAll
        ? $"({Say(item, catalogue)})" : Say(item, catalogue);

    private string Say(FilterCondition condition, FilterField? field)
    {
        var label = field is null ? condition.Field : texts[field.Label].Value;
        var said = condition.Values.Select(v => field?.ChoiceNames?.GetValueOrDefault(v) ?? Value(condition.Field, v, field?.Type))
            .ToList();
        var values = string.Join(", ", said);
        return condition.Operator switch
        {
            FilterOperator.Yes => label,
            FilterOperator.No => texts["not {0}", label],
            FilterOperator.Last => texts["{0} in the last {1} days", label, values],
            FilterOperator.Older => texts["{0} more than {1} days ago", label, values],
            FilterOperator.Next => texts["{0} in the next {1} days", label, values],
            FilterOperator.Between when condition.Values.Count == 2 => texts["{0} between {1} and {2}", label, said[0], said[1]],
            FilterOperator.Any when condition.Values.Count == 1 => $"{label}: {values}",
            _ => values.Length == 0 ? $"{label} {Operator(condition.Operator)}" : $"{label} {Operator(condition.Operator)} {values}",
        };
    }

    /// <summary>A value as people read it; one that cannot be parsed is shown as it was written.</summary>
    private string Value(string field, string value, FilterFieldType? type) => type switch
    {
        FilterFieldType.Amount when decimal.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out var amount) && Math.Abs(amount) < 1_000_000_000_000m => display.Amount(amount),
        FilterFieldType.Fraction when decimal.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out var fraction) => fraction.ToString("#,0.####", CultureInfo.CurrentCulture),
        FilterFieldType.Number when long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
            Display.Number(number),
        FilterFieldType.Date when DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None,
            out var day) => display.Date(day),
        _ => Choice(field, value),
    };
}
