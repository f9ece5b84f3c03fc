using System.Linq.Expressions;

namespace CrmPortal.Core.Platform.Filtering;

/// <content>Figures of rows beside the table (<see cref="FilterContext.Beside"/>): how many there are, the last of them, their mean.</content>
public sealed partial class FilterCatalogue<T>
{
    /// <summary>How many rows there are; none is 0.</summary>
    /// <param name="key">What the rows name.</param>
    /// <param name="owner">By what a row names it.</param>
    /// <param name="counts">Which of the rows are meant, at the moment at which it is asked.</param>
    public FilterCatalogue<T> CountOf<TRow>(string name, string label, Expression<Func<T, long>> key, Expression<Func<TRow, long>> owner,
        Func<FilterContext, Expression<Func<TRow, bool>>> counts)
    {
        Expression<Func<IEnumerable<TRow>, int>> figure = rows => rows.Count();
        _fields.Add(name, (new(name, label, FilterFieldType.Number, [], false), (condition, context) =>
        {
            var test = FilterCatalogue<IEnumerable<TRow>>.OnNumber(condition, context, figure, (c, text, _) => Whole(c, text));
            var found = Grouped(key, owner, counts(context), test, context);
            return test.Compile()([]) ? found.Joined(HasBeside(key, owner, counts(context), context).Negated(), Expression.OrElse) : found;
        }
        ));
        return this;
    }

    /// <summary>The last instant among the rows; unknown without one.</summary>
    public FilterCatalogue<T> LastOf<TRow>(string name, string label, Expression<Func<T, long>> key, Expression<Func<TRow, long>> owner,
        Expression<Func<TRow, DateTimeOffset>> at)
    {
        var row = Expression.Parameter(typeof(IEnumerable<TRow>), "rows");
        var last = Expression.Lambda<Func<IEnumerable<TRow>, DateTimeOffset>>(
            Expression.Call(typeof(Enumerable), nameof(Enumerable.Max), [typeof(TRow), typeof(DateTimeOffset)], row, at), row);
        _fields.Add(name, (new(name, label, FilterFieldType.Date, [], false, IsOptional: true), (condition, context) =>
            Known(condition, key, owner, _ => true, context) ?? Grouped(key, owner, _ => true,
                FilterCatalogue<IEnumerable<TRow>>.OnInstant(condition, context, last, i => i), context)));
        return this;
    }

    /// <summary>The mean of a number of the rows; unknown without one.</summary>
    public FilterCatalogue<T> MeanOf<TRow>(string name, string label, Expression<Func<T, long>> key, Expression<Func<TRow, long>> owner,
        Expression<Func<TRow, double>> value)
    {
        var row = Expression.Parameter(typeof(IEnumerable<TRow>), "rows");
        var mean = Expression.Lambda<Func<IEnumerable<TRow>, double>>(
            Expression.Call(typeof(Enumerable), nameof(Enumerable.Average), [typeof(TRow)], row, value), row);
        _fields.Add(name, (new(name, label, FilterFieldType.Fraction, [], false, IsOptional: true), (condition, context) =>
            Known(condition, key, owner, _ => true, context) ?? Grouped(key, owner, _ => true,
                FilterCatalogue<IEnumerable<TRow>>.OnNumber(condition, context, mean, (c, text, _) => Decimals(c, text)!.Value), context)));
        return this;
    }

    /// <summary>A whole number of the one row that is meant; unknown without it.</summary>
    /// <param name="isMeant">Which row that is.</param>
    public FilterCatalogue<T> NumberOf<TRow>(string name, string label, Expression<Func<T, long>> key, Expression<Func<TRow, long>> owner,
        Expression<Func<TRow, int>> value, Expression<Func<TRow, bool>> isMeant)
    {
        _fields.Add(name, (new(name, label, FilterFieldType.Number, [], false, IsOptional: true), (condition, context) =>
            Known(condition, key, owner, isMeant, context) ?? HasBeside(key, owner, isMeant.Joined(
                FilterCatalogue<TRow>.OnNumber(condition, context, value, (c, text, _) => Whole(c, text)), Expression.AndAlso), context)));
        return this;
    }

    /// <summary>Whether there is a row of a kind.</summary>
    public FilterCatalogue<T> AnyOf<TRow>(string name, string label, Expression<Func<T, long>> key, Expression<Func<TRow, long>> owner,
        Expression<Func<TRow, bool>> isMeant)
    {
        _fields.Add(name, (new(name, label, FilterFieldType.YesNo, [], false), (condition, context) =>
        {
            var has = HasBeside(key, owner, isMeant, context);
            return condition.Operator == FilterOperator.No ? has.Negated() : has;
        }
        ));
        return this;
    }

    /// <summary>A choice that the rows hold, of which one that is among some is enough.</summary>
    /// <param name="choices">In the small letters in which filters and rows write them.</param>
    public FilterCatalogue<T> ChoiceOf<TRow>(string name, string label, IReadOnlyList<string> choices, Expression<Func<T, long>> key,
        Expression<Func<TRow, long>> owner, Func<List<string>, Expression<Func<TRow, bool>>> isOneOf)
    {
        _fields.Add(name, (new(name, label, FilterFieldType.Choice, choices, false, IsOptional: true), (condition, context) =>
        {
            if (Known(condition, key, owner, _ => true, context) is { } known) return known;
            var wanted = Some(condition).Select(v => choices.Contains(v.ToLowerInvariant()) ? v.ToLowerInvariant() : throw Unknown(name, v))
                .Distinct().ToList();
            var has = HasBeside(key, owner, isOneOf(wanted), context);
            return condition.Operator == FilterOperator.None ? has.Negated() : has;
        }
        ));
        return this;
    }

    private static Expression<Func<T, bool>>? Known<TRow>(FilterCondition condition, Expression<Func<T, long>> key,
        Expression<Func<TRow, long>> owner, Expression<Func<TRow, bool>> counts, FilterContext context) => condition.Operator switch
    {
        FilterOperator.Present => HasBeside(key, owner, counts, context),
        FilterOperator.Empty => HasBeside(key, owner, counts, context).Negated(),
        _ => null,
    };

    /// <summary>Whoever has rows that pass a test together.</summary>
    private static Expression<Func<T, bool>> Grouped<TRow>(Expression<Func<T, long>> key, Expression<Func<TRow, long>> owner,
        Expression<Func<TRow, bool>> counts, Expression<Func<IEnumerable<TRow>, bool>> test, FilterContext context)
    {
        var group = Expression.Parameter(typeof(IGrouping<long, TRow>), "g");
        var passes = Expression.Lambda<Func<IGrouping<long, TRow>, bool>>(test.Body.Replaced(test.Parameters[0], group), group);
        var rows = RowsBeside<TRow>(context);
        // As with single rows: of a few each has their own looked up, for a list or a count all who pass are gathered once.
        var found = context.Aim == QueryPurpose.Some
            ? OnQuery(nameof(Queryable.Any), [typeof(IGrouping<long, TRow>)], OnQuery(nameof(Queryable.GroupBy), [typeof(TRow),
                typeof(long)],
                OnQuery(nameof(Queryable.Where), [typeof(TRow)], rows.Expression,
                    Expression.Quote(counts.Joined(IsOf(key, owner), Expression.AndAlso))), Expression.Quote(owner)),
                Expression.Quote(passes))
            : OnQuery(nameof(Queryable.Contains), [typeof(long)],
                rows.Where(counts).GroupBy(owner).Where(passes).Select(g => g.Key).Expression, key.Body);
        return Expression.Lambda<Func<T, bool>>(found, key.Parameters);
    }
}
