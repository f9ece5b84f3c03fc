using System.Globalization;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Platform.Filtering;

/// <remarks><c>Anniversary</c> is a day that comes each year, <c>Fraction</c> a number with decimals.</remarks>
public enum FilterFieldType { Text, Choice, YesNo, Date, Tags, Number, Amount, Anniversary, Fraction }

/// <summary>A field that a list can be filtered by.</summary>
/// <param name="Label">English name, which is also the key of its translations.</param>
/// <param name="Choices">The values of a choice, as written in filters.</param>
/// <param name="IsSensitive">Only for those who may see the field's values.</param>
/// <param name="IsOptional">Whether the value may be unknown.</param>
public sealed record FilterField(string Name, string Label, FilterFieldType Type, IReadOnlyList<string> Choices, bool IsSensitive,
    bool IsOptional = false)
{
    /// <summary>English name of what the field belongs to, for long lists of fields.</summary>
    public string? Group { get; init; }

    /// <summary>What people call the choices, where these are keys of records.</summary>
    public IReadOnlyDictionary<string, string>? ChoiceNames { get; init; }

    /// <summary>The permission without which the field cannot be asked about.</summary>
    public string? Permission { get; init; }

    /// <summary>Whether people choose it from the list of fields; others are named by links alone.</summary>
    public bool IsListed { get; init; } = true;

    /// <summary>The comparisons of a field that does not have all of its type.</summary>
    public IReadOnlyList<FilterOperator>? Only { get; init; }

    /// <summary>The comparisons that the type allows, the usual one first.</summary>
    public IReadOnlyList<FilterOperator> Operators => Only ?? (IsOptional ? [.. OfType, FilterOperator.Present, FilterOperator.Empty]
        : OfType);

    private IReadOnlyList<FilterOperator> OfType => Type switch
    {
        FilterFieldType.Text => [FilterOperator.Is, FilterOperator.Not, FilterOperator.Starts, FilterOperator.Present,
            FilterOperator.Empty],
        FilterFieldType.Choice => [FilterOperator.Any, FilterOperator.None],
        FilterFieldType.YesNo => [FilterOperator.Yes, FilterOperator.No],
        FilterFieldType.Date => [FilterOperator.Last, FilterOperator.Older, FilterOperator.Next, FilterOperator.Before,
            FilterOperator.After, FilterOperator.Between],
        FilterFieldType.Anniversary => [FilterOperator.Next, FilterOperator.Last],
        FilterFieldType.Number or FilterFieldType.Amount or FilterFieldType.Fraction =>
            [FilterOperator.More, FilterOperator.Less, FilterOperator.Between, FilterOperator.Is],
        _ => [FilterOperator.Any, FilterOperator.All, FilterOperator.None],
    };
}

/// <summary>The fields by which a list can be filtered, whatever it lists.</summary>
public abstract class FilterCatalogue
{
    public abstract IReadOnlyList<FilterField> Fields { get; }

    public abstract FilterField? Find(string name);

    /// <exception cref="Common.RuleViolationException">The filter is wrong.</exception>
    public abstract void Check(FilterExpression filter, FilterContext context);
}

/// <summary>
/// What the rows of a filter are wanted for: a list is read along the index of its order, whatever else an index could answer.
/// </summary>
public enum QueryPurpose
{
    /// <summary>All of them, in any order.</summary>
    Count,

    /// <summary>A page in the order that the indexes of single values share.</summary>
    UsualOrder,

    /// <summary>A page in another order.</summary>
    OtherOrder,

    /// <summary>A few rows whose keys are known.</summary>
    Some,
}

/// <summary>What a filter depends on beside its text.</summary>
/// <param name="BaseCurrency">ISO 4217 of the amounts that filters compare.</param>
public sealed record FilterContext(DateTimeOffset Now, LocalZone Zone, bool MaySeeSensitive, string BaseCurrency = "EUR")
{
    /// <summary>What the rows are wanted for.</summary>
    public QueryPurpose Aim { get; init; }

    /// <summary>Whether who asks holds a permission.</summary>
    public Func<string, bool> May { get; init; } = _ => false;

    /// <summary>The fields that the shop added, where a filter names one; a sensitive one only for those who may see its values.</summary>
    public IReadOnlyList<FilterField> Added { get; init; } = [];

    /// <summary>
    /// Rules under a key that a filter names, by <see cref="KeyOf"/>; null for what has a key and no rules. Whoever asks by such a key must
    /// be allowed to ask by the rules.
    /// </summary>
    public IReadOnlyDictionary<string, FilterExpression?> Kept { get; init; } = new Dictionary<string, FilterExpression?>();

    /// <summary>
    /// Rows beside the table that fields ask, one query of each kind. Without them such fields find nothing, as where only the wording of
    /// a filter is checked.
    /// </summary>
    public IReadOnlyList<IQueryable> Beside { get; init; } = [];

    /// <summary>How a condition names kept rules: as it stands in a filter, such as <c>segment:5</c>.</summary>
    public static string KeyOf(string field, long id) => string.Create(CultureInfo.InvariantCulture, $"{field}:{id}");

    /// <summary>The first instant of a day in the shop's zone.</summary>
    public DateTimeOffset StartOf(DateOnly day) => Zone.StartOf(day);

    /// <summary>Today in the shop's zone.</summary>
    public DateOnly Today => Zone.DayOf(Now);

    /// <summary>The beginning of the day that many days before today.</summary>
    public DateTimeOffset DaysAgo(int days) => StartOf(Today.AddDays(-days));
}
