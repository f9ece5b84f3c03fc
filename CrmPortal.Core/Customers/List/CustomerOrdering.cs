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
    public static KeysetPager Listed(this IQueryable<CustomerMatch> matches, CustomerSort sort, bool descending)
    {
        var hasUnknown = matches.SortedBy(sort, descending).Count > 1;
        return new(backwards => Part(backwards, 0), hasUnknown ? backwards => Part(backwards, 1) : null);

        IQueryable<long> Part(bool backwards, int number) =>
            matches.SortedBy(sort, descending != backwards)[number] is var part && sort == CustomerSort.Newest
                ? part.Select(m => m.Key) : part.Select(m => m.Customer.Id);
    }

    /// <summary>The list in its order, in parts that follow each other.</summary>
    public static IReadOnlyList<IQueryable<CustomerMatch>> SortedBy(this IQueryable<CustomerMatch> matches, CustomerSort sort,
        bool descending) => sort switch
    {
        CustomerSort.Name => [By(matches, descending, m => m.Customer.SortName)],
        CustomerSort.Email => Partly(matches, descending, m => m.Customer.EmailKey, m => m.Customer.EmailKey != null),
        CustomerSort.LastInteraction => [By(matches, descending, m => m.Customer.LastInteractionAt)],
        CustomerSort.Updated => [By(matches, descending, m => m.Customer.UpdatedAt)],
        CustomerSort.Orders => [By(matches, descending, m => m.Customer.OrderCount)],
        CustomerSort.Spent => [By(matches, descending, m => m.Customer.TotalSpent)],
        CustomerSort.AverageOrder => Partly(matches, descending, m => m.Customer.AverageOrder, m => m.Customer.AverageOrder != null),
        CustomerSort.Points => [By(matches, descending, m => m.Customer.Points)],
        CustomerSort.Tier => [By(matches.Where(m => m.Customer.Tier != null), descending, m => m.Customer.Tier),
            Keys(matches.Where(m => m.Customer.Tier == null), descending)],
        CustomerSort.LastOrder => Partly(matches, descending, m => m.Customer.LastOrderAt, m => m.Customer.LastOrderAt != null),
        _ => [descending ? matches.OrderByDescending(m => m.Key) : matches.OrderBy(m => m.Key)],
    };

    private static IQueryable<CustomerMatch> Keys(IQueryable<CustomerMatch> matches, bool descending) => descending
        ? matches.OrderByDescending(m => m.Customer.Id) : matches.OrderBy(m => m.Customer.Id);

    private static IReadOnlyList<IQueryable<CustomerMatch>> Partly<TValue>(
        IQueryable<CustomerMatch> matches, bool descending, Expression<Func<CustomerMatch, TValue>> value,
            Expression<Func<CustomerMatch, bool>> isKnown)
    {
        var isUnknown = Expression.Lambda<Func<CustomerMatch, bool>>(Expression.Not(isKnown.Body), isKnown.Parameters);
        return [By(matches.Where(isKnown), descending, value), By(matches.Where(isUnknown), descending, value)];
    }

    private static IQueryable<CustomerMatch> By<TValue>(IQueryable<CustomerMatch> matches, bool descending,
        Expression<Func<CustomerMatch, TValue>> value) =>
        descending ? matches.OrderByDescending(value).ThenByDescending(m => m.Customer.Id) : matches.OrderBy(value)
            .ThenBy(m => m.Customer.Id);
}
