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

    private static Expression<Func<T, bool>> With<TValue>(Expression<Func<T, TValue>> value, Expression<Func<TValue, bool>> test) =>
        Expression.Lambda<Func<T, bool>>(test.Body.Replaced(test.Parameters[0], value.Body), value.Parameters);

    private static Expression<Func<T, bool>> Compare<TValue, TWanted>(Expression<Func<T, TValue>> value, TWanted wanted,
        Expression<Func<TValue, TWanted, bool>> test)
    {
        // The value is read from a field of an object, as a closure does, so that EF sends it as a parameter.
        var parameter = Expression.Field(Expression.Constant(new Holder<TWanted>(wanted)), nameof(Holder<TWanted>.Value));
        var body = test.Body.Replaced(test.Parameters[0], value.Body).Replaced(test.Parameters[1], parameter);
        return Expression.Lambda<Func<T, bool>>(body, value.Parameters);
    }

    private FilterCatalogue<T> Instant<TValue>(string name, string label, Expression<Func<T, TValue>> value,
        Func<DateTimeOffset, TValue> typed, bool isOptional)
    {
        Keep(name, value);
        _fields.Add(name, (new(name, label, FilterFieldType.Date, [], false, isOptional), (condition, context) =>
            OnInstant(condition, context, value, typed)));
        return this;
    }

    /// <summary>Compares an instant, as <see cref="Date(string, string, Expression{Func{T, DateTimeOffset}})"/> does.</summary>
    internal static Expression<Func<T, bool>> OnInstant<TValue>(FilterCondition condition, FilterContext context,
        Expression<Func<T, TValue>> value, Func<DateTimeOffset, TValue> typed) => condition.Operator switch
    {
        FilterOperator.Present => Known(value),
        FilterOperator.Empty => Known(value).Negated(),
        FilterOperator.Last => Than(value, typed(context.DaysAgo(Days(condition))), Expression.GreaterThanOrEqual)
            .Joined(Than(value, typed(context.DaysAgo(-1)), Expression.LessThan), Expression.AndAlso),
        FilterOperator.Older => Than(value, typed(context.DaysAgo(Days(condition))), Expression.LessThan),
        FilterOperator.Next => Than(value, typed(context.DaysAgo(0)), Expression.GreaterThanOrEqual)
            .Joined(Than(value, typed(context.DaysAgo(-Days(condition) - 1)), Expression.LessThan), Expression.AndAlso),
        FilterOperator.Before => Than(value, typed(context.StartOf(Day(One(condition)))), Expression.LessThan),
        FilterOperator.After => Than(value, typed(context.StartOf(NextDay(Day(One(condition))))), Expression.GreaterThanOrEqual),
        _ when condition.Values.Count == 2 => Than(value, typed(context.StartOf(Day(condition.Values[0]))),
            Expression.GreaterThanOrEqual)
            .Joined(Than(value, typed(context.StartOf(NextDay(Day(condition.Values[1])))), Expression.LessThan), Expression.AndAlso),
        _ => throw Fault(condition),
    };

    /// <summary>Compares a day, as <see cref="Day"/> does.</summary>
    internal static Expression<Func<T, bool>> OnDay(FilterCondition condition, FilterContext context,
        Expression<Func<T, DateOnly?>> value) => condition.Operator switch
    {
        FilterOperator.Present => Known(value),
        FilterOperator.Empty => Known(value).Negated(),
        FilterOperator.Last => Than<DateOnly?>(value, context.Today.AddDays(-Days(condition)), Expression.GreaterThanOrEqual)
            .Joined(Than<DateOnly?>(value, context.Today, Expression.LessThanOrEqual), Expression.AndAlso),
        FilterOperator.Older => Than<DateOnly?>(value, context.Today.AddDays(-Days(condition)), Expression.LessThan),
        FilterOperator.Next => Than<DateOnly?>(value, context.Today, Expression.GreaterThanOrEqual)
            .Joined(Than<DateOnly?>(value, context.Today.AddDays(Days(condition)), Expression.LessThanOrEqual), Expression.AndAlso),
        FilterOperator.Before => Than<DateOnly?>(value, Day(One(condition)), Expression.LessThan),
        FilterOperator.After => Than<DateOnly?>(value, Day(One(condition)), Expression.GreaterThan),
        _ when condition.Values.Count == 2 => Than<DateOnly?>(value, Day(condition.Values[0]), Expression.GreaterThanOrEqual)
            .Joined(Than<DateOnly?>(value, Day(condition.Values[1]), Expression.LessThanOrEqual), Expression.AndAlso),
        _ => throw Fault(condition),
    };

    /// <summary>Compares a day of the year, as <see cref="Anniversary"/> does.</summary>
    internal static Expression<Func<T, bool>> OfYear(FilterCondition condition, FilterContext context, Expression<Func<T, int?>> value)
    {
        var days = Days(condition);
        if (days >= 365) return Known(value);
        var (first, last) = condition.Operator == FilterOperator.Next
            ? (context.Today, context.Today.AddDays(days)) : (context.Today.AddDays(-days), context.Today);
        var (from, until) = ((first.Month * 100) + first.Day, (last.Month * 100) + last.Day);
        if (until == 228 && !DateTime.IsLeapYear(last.Year)) until = 229;
        var after = Than<int?>(value, from, Expression.GreaterThanOrEqual);
        var before = Than<int?>(value, until, Expression.LessThanOrEqual);
        return after.Joined(before, first.Year == last.Year ? Expression.AndAlso : Expression.OrElse);
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

    /// <summary>Compares a number; each type reads its values in its own way.</summary>
    internal static Expression<Func<T, bool>> OnNumber<TValue>(FilterCondition condition, FilterContext context,
        Expression<Func<T, TValue>> value, Func<FilterCondition, string, FilterContext, TValue> read) => condition.Operator switch
    {
        FilterOperator.Present => Known(value),
        FilterOperator.Empty => Known(value).Negated(),
        FilterOperator.Is => Than(value, read(condition, One(condition), context), Expression.Equal),
        FilterOperator.Less => Than(value, read(condition, One(condition), context), Expression.LessThan),
        FilterOperator.More => Than(value, read(condition, One(condition), context), Expression.GreaterThan),
        _ when condition.Values.Count == 2 => Than(value, read(condition, condition.Values[0], context), Expression.GreaterThanOrEqual)
            .Joined(Than(value, read(condition, condition.Values[1], context), Expression.LessThanOrEqual), Expression.AndAlso),
        _ => throw Fault(condition),
    };

    private void Keep<TValue>(string name, Expression<Func<T, TValue>> value, Expression<Func<T, TValue>>? masked = null) =>
        _values.Add(name, (Boxed(value), Boxed(masked ?? value)));

    private static Expression<Func<T, object?>> Boxed<TValue>(Expression<Func<T, TValue>> value) =>
        Expression.Lambda<Func<T, object?>>(Expression.Convert(value.Body, typeof(object)), value.Parameters);

    /// <summary>Whether a text comes after the blank one: SQLite goes along an index for a range, not for whatever is not null.</summary>
    private static Expression<Func<T, bool>> IsAfterBlank(Expression<Func<T, string?>> value) => Expression.Lambda<Func<T, bool>>(
        Expression.GreaterThan(Expression.Call(typeof(string), nameof(string.Compare), null, value.Body, Expression.Constant("")),
            Expression.Constant(0)), value.Parameters);

    private static Expression<Func<T, bool>> Known<TValue>(Expression<Func<T, TValue>> value) =>
        Expression.Lambda<Func<T, bool>>(Expression.NotEqual(value.Body, Expression.Constant(null, typeof(TValue))), value.Parameters);

    /// <summary>Compares with a limit; an unknown value is neither less nor more, also when the whole is negated.</summary>
    private static Expression<Func<T, bool>> Than<TValue>(Expression<Func<T, TValue>> value, TValue limit,
        Func<Expression, Expression, Expression> comparison)
    {
        var parameter = Expression.Field(Expression.Constant(new Holder<TValue>(limit)), nameof(Holder<TValue>.Value));
        var test = Expression.Lambda<Func<T, bool>>(comparison(value.Body, parameter), value.Parameters);
        return Nullable.GetUnderlyingType(typeof(TValue)) is null ? test : Known(value).Joined(test, Expression.AndAlso);
    }

    private static int Whole(FilterCondition condition, string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Fault(condition);

    private static double? Decimals(FilterCondition condition, string text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? (double?)number : throw Fault(condition);

    private static long Minor(FilterCondition condition, string text, FilterContext context)
    {
        const decimal Most = 1_000_000_000_000_000m;
        if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out var amount) || Math.Abs(amount) > Most) throw Fault(condition);
        var minor = Money.ToMinor(amount, context.BaseCurrency);
        return Money.ToDecimal(minor, context.BaseCurrency) == amount ? minor : throw Fault(condition);
    }

    private static string One(FilterCondition condition) => condition.Values.Count == 1 && condition.Values[0].Length > 0
        ? condition.Values[0] : throw Fault(condition);

    private static IReadOnlyList<string> Some(FilterCondition condition) => condition.Values.Count > 0
        ? condition.Values : throw Fault(condition);

    private static int Days(FilterCondition condition) =>
        int.TryParse(One(condition), NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days <= 36_500
            ? days : throw Fault(condition);

    private static DateOnly Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day : throw new RuleViolationException("Filter", "{0} is not a date; write it as 2026-12-31.", text);

    private static DateOnly NextDay(DateOnly day) => day == DateOnly.MaxValue ? day : day.AddDays(1);

    private static RuleViolationException Fault(FilterCondition condition) => new("Filter", "The filter on {0} cannot be read.",
        condition.Field);

    private static RuleViolationException Unknown(string field, string value) => new("Filter", "{0} has no value {1}.", field, value);

    private sealed class Holder<TValue>(TValue value)
    {
        public readonly TValue Value = value;
    }
}
