using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Platform.Common;

/// <summary>The keys of a page, in its order.</summary>
internal sealed record KeyPage(IReadOnlyList<long> Keys, bool HasMore);

/// <summary>
/// The keys of a list in its order, forwards and backwards, along an index. Only keys are read on the way to a page, and from
/// the nearer end where the length is known, so that the last page costs what the first does.
/// </summary>
/// <param name="known">The rows that have a value to sort by; backwards on demand.</param>
/// <param name="unknown">The rows that have none; they come last in either direction, on every database.</param>
internal sealed class KeysetPager(Func<bool, IQueryable<long>> known, Func<bool, IQueryable<long>>? unknown = null)
{
    public async Task<KeyPage> ReadAsync(PageRequest page, CancellationToken cancellationToken)
    {
        var (skip, take) = page.Validated();
        return await ReadAsync(skip, take, page.Total, cancellationToken);
    }

    /// <param name="total">How many rows the list has, where that has been counted.</param>
    public async Task<KeyPage> ReadAsync(int skip, int take, int? total, CancellationToken cancellationToken)
    {
        if (total is not { } rows || skip <= rows / 2)
        {
            var keys = await PartAsync(known, unknown, false, skip, take + 1, cancellationToken);
            return new([.. keys.Take(take)], keys.Count > take);
        }

        // Counted from the end: rows that came or went since the count was taken move a page, but never break it.
        var wanted = Math.Min(take, rows - skip);
        if (wanted <= 0) return new([], false);
        var last = rows - skip - wanted;
        var backwards = unknown is null
            ? await PartAsync(known, null, true, last, wanted, cancellationToken)
            : await PartAsync(unknown, known, true, last, wanted, cancellationToken);
        backwards.Reverse();
        return new(backwards, last > 0);
    }

    private static async Task<List<long>> PartAsync(
        Func<bool, IQueryable<long>> first, Func<bool, IQueryable<long>>? second, bool isBackwards, int skip, int take,
            CancellationToken cancellationToken)
    {
        var keys = await first(isBackwards).Skip(skip).Take(take).ToListAsync(cancellationToken);
        if (second is null || keys.Count == take) return keys;
        var passed = keys.Count > 0 ? skip + keys.Count : await first(isBackwards).CountAsync(cancellationToken);
        keys.AddRange(await second(isBackwards).Skip(Math.Max(0, skip - passed)).Take(take - keys.Count).ToListAsync(cancellationToken));
        return keys;
    }
}
