using System.Globalization;
using System.Linq.Expressions;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Platform.Filtering;

/// <summary>The fields of one entity, each with its translation into a predicate that carries values as parameters only.</summary>
public sealed partial class FilterCatalogue<T> : FilterCatalogue
{
    private const int MostValues = 100;
    private const int LongestValue = 200;

    private readonly Dictionary<string,
        (FilterField Field, Func<FilterCondition, FilterContext, Expression<Func<T, bool>>> Build)> _fields = [];
    private readonly Dictionary<string, (Expression<Func<T, object?>> Value, Expression<Func<T, object?>> Masked)> _values = [];
    private Func<FilterCondition, FilterContext, Expression<Func<T, bool>>?> _build = (_, _) => null;

    public override IReadOnlyList<FilterField> Fields => [.. _fields.Values.Select(f => f.Field)];

    public override FilterField? Find(string name) => _fields.TryGetValue(name, out var field) ? field.Field : null;

    /// <summary>
    /// Answers for fields that the catalogue does not list, such as those that a shop adds; null where it knows none by that name.
    /// </summary>
    public FilterCatalogue<T> Fallback(Func<FilterCondition, FilterContext, Expression<Func<T, bool>>?> build)
    {
        _build = build;
        return this;
    }

    /// <summary>The fields above, up to the last ones that were put under something, belong together.</summary>
    /// <param name="permission">Without it none of them can be asked about.</param>
    public FilterCatalogue<T> Group(string group, string? permission = null)
    {
        foreach (var (name, (field, build)) in _fields.Where(f => f.Value.Field.Group is null).ToList())
            _fields[name] = (field with { Group = group, Permission = permission }, build);
        return this;
    }

    /// <summary>The same catalogue with more fields, which <see cref="Fallback"/> answers for.</summary>
    /// <param name="group">What they belong to.</param>
    public FilterCatalogue<T> With(IEnumerable<FilterField> fields, string group)
    {
        var extended = new FilterCatalogue<T>().Fallback(_build);
        foreach (var (name, field) in _fields) extended._fields.Add(name, field);
        foreach (var (name, value) in _values) extended._values.Add(name, value);
        foreach (var field in fields)
            extended._fields
            .TryAdd(field.Name, (field with { Group = group }, (condition, context) => _build(condition, context with { Added = [field] })
            ?? throw Fault(condition)));
        return extended;
    }

    /// <summary>The same catalogue, with fields in the place of those of their names: such as with the choices of this shop.</summary>
    public FilterCatalogue<T> Showing(IEnumerable<FilterField> fields)
    {
        var shown = new FilterCatalogue<T>().Fallback(_build);
        foreach (var (name, field) in _fields) shown._fields.Add(name, field);
        foreach (var (name, value) in _values) shown._values.Add(name, value);
        foreach (var field in fields) shown._fields[field.Name] = (field, shown._fields[field.Name].Build);
        return shown;
    }

    /// <summary>What a field compares, of one row; null for a field whose values are in other rows.</summary>
    public Expression<Func<T, object?>>? ValueOf(string field, FilterContext context) =>
        _values.TryGetValue(field, out var value) ? context.MaySeeSensitive ? value.Value : value.Masked : null;

    public override void Check(FilterExpression filter, FilterContext context) => Predicate(filter, context);

    /// <summary>A text that is compared in the folded form in which it is stored.</summary>
    /// <param name="masked">What is in its place for those who may not see sensitive values, where they see something else.</param>
    /// <param name="isNeverBlank">Whether who has no value has null, so that an index of known values, and one of those who have none,
    /// answer how many there are.</param>
    public FilterCatalogue<T> Text(string name, string label, Expression<Func<T, string?>> value, Func<string, string> fold,
        bool isSensitive = false, Expression<Func<T, string?>>? masked = null, bool isNeverBlank = false)
    {
        Keep(name, value, masked);
        _fields.Add(name, (new(name, label, FilterFieldType.Text, [], isSensitive), (condition, context) =>
        {
            var seen = context.MaySeeSensitive ? value : masked ?? value;
            var isCounted = isNeverBlank && context.Aim == QueryPurpose.Count;
            return condition.Operator switch
            {
                FilterOperator.Present when isCounted => Known(seen).Joined(IsAfterBlank(seen), Expression.AndAlso),
                FilterOperator.Empty when isCounted => With(seen, v => v == null),
                FilterOperator.Present => With(seen, v => v != null && v != ""),
                FilterOperator.Empty => With(seen, v => v == null || v == ""),
                FilterOperator.Starts => Compare(seen, fold(One(condition)), (v, wanted) => v != null && v.StartsWith(wanted)),
                FilterOperator.Not => Compare(seen, fold(One(condition)), (v, wanted) => v == null || v != wanted),
                _ => Compare(seen, fold(One(condition)), (v, wanted) => v == wanted),
            };
        }
        ));
        return this;
    }

