using System.Globalization;
using System.Linq.Expressions;
using CrmPortal.Core.Common;
using CrmPortal.Core.Search;

namespace CrmPortal.Core.Filtering;

public enum FilterFieldType { Text, Choice, YesNo, Date, Tags }

/// <summary>A field that a list can be filtered by.</summary>
/// <param name="Label">English name, which is also the key of its translations.</param>
/// <param name="Choices">The values of a choice, as written in filters.</param>
/// <param name="IsSensitive">Only for those who may see the field's values.</param>
public sealed record FilterField(string Name, string Label, FilterFieldType Type, IReadOnlyList<string> Choices, bool IsSensitive)
{
    /// <summary>The comparisons that the type allows, the usual one first.</summary>
    public IReadOnlyList<FilterOperator> Operators => Type switch
    {
        FilterFieldType.Text => [FilterOperator.Is, FilterOperator.Not, FilterOperator.Starts, FilterOperator.Present, FilterOperator.Empty],
        FilterFieldType.Choice => [FilterOperator.Any, FilterOperator.None],
        FilterFieldType.YesNo => [FilterOperator.Yes, FilterOperator.No],
        FilterFieldType.Date => [FilterOperator.Last, FilterOperator.Older, FilterOperator.Before, FilterOperator.After, FilterOperator.Between],
        _ => [FilterOperator.Any, FilterOperator.All, FilterOperator.None],
    };
}

/// <summary>The fields of one entity, each with its translation into a predicate that carries values as parameters only.</summary>
public sealed class FilterCatalogue<T>
{
    private const int MostValues = 100;
    private const int LongestValue = 200;

    private readonly Dictionary<string, (FilterField Field, Func<FilterCondition, FilterContext, Expression<Func<T, bool>>> Build)> _fields = [];

    public IReadOnlyList<FilterField> Fields => [.. _fields.Values.Select(f => f.Field)];

    public FilterField? Find(string name) => _fields.TryGetValue(name, out var field) ? field.Field : null;

    /// <summary>A text that is compared in the folded form in which it is stored.</summary>
    public FilterCatalogue<T> Text(string name, string label, Expression<Func<T, string?>> value, Func<string, string> fold, bool isSensitive = false)
    {
        _fields.Add(name, (new(name, label, FilterFieldType.Text, [], isSensitive), (condition, _) => condition.Operator switch
        {
            FilterOperator.Present => With(value, v => v != null && v != ""),
            FilterOperator.Empty => With(value, v => v == null || v == ""),
            FilterOperator.Starts => Compare(value, fold(One(condition)), (v, wanted) => v != null && v.StartsWith(wanted)),
            FilterOperator.Not => Compare(value, fold(One(condition)), (v, wanted) => v == null || v != wanted),
            _ => Compare(value, fold(One(condition)), (v, wanted) => v == wanted),
        }));
        return this;
    }

    public FilterCatalogue<T> Choice<TChoice>(string name, string label, Expression<Func<T, TChoice>> value)
        where TChoice : struct, Enum
    {
        var choices = Enum.GetValues<TChoice>().ToDictionary(c => c.ToString().ToLowerInvariant());
        _fields.Add(name, (new(name, label, FilterFieldType.Choice, [.. choices.Keys], false), (condition, _) =>
        {
            var wanted = Some(condition).Select(v => choices.TryGetValue(v.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant(), out var choice) ? choice : throw Unknown(name, v)).ToList();
            return condition.Operator == FilterOperator.None
                ? Compare(value, wanted, (v, list) => !list.Contains(v))
                : Compare(value, wanted, (v, list) => list.Contains(v));
        }
        ));
        return this;
    }

    public FilterCatalogue<T> YesNo(string name, string label, Expression<Func<T, bool>> value)
    {
        _fields.Add(name, (new(name, label, FilterFieldType.YesNo, [], false), (condition, _) =>
            condition.Operator == FilterOperator.No ? With(value, v => !v) : value));
        return this;
    }

    /// <summary>An instant; days begin in the shop's time zone.</summary>
    public FilterCatalogue<T> Date(string name, string label, Expression<Func<T, DateTimeOffset>> value)
    {
        _fields.Add(name, (new(name, label, FilterFieldType.Date, [], false), (condition, context) =>
        {
            switch (condition.Operator)
            {
                case FilterOperator.Last:
                    return Compare(value, context.DaysAgo(Days(condition)), (v, limit) => v >= limit);
                case FilterOperator.Older:
                    return Compare(value, context.DaysAgo(Days(condition)), (v, limit) => v < limit);
                case FilterOperator.Before:
                    return Compare(value, context.StartOf(Day(One(condition))), (v, limit) => v < limit);
                case FilterOperator.After:
                    return Compare(value, context.StartOf(NextDay(Day(One(condition)))), (v, limit) => v >= limit);
                default:
                    if (condition.Values.Count != 2) throw Fault(condition);
                    var from = Compare(value, context.StartOf(Day(condition.Values[0])), (v, limit) => v >= limit);
                    var to = Compare(value, context.StartOf(NextDay(Day(condition.Values[1]))), (v, limit) => v < limit);
                    return from.Joined(to, Expression.AndAlso);
            }
        }
        ));
        return this;
    }

