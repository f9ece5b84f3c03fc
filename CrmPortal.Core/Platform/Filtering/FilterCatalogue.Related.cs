using System.Globalization;
using System.Linq.Expressions;

namespace CrmPortal.Core.Platform.Filtering;

/// <summary>Fields whose values are in other tables, of which one row that fits is enough.</summary>
public sealed partial class FilterCatalogue<T>
{
    /// <summary>A list of words, given by its own predicates.</summary>
    public FilterCatalogue<T> Tags(string name, string label, Func<string, Expression<Func<T, bool>>> hasOne,
        Func<List<string>, Expression<Func<T, bool>>> hasAny)
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

    /// <summary>A text answered by its own predicates.</summary>
    public FilterCatalogue<T> Related(string name, string label, Func<string, string> fold, Func<string, Expression<Func<T, bool>>> isValue,
        Func<string, Expression<Func<T, bool>>> starts, Expression<Func<T, bool>> isPresent)
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

    /// <summary>A text of rows beside the table (<see cref="FilterContext.Beside"/>), of which one that fits is enough.</summary>
    /// <param name="key">What the rows name.</param>
    /// <param name="owner">By what a row names it.</param>
    /// <param name="isPresent">Which rows have the text at all.</param>
    public FilterCatalogue<T> Beside<TRow>(string name, string label, Expression<Func<T, long>> key, Expression<Func<TRow, long>> owner,
        Func<string, Expression<Func<TRow, bool>>> isValue, Func<string, Expression<Func<TRow, bool>>> starts,
        Expression<Func<TRow, bool>> isPresent)
    {
        _fields.Add(name, (new(name, label, FilterFieldType.Text, [], false), (condition, context) => condition.Operator switch
        {
            FilterOperator.Present => HasBeside(key, owner, isPresent, context),
            FilterOperator.Empty => HasBeside(key, owner, isPresent, context).Negated(),
            FilterOperator.Starts => HasBeside(key, owner, starts(One(condition)), context),
            FilterOperator.Not => HasBeside(key, owner, isValue(One(condition)), context).Negated(),
            _ => HasBeside(key, owner, isValue(One(condition)), context),
        }));
        return this;
    }

    /// <summary>Whoever has a row beside the table that fits.</summary>
    private static Expression<Func<T, bool>> HasBeside<TRow>(Expression<Func<T, long>> key, Expression<Func<TRow, long>> owner,
        Expression<Func<TRow, bool>> fits, FilterContext context)
    {
        var rows = RowsBeside<TRow>(context);
        // Of a few customers each has their own rows looked up; for a list or a count all who have such a row are gathered once.
        var found = context.Aim == QueryPurpose.Some
            ? OnQuery(nameof(Queryable.Any), [typeof(TRow)], rows.Expression, Expression.Quote(fits.Joined(IsOf(key, owner),
                Expression.AndAlso)))
            : OnQuery(nameof(Queryable.Contains), [typeof(long)], rows.Where(fits).Select(owner).Expression, key.Body);
        return Expression.Lambda<Func<T, bool>>(found, key.Parameters);
    }

    private static IQueryable<TRow> RowsBeside<TRow>(FilterContext context) =>
        context.Beside.OfType<IQueryable<TRow>>().FirstOrDefault() ?? Enumerable.Empty<TRow>().AsQueryable();

    /// <summary>Whether a row is of the one that is asked about, within a query of these.</summary>
    private static Expression<Func<TRow, bool>> IsOf<TRow>(Expression<Func<T, long>> key, Expression<Func<TRow, long>> owner) =>
        Expression.Lambda<Func<TRow, bool>>(Expression.Equal(owner.Body, key.Body), owner.Parameters);

    private static MethodCallExpression OnQuery(string method, Type[] types, params Expression[] arguments) =>
        Expression.Call(typeof(Queryable), method, types, arguments);

    /// <summary>The choices that rows in another table hold, given by the predicate that one of some is among them.</summary>
    public FilterCatalogue<T> Choices<TChoice>(string name, string label, Func<List<TChoice>, Expression<Func<T, bool>>> hasAny,
        Expression<Func<T, bool>> isPresent, bool isSensitive = false)
        where TChoice : struct, Enum => Choices(name, label, Enum.GetValues<TChoice>().ToDictionary(c => c.ToString().ToLowerInvariant()),
            hasAny, isPresent, isSensitive);

    /// <summary>The same for choices that are written in a way of their own.</summary>
    /// <param name="choices">Each choice by the small letters and underscores in which filters write it.</param>
    public FilterCatalogue<T> Choices<TChoice>(
        string name, string label, IReadOnlyDictionary<string, TChoice> choices, Func<List<TChoice>, Expression<Func<T, bool>>> hasAny,
            Expression<Func<T, bool>> isPresent, bool isSensitive = false)
    {
        var byPlainName = choices.ToDictionary(c => Plain(c.Key), c => c.Value);
        _fields.Add(name, (new(name, label, FilterFieldType.Choice, [.. choices.Keys], isSensitive, IsOptional: true), (condition, _) =>
        {
            if (condition.Operator == FilterOperator.Present) return isPresent;
            if (condition.Operator == FilterOperator.Empty) return isPresent.Negated();
            var wanted = Some(condition).Select(v => byPlainName.TryGetValue(Plain(v), out var choice) ? choice : throw Unknown(name, v))
                .Distinct().ToList();
            return condition.Operator == FilterOperator.None ? hasAny(wanted).Negated() : hasAny(wanted);
        }
        ));
        return this;

        static string Plain(string written) => written.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
    }

