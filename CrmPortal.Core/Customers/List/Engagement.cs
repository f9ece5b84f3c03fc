using System.Linq.Expressions;
using CrmPortal.Core.Platform.Filtering;

namespace CrmPortal.Core.Customers;

/// <summary>How close a customer is to the shop at the moment: new, active or dormant.</summary>
internal static class Engagement
{
    /// <summary>Whoever was first seen within so many days is new.</summary>
    private const int NewDays = 30;

    /// <summary>Whoever ordered, wrote or signed in within so many days is active, unless they are new.</summary>
    private const int ActiveDays = 90;

    public static IReadOnlyDictionary<string, Func<FilterContext, Expression<Func<Customer, bool>>>> Levels { get; } =
        new Dictionary<string, Func<FilterContext, Expression<Func<Customer, bool>>>>
        {
            ["new"] = context =>
            {
                var since = context.DaysAgo(NewDays);
                return c => (c.FirstContactAt ?? c.CreatedAt) >= since;
            },
            ["active"] = context =>
            {
                var (since, last) = (context.DaysAgo(NewDays), context.DaysAgo(ActiveDays));
                return c => (c.FirstContactAt ?? c.CreatedAt) < since && c.LastInteractionAt >= last;
            },
            ["dormant"] = context =>
            {
                var (since, last) = (context.DaysAgo(NewDays), context.DaysAgo(ActiveDays));
                return c => (c.FirstContactAt ?? c.CreatedAt) < since && c.LastInteractionAt < last;
            },
        };
}
