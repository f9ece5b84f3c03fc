using System.Linq.Expressions;
using CrmPortal.Core.Common;
using CrmPortal.Core.Data;

namespace CrmPortal.Core.Customers;

/// <summary>The orders of the customer list. The key breaks ties, so that pages neither lose nor repeat rows; each has an index.</summary>
internal static class CustomerOrdering
{
    public static KeyList Listed(this IQueryable<CustomerMatch> matches, CustomerSort sort, bool descending) => sort switch
    {
        CustomerSort.Name => By(matches, descending, m => m.Customer.SortName),
        CustomerSort.Email => Partly(matches, descending, m => m.Customer.EmailKey, m => m.Customer.EmailKey != null),
        CustomerSort.LastInteraction => By(matches, descending, m => m.Customer.LastInteractionAt),
        CustomerSort.Updated => By(matches, descending, m => m.Customer.UpdatedAt),
        CustomerSort.Orders => By(matches, descending, m => m.Customer.OrderCount),
        CustomerSort.Spent => By(matches, descending, m => m.Customer.TotalSpent),
        CustomerSort.AverageOrder => Partly(matches, descending, m => m.Customer.AverageOrder, m => m.Customer.AverageOrder != null),
        CustomerSort.LastOrder => Partly(matches, descending, m => m.Customer.LastOrderAt, m => m.Customer.LastOrderAt != null),
        _ => new(backwards => (descending != backwards ? matches.OrderByDescending(m => m.Key) : matches.OrderBy(m => m.Key)).Select(m => m.Key)),
    };

    private static KeyList By<TValue>(IQueryable<CustomerMatch> matches, bool descending, Expression<Func<CustomerMatch, TValue>> value) =>
        new(backwards => Sorted(matches, descending != backwards, value));

    private static KeyList Partly<TValue>(
        IQueryable<CustomerMatch> matches, bool descending, Expression<Func<CustomerMatch, TValue>> value, Expression<Func<CustomerMatch, bool>> isKnown)
    {
        var isUnknown = Expression.Lambda<Func<CustomerMatch, bool>>(Expression.Not(isKnown.Body), isKnown.Parameters);
        return new(backwards => Sorted(matches.Where(isKnown), descending != backwards, value), backwards => Sorted(matches.Where(isUnknown), descending != backwards, value));
    }

    private static IQueryable<long> Sorted<TValue>(IQueryable<CustomerMatch> matches, bool descending, Expression<Func<CustomerMatch, TValue>> value) =>
        (descending ? matches.OrderByDescending(value).ThenByDescending(m => m.Customer.Id) : matches.OrderBy(value).ThenBy(m => m.Customer.Id)).Select(m => m.Customer.Id);
}