    /// <summary>Rules that are kept under a key: whoever fits one of them by what is true now.</summary>
    public FilterCatalogue<T> Kept(string name, string label)
    {
        _fields.Add(name, (new(name, label, FilterFieldType.Choice, [], false), (condition, context) =>
        {
            var fits = Keys(name, condition, context).Select(k => Predicate(k.Rules ?? FilterAll.Nothing, context) ?? (_ => true))
                .Aggregate((left, right) => left.Joined(right, Expression.OrElse));
            return condition.Operator == FilterOperator.None ? fits.Negated() : fits;
        }
        ));
        return this;
    }

    /// <summary>Records that keep who belongs to them in rows, given by the predicate that one of some is among them.</summary>
    public FilterCatalogue<T> Members(string name, string label, Func<List<long>, Expression<Func<T, bool>>> isIn)
    {
        _fields.Add(name, (new(name, label, FilterFieldType.Choice, [], false), (condition, context) =>
        {
            var keys = Keys(name, condition, context);
            // The rows tell what the rules ask: whoever may not ask it is not told.
            foreach (var (_, rules) in keys) Predicate(rules ?? FilterAll.Nothing, context);
            var fits = isIn([.. keys.Select(k => k.Id)]);
            return condition.Operator == FilterOperator.None ? fits.Negated() : fits;
        }
        ));
        return this;
    }

    private static List<(long Id, FilterExpression? Rules)> Keys(string name, FilterCondition condition, FilterContext context) =>
    [
        .. Some(condition).Distinct().Select(v => long.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && context.Kept.TryGetValue(FilterContext.KeyOf(name, id), out var rules) ? (id, rules) : throw Unknown(name, v)),
    ];

    /// <summary>Days of rows in another table.</summary>
    /// <param name="counts">Which of the rows are meant.</param>
    public FilterCatalogue<T> DaysOf<TRow>(
        string name, string label, Expression<Func<T, IEnumerable<TRow>>> rows, Expression<Func<TRow, DateOnly?>> day,
            Expression<Func<TRow, bool>> counts, bool isSensitive = false)
    {
        _fields.Add(name, (new(name, label, FilterFieldType.Date, [], isSensitive, IsOptional: true), (condition, context) =>
        {
            // Without a day is who has no row with one, not who has a row without.
            var asked = condition.Operator == FilterOperator.Empty ? condition with { Operator = FilterOperator.Present } : condition;
            var found = rows.Having(counts.Joined(FilterCatalogue<TRow>.OnDay(asked, context, day), Expression.AndAlso));
            return condition.Operator == FilterOperator.Empty ? found.Negated() : found;
        }
        ));
        return this;
    }

    /// <summary>Instants of rows in another table, of which one that fits is enough.</summary>
    /// <param name="counts">Which of the rows are meant.</param>
    public FilterCatalogue<T> InstantsOf<TRow>(string name, string label, Expression<Func<T, IEnumerable<TRow>>> rows,
        Expression<Func<TRow, DateTimeOffset>> at, Expression<Func<TRow, bool>> counts)
    {
        _fields.Add(name, (new(name, label, FilterFieldType.Date, [], false, IsOptional: true), (condition, context) =>
            condition.Operator switch
        {
            FilterOperator.Present => rows.Having(counts),
            FilterOperator.Empty => rows.Having(counts).Negated(),
            _ => rows.Having(counts.Joined(FilterCatalogue<TRow>.OnInstant(condition, context, at, i => i), Expression.AndAlso)),
        }));
        return this;
    }

    /// <summary>Records that a row names by their keys. Links ask by it; in the list of fields it does not stand.</summary>
    public FilterCatalogue<T> Keyed(string name, string label, Func<List<long>, Expression<Func<T, bool>>> isOneOf,
        Expression<Func<T, bool>> isPresent, string? permission = null)
    {
        _fields.Add(name, (new(name, label, FilterFieldType.Choice, [], false, IsOptional: true) { IsListed = false,
            Permission = permission },
            (condition, _) => condition.Operator switch
            {
                FilterOperator.Present => isPresent,
                FilterOperator.Empty => isPresent.Negated(),
                FilterOperator.None => isOneOf(Ids(condition)).Negated(),
                _ => isOneOf(Ids(condition)),
            }));
        return this;

        static List<long> Ids(FilterCondition condition) => [.. Some(condition).Select(v =>
            long.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw Fault(condition)).Distinct()];
    }

    /// <summary>Days of rows in another table, of which some come again each year, from their first time on.</summary>
    /// <param name="ofYear">The day as month × 100 + day.</param>
    public FilterCatalogue<T> Occasions<TRow>(
        string name, string label, Expression<Func<T, IEnumerable<TRow>>> rows, Expression<Func<TRow, DateOnly?>> day,
            Expression<Func<TRow, int?>> ofYear, Expression<Func<TRow, bool>> isYearly)
    {
        _fields.Add(name, (new(name, label, FilterFieldType.Anniversary, [], false, IsOptional: true), (condition, context) =>
        {
            if (condition.Operator is FilterOperator.Present or FilterOperator.Empty)
            {
                var isThere = rows.Having(_ => true);
                return condition.Operator == FilterOperator.Empty ? isThere.Negated() : isThere;
            }

            var until = condition.Operator == FilterOperator.Next ? context.Today.AddDays(Days(condition)) : context.Today;
            var hasBegun = FilterCatalogue<TRow>.Than<DateOnly?>(day, until, Expression.LessThanOrEqual);
            var again = isYearly.Joined(hasBegun, Expression.AndAlso)
                .Joined(FilterCatalogue<TRow>.OfYear(condition, context, ofYear), Expression.AndAlso);
            var once = isYearly.Negated().Joined(FilterCatalogue<TRow>.OnDay(condition, context, day), Expression.AndAlso);
            return rows.Having(again.Joined(once, Expression.OrElse));
        }
        ));
        return this;
    }
}
