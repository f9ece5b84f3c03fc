using System.Globalization;
using System.Linq.Expressions;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Platform.Filtering;

/// <content>Comparing: what a condition means for a value of a type.</content>
public sealed partial class FilterCatalogue<T>
{
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
        FilterOperator.Before => Than(value, typed(Instant(One(condition)) ?? context.StartOf(Day(One(condition)))), Expression.LessThan),
        FilterOperator.After when Instant(One(condition)) is { } instant => Than(value, typed(instant), Expression.GreaterThan),
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

    /// <summary>Programs may name an instant in UTC instead of a day, such as <c>2026-12-31T08:30:00Z</c>.</summary>
    private static DateTimeOffset? Instant(string text) =>
        text.EndsWith('Z') && DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var instant) ? instant : null;

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
