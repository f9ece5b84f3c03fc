using System.Linq.Expressions;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.Customers;

/// <summary>
/// The orders of the customer list. The key breaks ties, so that pages neither lose nor repeat rows; each has an index. Who has
/// no value to sort by comes last in either direction: databases do not agree on where that is, so those are a list of their own.
/// </summary>
internal static class CustomerOrdering
{
    /// <summary>The keys of the list in its order.</summary>
    public static KeysetPager Listed(this IQueryable<CustomerMatch> matches, ListOrder<CustomerSort> order)
    {
        var hasUnknown = matches.SortedBy(order).Count > 1;
        return new(backwards => Part(backwards, 0), hasUnknown ? backwards => Part(backwards, 1) : null);

        IQueryable<long> Part(bool backwards, int number) =>
            matches.SortedBy(backwards ? order.Reversed : order)[number] is var part && order.First == CustomerSort.Newest
                ? part.Select(m => m.Key) : part.Select(m => m.Customer.Id);
    }

    /// <summary>The list in its order, in parts that follow each other.</summary>
    public static IReadOnlyList<IQueryable<CustomerMatch>> SortedBy(this IQueryable<CustomerMatch> matches,
        ListOrder<CustomerSort> order) => order.First switch
    {
        CustomerSort.Name => [By(matches, order, m => m.Customer.SortName)],
        // The range is for SQLite, which counts along an index for a range and reads the table for whatever is not null.
#pragma warning disable CA1309 // It becomes SQL.
        CustomerSort.Email => [By(matches.Where(m => m.Customer.EmailKey != null && string.Compare(m.Customer.EmailKey, "") > 0), order,
                m => m.Customer.EmailKey),
#pragma warning restore CA1309
            Unsorted(matches.Where(m => m.Customer.EmailKey == null), order, m => m.Customer.EmailKey)],
        CustomerSort.LastInteraction => [By(matches, order, m => m.Customer.LastInteractionAt)],
        CustomerSort.Updated => [By(matches, order, m => m.Customer.UpdatedAt)],
        CustomerSort.Orders => [By(matches, order, m => m.Customer.OrderCount)],
        CustomerSort.Spent => [By(matches, order, m => m.Customer.TotalSpent)],
        CustomerSort.AverageOrder => Partly(matches, order, m => m.Customer.AverageOrder, m => m.Customer.AverageOrder != null),
        CustomerSort.Points => [By(matches, order, m => m.Customer.Points)],
        CustomerSort.Tier => [By(matches.Where(m => m.Customer.Tier != null), order, m => m.Customer.Tier),
            Unsorted(matches.Where(m => m.Customer.Tier == null), order, m => m.Customer.Tier)],
        CustomerSort.LastOrder => Partly(matches, order, m => m.Customer.LastOrderAt, m => m.Customer.LastOrderAt != null),
        // No two have the same key, so that there is nothing to sort further.
        _ => [order.Descending ? matches.OrderByDescending(m => m.Key) : matches.OrderBy(m => m.Key)],
    };

    /// <summary>Those without the value to sort by: in the second order, or by their keys.</summary>
    private static IQueryable<CustomerMatch> Unsorted(IQueryable<CustomerMatch> matches, ListOrder<CustomerSort> order,
        Expression<Func<CustomerMatch, string?>> value) =>
        order.Second is not null ? By(matches, order, value)
            : order.Descending ? matches.OrderByDescending(m => m.Customer.Id) : matches.OrderBy(m => m.Customer.Id);

    private static IReadOnlyList<IQueryable<CustomerMatch>> Partly<TValue>(
        IQueryable<CustomerMatch> matches, ListOrder<CustomerSort> order, Expression<Func<CustomerMatch, TValue>> value,
            Expression<Func<CustomerMatch, bool>> isKnown)
    {
        var isUnknown = Expression.Lambda<Func<CustomerMatch, bool>>(Expression.Not(isKnown.Body), isKnown.Parameters);
        return [By(matches.Where(isKnown), order, value), By(matches.Where(isUnknown), order, value)];
    }

    private static IQueryable<CustomerMatch> By<TValue>(IQueryable<CustomerMatch> matches, ListOrder<CustomerSort> order,
        Expression<Func<CustomerMatch, TValue>> value)
    {
        var sorted = order.Descending ? matches.OrderByDescending(value) : matches.OrderBy(value);
        if (order.Second is { } second) sorted = Then(sorted, second, order.SecondDescending, order.IsReversed);
        return sorted.Then(order.Descending, m => m.Customer.Id);
    }

    private static IOrderedQueryable<CustomerMatch> Then(IOrderedQueryable<CustomerMatch> sorted, CustomerSort sort, bool descending,
        bool isReversed) => sort switch
    {
        CustomerSort.Name => sorted.Then(descending, m => m.Customer.SortName),
        CustomerSort.Email => sorted.ThenKnown(descending, isReversed, m => m.Customer.EmailKey),
        CustomerSort.LastInteraction => sorted.Then(descending, m => m.Customer.LastInteractionAt),
        CustomerSort.Updated => sorted.Then(descending, m => m.Customer.UpdatedAt),
        CustomerSort.Orders => sorted.Then(descending, m => m.Customer.OrderCount),
        CustomerSort.Spent => sorted.Then(descending, m => m.Customer.TotalSpent),
        CustomerSort.AverageOrder => sorted.ThenKnown(descending, isReversed, m => m.Customer.AverageOrder),
        CustomerSort.Points => sorted.Then(descending, m => m.Customer.Points),
        CustomerSort.Tier => sorted.ThenKnown(descending, isReversed, m => m.Customer.Tier),
        CustomerSort.LastOrder => sorted.ThenKnown(descending, isReversed, m => m.Customer.LastOrderAt),
        _ => sorted.Then(descending, m => m.Customer.Id),
    };
}
