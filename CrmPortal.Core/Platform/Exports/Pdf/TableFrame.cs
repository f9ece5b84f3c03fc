namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>Columns of a table that lie beside each other.</summary>
/// <param name="Columns">Their places in the row.</param>
/// <param name="Widths">Of each with its padding.</param>
internal sealed record TablePart(IReadOnlyList<int> Columns, IReadOnlyList<double> Widths);

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

    /// <summary>So many letters stay in one line, however narrow a column becomes.</summary>
    private const int ShortWord = 8;

    /// <summary>No column takes more of a divided table than this share of the page.</summary>
    private const double LeastOfPart = 4;

    private const double EvenStep = 4;

    private TableFrame(double width, double height, double size, IReadOnlyList<TablePart> parts) =>
        (PageWidth, PageHeight, Size, Parts) = (width, height, size, parts);

    public double PageWidth { get; }

    public double PageHeight { get; }

    /// <summary>The size of the table's letters.</summary>
    public double Size { get; }

    public double LineHeight => Size * 1.34;

    /// <summary>The columns that lie beside each other; more than one part where no page is wide enough for all.</summary>
    public IReadOnlyList<TablePart> Parts { get; }

    /// <summary>
    /// A4 upright where the columns fit, else across, else across with smaller letters, else in parts that each begin with the first
    /// column.
    /// </summary>
    public static TableFrame For(IReadOnlyList<ExportColumn> columns, Func<ExportColumn, int> widestWord)
    {
        int[] all = [.. Enumerable.Range(0, columns.Count)];
        foreach (var (width, height, size, isTight) in new[] { (Short, Long, UsualSize, false), (Long, Short, UsualSize, true),
            (Long, Short, SmallSize, true) })
        {
            var wanted = columns.Select(c => Wanted(c, widestWord(c), size)).ToArray();
            var room = width - (2 * Margin);
            if (wanted.Sum() <= room) return new(width, height, size, [new(all, Scaled(wanted, room))]);
            // Texts may break; what is one number, day or phone stays in one piece.
            var kept = wanted.Where((_, i) => columns[i].IsWhole).Sum();
            var share = (room - kept) / (wanted.Sum() - kept);
            if (isTight && share >= NarrowestShare)
                return new(width, height, size,
                    [new(all, Scaled([.. wanted.Select((w, i) => columns[i].IsWhole ? w : w * share)], room))]);
        }

        // Texts give way as far as their headings and short words; beyond that words would break, and nobody reads those.
        var (most, page) = (columns.Select(c => Wanted(c, widestWord(c), SmallSize)).ToArray(), Long - (2 * Margin));
        var least = columns.Select((c, i) => c.IsWhole ? most[i] : Math.Min(most[i], Least(c, widestWord(c)))).ToArray();
        if (least.Sum() > page) return new(Long, Short, UsualSize, Divided(columns, widestWord, page));
        var part = most.Sum() <= least.Sum() ? 0 : (page - least.Sum()) / (most.Sum() - least.Sum());
        return new(Long, Short, SmallSize, [new(all, Scaled([.. most.Select((w, i) => least[i] + ((w - least[i]) * part))], page))]);
    }

    /// <summary>As few parts as hold all columns, each about as full as the others.</summary>
    private static List<TablePart> Divided(IReadOnlyList<ExportColumn> columns, Func<ExportColumn, int> widestWord, double page)
    {
        var wanted = columns.Select(c => Math.Min(Wanted(c, widestWord(c), UsualSize), page / LeastOfPart)).ToArray();
        var room = page - wanted[0];
        var count = Filled(room).Count;
        for (var limit = wanted.Skip(1).Sum() / count; limit < room; limit += EvenStep)
            if (Filled(limit) is var even && even.Count == count) return Framed(even);
        return Framed(Filled(room));

        List<List<int>> Filled(double limit)
        {
            List<List<int>> parts = [];
            var free = 0.0;
            for (var i = 1; i < wanted.Length; i++)
            {
                if (parts.Count == 0 || wanted[i] > free)
                {
                    parts.Add([]);
                    free = limit;
                }

                parts[^1].Add(i);
                free -= wanted[i];
            }

            return parts;
        }

        List<TablePart> Framed(List<List<int>> parts) => parts.ConvertAll(p => new TablePart([0, .. p],
            Scaled([wanted[0], .. p.Select(i => wanted[i])], page)));
    }

    private static double Least(ExportColumn column, int widestWord) => Math.Max((widestWord * SmallSize / 1000) + 0.5,
        Math.Min(column.Width, ShortWord) * LetterWidth * SmallSize) + (2 * Padding);

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