    /// <summary>A list of words, given by its own predicates.</summary>
    public FilterCatalogue<T> Tags(string name, string label, Func<string, Expression<Func<T, bool>>> hasOne, Func<List<string>, Expression<Func<T, bool>>> hasAny)
    {
        _fields.Add(name, (new(name, label, FilterFieldType.Tags, [], false), (condition, _) =>
        {
            var wanted = Some(condition).Select(v => v.ToLowerInvariant()).Distinct().ToList();
            return condition.Operator switch
            {
                FilterOperator.All => wanted.Select(hasOne).Aggregate((left, right) => left.Joined(right, Expression.AndAlso)),
                FilterOperator.None => hasAny(wanted).Negated(),
                _ => hasAny(wanted),
            };
        }
        ));
        return this;
    }

    /// <summary>A text answered by its own predicates, for values that stand in another table.</summary>
    public FilterCatalogue<T> Related(string name, string label, Func<string, string> fold, Func<string, Expression<Func<T, bool>>> isValue, Func<string, Expression<Func<T, bool>>> starts, Expression<Func<T, bool>> isPresent)
    {
        _fields.Add(name, (new(name, label, FilterFieldType.Text, [], false), (condition, _) => condition.Operator switch
        {
            FilterOperator.Present => isPresent,
            FilterOperator.Empty => isPresent.Negated(),
            FilterOperator.Starts => starts(fold(One(condition))),
            FilterOperator.Not => isValue(fold(One(condition))).Negated(),
            _ => isValue(fold(One(condition))),
        }));
        return this;
    }

    /// <summary>The predicate of a filter.</summary>
    /// <exception cref="RuleViolation">A field or comparison is unknown, a value cannot be read, or a field may not be seen.</exception>
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
        if (!_fields.TryGetValue(condition.Field, out var found)) throw new RuleViolation("Filter", "There is no field {0} to filter by.", condition.Field);
        if (!found.Field.Operators.Contains(condition.Operator)) throw Fault(condition);
        if (found.Field.IsSensitive && !context.MaySeeSensitive) throw new RuleViolation("Filter", "You may not filter by {0}.", condition.Field);
        if (condition.Values.Count > MostValues || condition.Values.Any(v => v.Length > LongestValue || StoredText.IsUnstorable(v))) throw Fault(condition);
        return found.Build(condition, context);
    }

    private static Expression<Func<T, bool>> With<TValue>(Expression<Func<T, TValue>> value, Expression<Func<TValue, bool>> test) =>
        Expression.Lambda<Func<T, bool>>(test.Body.Replaced(test.Parameters[0], value.Body), value.Parameters);

    private static Expression<Func<T, bool>> Compare<TValue, TWanted>(Expression<Func<T, TValue>> value, TWanted wanted, Expression<Func<TValue, TWanted, bool>> test)
    {
        // The value is read from a field of an object, as a closure does, so that EF sends it as a parameter.
        var parameter = Expression.Field(Expression.Constant(new Holder<TWanted>(wanted)), nameof(Holder<TWanted>.Value));
        var body = test.Body.Replaced(test.Parameters[0], value.Body).Replaced(test.Parameters[1], parameter);
        return Expression.Lambda<Func<T, bool>>(body, value.Parameters);
    }

    private static string One(FilterCondition condition) => condition.Values.Count == 1 && condition.Values[0].Length > 0 ? condition.Values[0] : throw Fault(condition);

    private static IReadOnlyList<string> Some(FilterCondition condition) => condition.Values.Count > 0 ? condition.Values : throw Fault(condition);

    private static int Days(FilterCondition condition) =>
        int.TryParse(One(condition), NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days <= 36_500 ? days : throw Fault(condition);

    private static DateOnly Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : throw new RuleViolation("Filter", "{0} is not a date; write it as 2026-12-31.", text);

    private static DateOnly NextDay(DateOnly day) => day == DateOnly.MaxValue ? day : day.AddDays(1);

    private static RuleViolation Fault(FilterCondition condition) => new("Filter", "The filter on {0} cannot be read.", condition.Field);

    private static RuleViolation Unknown(string field, string value) => new("Filter", "{0} has no value {1}.", field, value);

    private sealed class Holder<TValue>(TValue value)
    {
        public readonly TValue Value = value;
    }
}

/// <summary>What a filter depends on beside its text.</summary>
public sealed record FilterContext(DateTimeOffset Now, TimeZoneInfo Zone, bool MaySeeSensitive)
{
    /// <summary>The first instant of a day in the shop's zone.</summary>
    public DateTimeOffset StartOf(DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        while (Zone.IsInvalidTime(midnight)) midnight = midnight.AddMinutes(15);
        var offset = Zone.GetUtcOffset(midnight);
        return midnight.Ticks - offset.Ticks < DateTime.MinValue.Ticks ? DateTimeOffset.MinValue : new DateTimeOffset(midnight, offset).ToUniversalTime();
    }

    /// <summary>The beginning of the day that many days before today.</summary>
    public DateTimeOffset DaysAgo(int days) => StartOf(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(Now, Zone).DateTime).AddDays(-days));
}

internal static class FilterExpressions
{
    public static Expression<Func<T, bool>> Joined<T>(this Expression<Func<T, bool>> left, Expression<Func<T, bool>> right, Func<Expression, Expression, Expression> join) =>
        Expression.Lambda<Func<T, bool>>(join(left.Body, right.Body.Replaced(right.Parameters[0], left.Parameters[0])), left.Parameters);

    public static Expression<Func<T, bool>> Negated<T>(this Expression<Func<T, bool>> predicate) =>
        Expression.Lambda<Func<T, bool>>(Expression.Not(predicate.Body), predicate.Parameters);

    public static Expression Replaced(this Expression expression, ParameterExpression parameter, Expression by) => new Replacement(parameter, by).Visit(expression);

    private sealed class Replacement(ParameterExpression parameter, Expression by) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == parameter ? by : base.VisitParameter(node);
    }
}