    public FilterCatalogue<T> Choice<TChoice>(string name, string label, Expression<Func<T, TChoice>> value)
        where TChoice : struct, Enum
    {
        var choices = Enum.GetValues<TChoice>().ToDictionary(c => c.ToString().ToLowerInvariant());
        Keep(name, value);
        _fields.Add(name, (new(name, label, FilterFieldType.Choice, [.. choices.Keys], false), (condition, context) =>
        {
            var wanted = Some(condition)
                .Select(v => choices.TryGetValue(v.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant(), out var choice)
                ? choice : throw Unknown(name, v)).ToList();
            if (condition.Operator == FilterOperator.None) return Compare(value, wanted, (v, list) => !list.Contains(v));
            var isOne = wanted.Distinct().Count() == 1;
            if (isOne && context.Aim != QueryPurpose.OtherOrder) return Than(value, wanted[0], Expression.Equal);
            // Asked for as "none of the others", so that no index answers value after value, whose rows would then have to be sorted.
            return context.Aim is QueryPurpose.Count or QueryPurpose.Some ? Compare(value, wanted, (v, list) => list.Contains(v))
                : Compare(value, choices.Values.Except(wanted).ToList(), (v, others) => !others.Contains(v));
        }
        ));
        return this;
    }

    /// <param name="inOtherOrder">The same, said so that no index answers it; see <see cref="QueryPurpose.OtherOrder"/>.</param>
    public FilterCatalogue<T> YesNo(string name, string label, Expression<Func<T, bool>> value,
        Expression<Func<T, bool>>? inOtherOrder = null)
    {
        Keep(name, value);
        _fields.Add(name, (new(name, label, FilterFieldType.YesNo, [], false), (condition, context) =>
        {
            var test = context.Aim == QueryPurpose.OtherOrder && inOtherOrder is not null ? inOtherOrder : value;
            return condition.Operator == FilterOperator.No ? With(test, v => !v) : test;
        }
        ));
        return this;
    }

    /// <summary>An instant; days begin in the shop's time zone.</summary>
    public FilterCatalogue<T> Date(string name, string label, Expression<Func<T, DateTimeOffset>> value) =>
        Instant(name, label, value, i => i, isOptional: false);

    /// <summary>An instant that may be unknown.</summary>
    public FilterCatalogue<T> Date(string name, string label, Expression<Func<T, DateTimeOffset?>> value) =>
        Instant(name, label, value, i => i, isOptional: true);

    /// <summary>A day that may be unknown.</summary>
    public FilterCatalogue<T> Day(string name, string label, Expression<Func<T, DateOnly?>> value, bool isSensitive = false)
    {
        Keep(name, value);
        _fields.Add(name, (new(name, label, FilterFieldType.Date, [], isSensitive, IsOptional: true), (condition, context) =>
            OnDay(condition, context, value)));
        return this;
    }

    /// <summary>
    /// A day that comes each year, kept as month × 100 + day. In a year without it, the 29th of February counts as the 28th.
    /// </summary>
    public FilterCatalogue<T> Anniversary(string name, string label, Expression<Func<T, int?>> value, bool isSensitive = false)
    {
        _fields.Add(name, (new(name, label, FilterFieldType.Anniversary, [], isSensitive, IsOptional: true), (condition, context) =>
        {
            if (condition.Operator == FilterOperator.Present) return Known(value);
            return condition.Operator == FilterOperator.Empty ? Known(value).Negated() : OfYear(condition, context, value);
        }
        ));
        return this;
    }

    /// <summary>A whole number.</summary>
    public FilterCatalogue<T> Number(string name, string label, Expression<Func<T, int>> value) =>
        Numeric(name, label, FilterFieldType.Number, value, (condition, text, _) =>
            Whole(condition, text));

    /// <summary>A whole number that may be unknown.</summary>
    public FilterCatalogue<T> Number(string name, string label, Expression<Func<T, int?>> value) =>
        Numeric(name, label, FilterFieldType.Number, value, (condition, text, _) =>
            Whole(condition, text), isOptional: true);

    /// <summary>A number with decimals that may be unknown.</summary>
    public FilterCatalogue<T> Fraction(string name, string label, Expression<Func<T, double?>> value) =>
        Numeric(name, label, FilterFieldType.Fraction, value, (condition, text, _) =>
            Decimals(condition, text), isOptional: true);

    /// <summary>A whole number that may be large.</summary>
    public FilterCatalogue<T> Number(string name, string label, Expression<Func<T, long>> value) =>
        Numeric(name, label, FilterFieldType.Number, value, (condition, text, _) => long.TryParse(text, NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture, out var number) ? number : throw Fault(condition));

