namespace CrmPortal.Core.Imports;

/// <summary>
/// Which line that is there a line of the file is. Lines are changed and never replaced: refunds, points and people name them by their
/// keys.
/// </summary>
internal static class LineMatching
{
    /// <summary>Pairs lines that are alike first, then those of one product, in their order.</summary>
    /// <param name="present">In the order of their keys.</param>
    /// <param name="isSame">Whether nothing of a line differs.</param>
    /// <param name="isProduct">Whether both are of one product.</param>
    public static (List<(T There, StagedOrderLine Line)> Same, List<(T There, StagedOrderLine Line)> Changed, List<StagedOrderLine> New,
        List<T> Missing) Of<T>(
        IEnumerable<T> present, IEnumerable<StagedOrderLine> lines, Func<T, StagedOrderLine, bool> isSame,
            Func<T, StagedOrderLine, bool> isProduct)
    {
        var (missing, open) = (present.ToList(), lines.ToList());
        var same = Take(isSame);
        var changed = Take(isProduct);
        return (same, changed, open, missing);

        List<(T There, StagedOrderLine Line)> Take(Func<T, StagedOrderLine, bool> fits)
        {
            var pairs = new List<(T There, StagedOrderLine Line)>();
            foreach (var line in open.ToList())
            {
                var at = missing.FindIndex(there => fits(there, line));
                if (at < 0) continue;
                pairs.Add((missing[at], line));
                missing.RemoveAt(at);
                open.Remove(line);
            }

            return pairs;
        }
    }
}
