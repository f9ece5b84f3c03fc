using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.Imports;

/// <summary>Reads a whole file once to know its columns: a date's day and month can often be told apart only far below.</summary>
internal static class FileProfiler
{
    private const int PreviewRows = 8;
    private const int SampleRows = 200;
    private const int SamplesOfColumn = 3;
    private const int LongestSample = 80;

    /// <exception cref="RuleViolationException">There is no table in it; the sentence names the row.</exception>
    public static async Task<FileProfile> ReadAsync(Stream file, FileFormat format, IProgress<int>? progress,
        CancellationToken cancellationToken)
    {
        Column[]? columns = null;
        var (rows, ragged, firstRagged) = (0, 0, 0);
        var sample = new List<string[]>();
        var preview = new List<IReadOnlyList<string>>();
        var notices = new List<ImportNotice>();
        await foreach (var row in CsvRows.ReadAsync(file, format, cancellationToken))
        {
            if (row.IsBlank) continue;
            if (columns is null)
            {
                columns = [.. row.Cells
                    .Select((cell, i) => new Column(format.HasHeader && cell.Trim().Length > 0 ? Short(cell.Trim()) : ""))];
                if (format.HasHeader)
                {
                    foreach (var name in columns.GroupBy(c => c.Name).Where(g => g.Key.Length > 0 && g.Count() > 1))
                        notices.Add(new("Row {0}: {1} columns are called “{2}”; they are told apart by their position.",
                            [row.Number.ToString(System.Globalization.CultureInfo.InvariantCulture), name.Count()
                            .ToString(System.Globalization.CultureInfo.InvariantCulture), name.Key]));
                    continue;
                }
            }

            rows++;
            if (!Fits(row.Cells, columns) && ++ragged == 1) firstRagged = row.Number;
            if (preview.Count < PreviewRows) preview.Add([.. row.Cells.Select(Short)]);
            if (sample.Count < SampleRows) sample.Add(row.Cells);
            for (var i = 0; i < Math.Min(columns.Length, row.Cells.Length); i++) columns[i].Look(row.Cells[i]);
            if (rows % 10_000 == 0) progress?.Report(rows);
        }

        if (columns is null) throw new RuleViolationException("File", "The file is empty.");
        if (rows == 0) throw new RuleViolationException("File", "The file has a header and no rows below it.");
        if (ragged > 0)
            notices.Add(new("{0} rows have a different number of cells from the first row; the first of them is row {1}.",
                [ragged.ToString(System.Globalization.CultureInfo.InvariantCulture),
                firstRagged.ToString(System.Globalization.CultureInfo.InvariantCulture)]));
        var used = columns.Length;
        // A separator at the end of the first row makes a heading of nothing over nothing.
        while (used > 1 && format.HasHeader && columns[used - 1] is { Name.Length: 0, IsBlank: true }) used--;
        return new([.. columns.Take(used).Select(c => c.Profile())], rows, preview, notices) { Sample = sample };
    }

    /// <summary>Whether a row has a cell for each heading; cells without a heading may be there or not where they are blank.</summary>
    private static bool Fits(string[] cells, Column[] columns)
    {
        if (cells.Length == columns.Length) return true;
        return cells.Length < columns.Length ? columns.Skip(cells.Length).All(c => c.Name.Length == 0)
            : cells.Skip(columns.Length).All(string.IsNullOrWhiteSpace);
    }

    private static string Short(string cell) => cell.Length <= LongestSample ? cell : SearchText.Cut(cell, LongestSample - 1) + "…";

    private sealed class Column(string name)
    {
        private const int MissesAllowed = 50;
        private readonly List<string> _samples = [];
        private readonly Reading[] _dates =
            [.. ValueReader.DateFormats.Select(f => new Reading(text => ValueReader.TryDate(text, f, out _)))];
        private readonly Reading _point = new(text => ValueReader.TryNumber(text, false, out _));
        private readonly Reading _comma = new(text => ValueReader.TryNumber(text, true, out _));
        private bool _canSwap = true;
        private bool _hasOtherDay;
        private int _noDays;
        private readonly ColumnLooker _looker = new();
        private int _filled;
        private bool _hasNegative;
        private string _last = "";

        public string Name => name;

        public bool IsBlank => _filled == 0;

        public void Look(string cell)
        {
            if (string.IsNullOrWhiteSpace(cell)) return;
            _filled++;
            // Columns repeat themselves much; what was seen a moment ago says nothing new.
            if (cell == _last)
            {
                _looker.Repeat();
                return;
            }

            _last = cell;
            var text = cell.Trim();
            _looker.Add(text);
            if (_samples.Count < SamplesOfColumn && !_samples.Contains(text)) _samples.Add(Short(text));
            foreach (var date in _dates) date.Try(text);
            LookAtDayAndMonth(text);
            var isNumber = _point.Try(text) | _comma.Try(text);
            _hasNegative |= isNumber && text[0] == '-';
        }

        private void LookAtDayAndMonth(string text)
        {
            if (!_canSwap) return;
            var (isDayFirst, isMonthFirst, first, second) = (false, false, default(DateTime), default(DateTime));
            foreach (var (dayFirst, monthFirst) in ValueReader.Ambiguous)
            {
                isDayFirst = ValueReader.TryDate(text, dayFirst, out first);
                isMonthFirst = ValueReader.TryDate(text, monthFirst, out second);
                if (isDayFirst || isMonthFirst) break;
            }

            if (isDayFirst != isMonthFirst || (!isDayFirst && ++_noDays > MissesAllowed)) _canSwap = false;
            else if (isDayFirst && first != second) _hasOtherDay = true;
        }

        public ColumnProfile Profile()
        {
            // Where day and month could be either, both formats read nearly the same; one that reads clearly fewer values is wrong.
            var most = _dates.Max(d => d.Hits);
            var formats = _dates.Select((d, i) => (Reading: d, Format: ValueReader.DateFormats[i]))
                .Where(x => x.Reading.Fits && x.Reading.Hits >= most * 0.95).OrderByDescending(x => x.Reading.Hits);
            return new(name, _filled, _samples, [.. formats.Select(x => x.Format)], _point.Fits, _comma.Fits,
                _hasNegative) { IsDayOrMonth = _canSwap && _hasOtherDay, Look = _looker.End() };
        }

        /// <summary>
        /// A way to read values, given up after many that it cannot read; mistakes in a column do not speak against what most of it is.
        /// </summary>
        private sealed class Reading(Func<string, bool> reads)
        {
            private int _misses;

            public int Hits { get; private set; }

            public bool Fits => Hits > 0 && _misses <= Hits;

            public bool Try(string text)
            {
                if (_misses > MissesAllowed && _misses > Hits) return false;
                var isRead = reads(text);
                if (isRead) Hits++;
                else _misses++;
                return isRead;
            }
        }
    }
}
