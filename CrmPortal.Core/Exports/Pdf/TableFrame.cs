namespace CrmPortal.Core.Exports.Pdf;

/// <summary>The page that a table needs, and how its columns share it.</summary>
internal sealed class TableFrame
{
    public const double Margin = 36;
    public const double Padding = 4;
    private const double Short = 595.28;
    private const double Long = 841.89;
    private const double LetterWidth = 0.56;
    private const double UsualSize = 8;
    private const double SmallSize = 6.5;

    private TableFrame(double width, double height, double size, IReadOnlyList<double> widths) =>
        (PageWidth, PageHeight, Size, Widths) = (width, height, size, widths);

    public double PageWidth { get; }

    public double PageHeight { get; }

    /// <summary>The size of the table's letters.</summary>
    public double Size { get; }

    public double LineHeight => Size * 1.34;

    /// <summary>Of each column with its padding.</summary>
    public IReadOnlyList<double> Widths { get; }

    /// <summary>A4 upright where the columns fit, else across, else across with smaller letters.</summary>
    public static TableFrame For(IReadOnlyList<ExportColumn> columns, Func<ExportColumn, int> widestWord)
    {
        var wanted = Wanted(UsualSize);
        if (wanted.Sum() <= Short - (2 * Margin)) return new(Short, Long, UsualSize, Shared(wanted, Short - (2 * Margin)));
        if (wanted.Sum() <= (Long - (2 * Margin)) * 1.25) return new(Long, Short, UsualSize, Shared(wanted, Long - (2 * Margin)));
        return new(Long, Short, SmallSize, Shared(Wanted(SmallSize), Long - (2 * Margin)));

        // A heading is broken between words at most.
        double[] Wanted(double size) =>
            [.. columns.Select(c => Math.Max(Math.Clamp(c.Width, 4, 60) * LetterWidth * size, (widestWord(c) * size / 1000) + 0.5) + (2 * Padding))];
    }

    private static double[] Shared(double[] wanted, double width)
    {
        var factor = width / wanted.Sum();
        return [.. wanted.Select(w => Math.Round(w * factor, 2))];
    }
}
