namespace CrmPortal.Core.Platform.Exports;

/// <summary>Adds up the summed columns of a table while its rows pass.</summary>
/// <param name="word">What is in the first cell of the closing row.</param>
internal sealed class RunningTotals(IReadOnlyList<ExportColumn> columns, string word)
{
    // Wider than any column: a sum that does not fit a cell is left out instead of wrong.
    private readonly Int128[] _sums = new Int128[columns.Count];
    private readonly string?[] _currencies = new string?[columns.Count];
    private readonly int[] _summed = [.. Enumerable.Range(0, columns.Count).Where(i => columns[i].IsSummed)];
    private readonly bool[] _isMixed = new bool[columns.Count];
    private long _rows;

    public async IAsyncEnumerable<object?[]> AddAsync(IAsyncEnumerable<object?[]> rows)
    {
        await foreach (var row in rows)
        {
            Add(row);
            yield return row;
        }
    }

    public void Add(IReadOnlyList<object?> row)
    {
        _rows++;
        foreach (var i in _summed) Add(i, row[i]);
    }

    /// <summary>The closing row, or null where nothing is to be summed. Amounts of different currencies have no sum.</summary>
    public IReadOnlyList<object?>? Row()
    {
        if (_rows == 0 || !columns.Any(c => c.IsSummed)) return null;
        var row = new object?[columns.Count];
        row[0] = word;
        for (var i = 1; i < columns.Count; i++)
        {
            if (!columns[i].IsSummed || _isMixed[i] || _sums[i] > long.MaxValue || _sums[i] < long.MinValue) continue;
            row[i] = _currencies[i] is { } currency ? new ExportAmount((long)_sums[i], currency) : (long)_sums[i];
        }

        return row;
    }

    private void Add(int column, object? value)
    {
        switch (value)
        {
            case int number: _sums[column] += number; break;
            case long number: _sums[column] += number; break;
            case ExportAmount amount:
                _isMixed[column] |= _currencies[column] is { } other && other != amount.Currency;
                _currencies[column] = amount.Currency;
                _sums[column] += amount.MinorUnits;
                break;
        }
    }
}
