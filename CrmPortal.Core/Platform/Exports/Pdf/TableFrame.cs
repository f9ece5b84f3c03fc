namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>The page that a table needs, and how its columns share it.</summary>
internal sealed class TableFrame
{
    public const double Margin = 36;
    public const double Padding = 4;
    private const double Short = 595.28;
    private const double Long = 841.89;
    private const double LetterWidth = 0.56;

    /// <summary>Digits are wider than most letters, and phones and numbers are all digits.</summary>
    private const double DigitWidth = 0.64;
    private const double UsualSize = 8;
    private const double SmallSize = 6.5;

    /// <summary>How far columns of text may be pressed together before the letters become smaller.</summary>
    private const double NarrowestShare = 0.6;

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
        foreach (var (width, height, size, isTight) in new[] { (Short, Long, UsualSize, false), (Long, Short, UsualSize, true),
            (Long, Short, SmallSize, true) })
        {
            var wanted = columns.Select(c => Wanted(c, widestWord(c), size)).ToArray();
            var room = width - (2 * Margin);
            if (wanted.Sum() <= room) return new(width, height, size, Scaled(wanted, room));
            // Texts may break; what is one number, day or phone stays in one piece.
            var kept = wanted.Where((_, i) => columns[i].IsWhole).Sum();
            var share = (room - kept) / (wanted.Sum() - kept);
            if (isTight && share >= NarrowestShare)
                return new(width, height, size, Scaled([.. wanted.Select((w, i) => columns[i].IsWhole ? w : w * share)], room));
        }

        // Too many for any page: texts give way as far as their headings, then all alike.
        var (most, page) = (columns.Select(c => Wanted(c, widestWord(c), SmallSize)).ToArray(), Long - (2 * Margin));
        var least = columns.Select((c, i) => c.IsWhole ? most[i] : Math.Min(most[i], Least(widestWord(c)))).ToArray();
        var part = most.Sum() <= least.Sum() ? 0 : Math.Clamp((page - least.Sum()) / (most.Sum() - least.Sum()), 0, 1);
        return new(Long, Short, SmallSize, Scaled([.. most.Select((w, i) => least[i] + ((w - least[i]) * part))], page));
    }

    private static double Least(int widestWord) => (widestWord * SmallSize / 1000) + 0.5 + (2 * Padding);

    /// <summary>A heading is broken between words at most.</summary>
    private static double Wanted(ExportColumn column, int widestWord, double size)
    {
        var usual = Math.Clamp(column.Width, 4, 60) * (column.IsWhole ? DigitWidth : LetterWidth) * size;
        return Math.Max(usual, (widestWord * size / 1000) + 0.5) + (2 * Padding);
    }

    private static double[] Scaled(double[] widths, double room)
    {
        var factor = room / widths.Sum();
        return [.. widths.Select(w => Math.Round(w * factor, 2))];
    }
}
