using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Platform.Common;

/// <summary>The second order of a list: by what those are sorted that are equal by the first.</summary>
public static class SecondOrder
{
    /// <summary>
    /// A first order is read along its index; with a second one all rows are sorted for each page, so that a list may have so many at most.
    /// </summary>
    public const int MostRows = 10_000;

    /// <summary>Refuses a second order of a list that is too long for it; counting ends there.</summary>
    /// <exception cref="RuleViolationException">There are more rows.</exception>
    internal static async Task DemandFitAsync(IQueryable<long> keys, CancellationToken cancellationToken)
    {
        if (await keys.Take(MostRows + 1).CountAsync(cancellationToken) > MostRows)
            throw new RuleViolationException("Then",
                "A list can be sorted by a second column up to {0} rows. Filter it, then add the second order.", MostRows);
    }
}

/// <summary>
/// The order of a list: by one value, where it is wanted by another among those that are equal, and at last by the key, so that pages
/// neither lose nor repeat rows.
/// </summary>
/// <param name="IsReversed">Whether the list is read from its end; what has no value then comes first.</param>
internal readonly record struct ListOrder<TSort>(TSort First, bool Descending, TSort? Second = null, bool SecondDescending = false,
    bool IsReversed = false)
    where TSort : struct, Enum
{
    public ListOrder<TSort> Reversed => this with
    {
        Descending = !Descending, SecondDescending = !SecondDescending, IsReversed = !IsReversed,
    };
}

internal static class SecondOrderQueries
{
    /// <summary>Sorts equals by another value.</summary>
    public static IOrderedQueryable<TRow> Then<TRow, TValue>(this IOrderedQueryable<TRow> rows, bool descending,
        Expression<Func<TRow, TValue>> value) => descending ? rows.ThenByDescending(value) : rows.ThenBy(value);

    /// <summary>Sorts equals by a value that some do not have; those are the last of them in either direction.</summary>
    public static IOrderedQueryable<TRow> ThenKnown<TRow, TValue>(this IOrderedQueryable<TRow> rows, bool descending, bool isReversed,
        Expression<Func<TRow, TValue>> value)
    {
        var isUnknown = Expression.Lambda<Func<TRow, bool>>(
            Expression.Equal(value.Body, Expression.Constant(null, typeof(TValue))), value.Parameters);
        return rows.Then(isReversed, isUnknown).Then(descending, value);
    }
}
