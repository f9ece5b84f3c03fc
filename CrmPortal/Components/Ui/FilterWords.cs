using CrmPortal.Core.Customers;
using CrmPortal.Core.Filtering;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Components.Ui;

/// <summary>Says a filter in words.</summary>
internal sealed class FilterWords(IStringLocalizer<Texts> texts, Display display)
{
    public string Say(FilterExpression filter) => filter switch
    {
        FilterAll all => string.Join(texts[" and "], all.Items.Select(Part)),
        FilterAny any => string.Join(texts[" or "], any.Items.Select(Part)),
        FilterNot not => texts["not ({0})", Say(not.Item)],
        FilterCondition condition => Say(condition),
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
        _ => comparison.ToString(),
    };

    /// <summary>A choice's value as people say it.</summary>
    public string Choice(string field, string value) => field switch
    {
        "status" when Enum.TryParse<CustomerStatus>(value, true, out var status) => display.Status(status),
        "source" when Enum.TryParse<CustomerSource>(value, true, out var source) => display.Source(source),
        "gender" when Enum.TryParse<Gender>(value, true, out var gender) => display.Gender(gender),
        _ => value,
    };

    private string Part(FilterExpression item) => item is FilterAny or FilterAll ? $"({Say(item)})" : Say(item);

    private string Say(FilterCondition condition)
    {
        var label = CustomerFilters.Catalogue.Find(condition.Field) is { } field ? texts[field.Label].Value : condition.Field;
        var values = string.Join(", ", condition.Values.Select(v => Choice(condition.Field, v)));
        return condition.Operator switch
        {
            FilterOperator.Yes => label,
            FilterOperator.No => texts["not {0}", label],
            FilterOperator.Last => texts["{0} in the last {1} days", label, values],
            FilterOperator.Older => texts["{0} more than {1} days ago", label, values],
            FilterOperator.Between when condition.Values.Count == 2 => texts["{0} between {1} and {2}", label, condition.Values[0], condition.Values[1]],
            FilterOperator.Any when condition.Values.Count == 1 => $"{label}: {values}",
            _ => values.Length == 0 ? $"{label} {Operator(condition.Operator)}" : $"{label} {Operator(condition.Operator)} {values}",
        };
    }
}
