using System.Linq.Expressions;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Loyalty;

/// <summary>
/// Months of the shop as numbers, said as comparisons that every database answers: 0 is before the first, 1 the first month, and
/// one more than there are is everything after the last.
/// </summary>
internal sealed class MonthBuckets
{
    private readonly List<DateTimeOffset> _starts;

    public MonthBuckets(DateOnly first, int count, LocalZone zone)
    {
        Months = [.. Enumerable.Range(0, count).Select(first.AddMonths)];
        _starts = [.. Months.Append(first.AddMonths(count)).Select(m => zone.StartOf(m))];
    }

    public IReadOnlyList<DateOnly> Months { get; }

    /// <summary>The number of the month that an instant is in, as an expression.</summary>
    /// <param name="isEnd">Whether the instant is the first one after something, which belongs to the month before where it is a month's
    /// first.</param>
    public Expression NumberOf(Expression instant, bool isEnd = false)
    {
        Expression number = Expression.Constant(_starts.Count);
        for (var i = _starts.Count - 1; i >= 0; i--)
        {
            var start = Expression.Convert(Expression.Constant(_starts[i]), instant.Type);
            number = Expression.Condition(isEnd ? Expression.LessThanOrEqual(instant, start) : Expression.LessThan(instant, start),
                Expression.Constant(i), number);
        }

        return number;
    }

    /// <summary>The number of the month, in memory.</summary>
    public int NumberOf(DateTimeOffset instant) => _starts.Count(s => instant >= s);
}
