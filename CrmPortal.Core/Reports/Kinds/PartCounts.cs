using System.Linq.Expressions;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Filtering;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Reports;

/// <summary>How many rows lie in a part of a period.</summary>
/// <param name="Marked">Of those the ones that are looked for.</param>
internal sealed record PartCount(long Rows, long Marked);

/// <summary>Counts rows by the parts of a period: along an index of the time, and in one statement for many parts.</summary>
internal static class PartCounts
{
    /// <summary>An engine bears only so many comparisons within each other.</summary>
    private const int PartsOfStatement = 50;

    /// <summary>A count for each part, in their order.</summary>
    public static async Task<IReadOnlyList<PartCount>> OfAsync<T>(IQueryable<T> rows, Expression<Func<T, DateTimeOffset>> at,
        Expression<Func<T, bool>> mark, IReadOnlyList<ReportPart> parts, ShopClock clock, CancellationToken cancellationToken)
    {
        List<PartCount> counts = [];
        foreach (var some in parts.Chunk(PartsOfStatement))
        {
            var (row, starts) = (at.Parameters[0], some.Select(p => clock.StartOf(p.First)).ToList());
            var (start, end) = (starts[0], clock.EndOf(some[^1].Last));
            var isWithin = Expression.Lambda<Func<T, bool>>(Expression.AndAlso(
                Expression.GreaterThanOrEqual(at.Body, Expression.Constant(start)),
                Expression.LessThan(at.Body, Expression.Constant(end))), row);
            Expression number = Expression.Constant(some.Length - 1);
            for (var i = some.Length - 1; i > 0; i--)
            {
                number = Expression.Condition(Expression.LessThan(at.Body, Expression.Constant(starts[i])), Expression.Constant(i - 1),
                    number);
            }

            // The earliest comparison must come first: it is the outermost one.
            var cell = Expression.MemberInit(Expression.New(typeof(Cell)),
                Expression.Bind(typeof(Cell).GetProperty(nameof(Cell.Part))!, number),
                Expression.Bind(typeof(Cell).GetProperty(nameof(Cell.Mark))!, Expression.Condition(
                    FilterExpressions.Replaced(mark.Body, mark.Parameters[0], row), Expression.Constant(1L), Expression.Constant(0L))));
            var found = await rows.Where(isWithin).Select(Expression.Lambda<Func<T, Cell>>(cell, row)).GroupBy(c => c.Part)
                .Select(g => new { g.Key, Rows = g.LongCount(), Marked = g.Sum(c => c.Mark) })
                .ToDictionaryAsync(g => g.Key, g => new PartCount(g.Rows, g.Marked), cancellationToken);
            counts.AddRange(some.Select((_, i) => found.GetValueOrDefault(i) ?? new(0, 0)));
        }

        return counts;
    }

    private sealed class Cell
    {
        public int Part { get; init; }
        public long Mark { get; init; }
    }
}
