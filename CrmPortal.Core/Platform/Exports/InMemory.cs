namespace CrmPortal.Core.Platform.Exports;

/// <summary>Small tables that are built in memory.</summary>
internal static class InMemory
{
    public static ExportTable Table(string title, string shopName, DateTimeOffset madeAt, ExportAudience audience,
        IEnumerable<ExportColumn> columns, IReadOnlyList<object?[]> rows)
    {
        IReadOnlyList<ExportColumn> titled = [.. columns.Select(c => c with { Title = audience.Title(c.Title) })];
        var totals = new RunningTotals(titled, audience.Words.Total);
        return new() { Title = title, ShopName = shopName, MadeAt = madeAt, Audience = audience, Columns = titled,
            Rows = totals.AddAsync(RowsAsync(rows)), Totals = totals.Row };
    }

    private static async IAsyncEnumerable<object?[]> RowsAsync(IReadOnlyList<object?[]> rows)
    {
        await Task.CompletedTask;
        foreach (var row in rows) yield return row;
    }
}