    /// <summary>A choice whose values the shop itself names, in small letters; it may be unknown.</summary>
    /// <param name="usual">What is proposed; others are answered too.</param>
    public FilterCatalogue<T> Code(string name, string label, Expression<Func<T, string?>> value, IReadOnlyList<string> usual)
    {
        Keep(name, value);
        _fields.Add(name, (new(name, label, FilterFieldType.Choice, usual, false, IsOptional: true), (condition, context) =>
        {
            if (condition.Operator == FilterOperator.Present) return Known(value);
            if (condition.Operator == FilterOperator.Empty) return Known(value).Negated();
            var wanted = Some(condition).Select(v => v.ToLowerInvariant()).Distinct().ToList();
            // Contains alone is unknown for an unknown value, and so is its contrary.
            if (condition.Operator == FilterOperator.None) return Compare(value, wanted, (v, list) => v == null || !list.Contains(v));
            return Compare(value, wanted, (v, list) => v != null && list.Contains(v));
        }
        ));
        return this;
    }

    /// <summary>An amount in the shop's base currency: stored in minor units, written in major ones.</summary>
    public FilterCatalogue<T> Amount(string name, string label, Expression<Func<T, long>> value) =>
        Numeric(name, label, FilterFieldType.Amount, value, (condition, text, context) => Minor(condition, text, context));

    /// <summary>An amount that may be unknown.</summary>
    public FilterCatalogue<T> Amount(string name, string label, Expression<Func<T, long?>> value) =>
        Numeric<long?>(name, label, FilterFieldType.Amount, value, (condition, text, context) => Minor(condition, text, context),
        isOptional: true);

    /// <summary>The predicate of a filter.</summary>
    /// <exception cref="RuleViolationException">A field or comparison is unknown, a value cannot be read, or a field may not be
    /// seen.</exception>
    public Expression<Func<T, bool>>? Predicate(FilterExpression filter, FilterContext context) => filter switch
    {
        FilterAll all => all.Items.Select(i => Predicate(i, context)).OfType<Expression<Func<T, bool>>>()
            .Aggregate((Expression<Func<T, bool>>?)null, (left, right) => left is null ? right : left.Joined(right, Expression.AndAlso)),
        FilterAny any => any.Items.Select(i => Predicate(i, context)).OfType<Expression<Func<T, bool>>>()
            .Aggregate((Expression<Func<T, bool>>?)null, (left, right) => left is null ? right : left.Joined(right, Expression.OrElse)),
        FilterNot not => Predicate(not.Item, context)?.Negated(),
        FilterCondition condition => Build(condition, context),
        _ => throw new InvalidOperationException("Unknown kind of filter."),
    };

    private Expression<Func<T, bool>> Build(FilterCondition condition, FilterContext context)
    {
        if (!_fields.TryGetValue(condition.Field, out var found))
        {
            DemandValues(condition);
            return _build(condition, context) ?? throw new RuleViolationException("Filter", "There is no field {0} to filter by.",
                condition.Field);
        }

        if (!found.Field.Operators.Contains(condition.Operator)) throw Fault(condition);
        if ((found.Field.IsSensitive && !context.MaySeeSensitive) || (found.Field.Permission is { } permission && !context.May(permission)))
            throw new RuleViolationException("Filter", "You may not filter by {0}.", condition.Field);
        DemandValues(condition);
        return found.Build(condition, context);
    }

    private static void DemandValues(FilterCondition condition)
    {
        if (condition.Values.Count > MostValues || condition.Values.Any(v => v.Length > LongestValue || StoredText.IsUnstorable(v)))
            throw Fault(condition);
    }

    private FilterCatalogue<T> Instant<TValue>(string name, string label, Expression<Func<T, TValue>> value,
        Func<DateTimeOffset, TValue> typed, bool isOptional)
    {
        Keep(name, value);
        _fields.Add(name, (new(name, label, FilterFieldType.Date, [], false, isOptional), (condition, context) =>
            OnInstant(condition, context, value, typed)));
        return this;
    }

    private FilterCatalogue<T> Numeric<TValue>(
        string name, string label, FilterFieldType type, Expression<Func<T, TValue>> value,
            Func<FilterCondition, string, FilterContext, TValue> read, bool isOptional = false)
    {
        Keep(name, value);
        _fields.Add(name, (new(name, label, type, [], false, isOptional), (condition, context) => OnNumber(condition, context, value,
            read)));
        return this;
    }

    private void Keep<TValue>(string name, Expression<Func<T, TValue>> value, Expression<Func<T, TValue>>? masked = null) =>
        _values.Add(name, (Boxed(value), Boxed(masked ?? value)));

    private static Expression<Func<T, object?>> Boxed<TValue>(Expression<Func<T, TValue>> value) =>
        Expression.Lambda<Func<T, object?>>(Expression.Convert(value.Body, typeof(object)), value.Parameters);
}
