namespace CrmPortal.Core.Analytics;

/// <summary>
/// Sums over many rows on every core. The rows are cut into the same parts on every machine, and the parts are added in order, so that
/// the sum is the same to the last digit however many cores there are.
/// </summary>
internal static class ParallelSum
{
    private const int PartSize = 8192;

    /// <summary>Adds the rows from <paramref name="start"/> up to <paramref name="end"/> to the sums.</summary>
    public delegate void AddRows(int start, int end, Span<double> sums);

    /// <param name="width">So many sums are made at once.</param>
    public static double[] Of(int rows, int width, AddRows add, CancellationToken cancellationToken)
    {
        var parts = new double[(rows + PartSize - 1) / PartSize][];
        Parallel.For(0, parts.Length, new ParallelOptions { CancellationToken = cancellationToken }, part =>
        {
            var sums = new double[width];
            add(part * PartSize, Math.Min(rows, (part + 1) * PartSize), sums);
            parts[part] = sums;
        });
        var total = new double[width];
        foreach (var part in parts)
            for (var i = 0; i < width; i++) total[i] += part[i];
        return total;
    }

    /// <summary>Does something to every part of the rows, on every core.</summary>
    public static void Each(int rows, Action<int, int> work, CancellationToken cancellationToken) =>
        Parallel.For(0, (rows + PartSize - 1) / PartSize, new ParallelOptions { CancellationToken = cancellationToken },
            part => work(part * PartSize, Math.Min(rows, (part + 1) * PartSize)));
}
