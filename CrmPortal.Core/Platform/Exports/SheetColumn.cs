namespace CrmPortal.Core.Platform.Exports;

/// <summary>
/// A column of a CSV file or a workbook. An amount is a bare number there, so its currency is in the heading where all rows
/// share it, and in a column of its own beside the amount where each row has its own.
/// </summary>
/// <param name="Source">Whose column of the table it is read from.</param>
internal sealed record SheetColumn(ExportColumn Column, string Title, int Source, bool IsCurrency)
{
    private const int CurrencyWidth = 8;

    public static IReadOnlyList<SheetColumn> Of(ExportTable table)
    {
        var columns = new List<SheetColumn>(table.Columns.Count + 1);
        var isOnly = table.Columns.Count(HasOwnCurrencies) == 1;
        foreach (var (index, column) in table.Columns.Index())
        {
            var title = column is { Kind: ExportKind.Money, Currency: { } currency } ? $"{column.Title} ({currency})" : column.Title;
            columns.Add(new(column, title, index, IsCurrency: false));
            if (!HasOwnCurrencies(column)) continue;
            var word = table.Audience.Words.Currency;
            var heading = isOnly ? word : $"{column.Title}: {word}";
            var beside = new ExportColumn(column.Name + "_currency", heading, ExportKind.Text, CurrencyWidth);
            columns.Add(new(beside, beside.Title, index, IsCurrency: true));
        }

        return columns;
    }

    public object? Value(object?[] row) => IsCurrency ? (row[Source] as ExportAmount)?.Currency : row[Source];

    private static bool HasOwnCurrencies(ExportColumn column) => column is { Kind: ExportKind.Money, Currency: null };
}
