using System.Globalization;
using System.Linq.Expressions;

namespace CrmPortal.Core.Platform.Filtering;

/// <content>Fields that are kept nowhere: they follow from others and from the day on which they are asked.</content>
public sealed partial class FilterCatalogue<T>
{
    private const int OldestAge = 150;

    /// <summary>Full years since a day that may be unknown, on the shop's day of today.</summary>
    public FilterCatalogue<T> Age(string name, string label, Expression<Func<T, DateOnly?>> day, bool isSensitive = false)
    {
        _fields.Add(name, (new(name, label, FilterFieldType.Number, [], isSensitive, IsOptional: true), (condition, context) =>
        {
            if (condition.Operator == FilterOperator.Present) return Known(day);
            if (condition.Operator == FilterOperator.Empty) return Known(day).Negated();
            var years = condition.Values.Select(v => int.TryParse(v, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                out var number) && number is >= -OldestAge and <= OldestAge ? number : throw Fault(condition)).ToList();
            return (condition.Operator, years) switch
            {
                (FilterOperator.More, [var than]) => AtLeast(than + 1),
                (FilterOperator.Less, [var than]) => LessThan(than),
                (FilterOperator.Is, [var just]) => AtLeast(just).Joined(LessThan(just + 1), Expression.AndAlso),
                (FilterOperator.Between, [var from, var to]) => AtLeast(from).Joined(LessThan(to + 1), Expression.AndAlso),
                _ => throw Fault(condition),
            };

            Expression<Func<T, bool>> AtLeast(int age) =>
                Than<DateOnly?>(day, context.Today.AddYears(-age), Expression.LessThanOrEqual);
            Expression<Func<T, bool>> LessThan(int age) => Than<DateOnly?>(day, context.Today.AddYears(-age), Expression.GreaterThan);
        }
        ));
        return this;
    }

    /// <summary>What was true of a row at the end of a day of the shop.</summary>
    /// <param name="wasTrue">Which rows it was true of right before an instant.</param>
    public FilterCatalogue<T> AtEndOf(string name, string label, Func<DateTimeOffset, Expression<Func<T, bool>>> wasTrue)
    {
        _fields.Add(name, (new(name, label, FilterFieldType.Date, [], false) { Only = [FilterOperator.Is] }, (condition, context) =>
            wasTrue(context.StartOf(NextDay(Day(One(condition)))))));
        return this;
    }

    /// <summary>A choice that is told by the present moment; each row is of just one.</summary>
    /// <param name="choices">By the small letters in which filters write a choice, which rows are of it.</param>
    public FilterCatalogue<T> Derived(string name, string label,
        IReadOnlyDictionary<string, Func<FilterContext, Expression<Func<T, bool>>>> choices)
    {
        _fields.Add(name, (new(name, label, FilterFieldType.Choice, [.. choices.Keys], false), (condition, context) =>
        {
            var any = Some(condition).Select(v => choices.TryGetValue(v.ToLowerInvariant(), out var choice)
                ? choice(context) : throw Unknown(name, v)).Aggregate((one, other) => one.Joined(other, Expression.OrElse));
            return condition.Operator == FilterOperator.None ? any.Negated() : any;
        }
        ));
        return this;
    }
}
