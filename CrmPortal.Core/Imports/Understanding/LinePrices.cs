namespace CrmPortal.Core.Imports;

/// <summary>
/// Whether a column of prices holds those of all pieces of a line together: where one product was bought in different quantities, its
/// price grows with them.
/// </summary>
internal static class LinePrices
{
    public static bool AreOfAllPieces(FileProfile profile, Dictionary<string, int> columns)
    {
        if (!columns.TryGetValue(ImportFields.Quantity, out var quantityAt) || !columns.TryGetValue(ImportFields.UnitPrice, out var priceAt)
            || !(columns.TryGetValue(ImportFields.Product, out var productAt)
                || columns.TryGetValue(ImportFields.Description, out productAt))) return false;
        var rows = profile.Sample.Count > 0 ? profile.Sample : profile.Preview;
        var (grows, stays) = (0, 0);
        foreach (var product in rows.Where(r => r.Count > Math.Max(productAt, Math.Max(quantityAt, priceAt)))
            .GroupBy(r => r[productAt].Trim()).Where(g => g.Key.Length > 0))
        {
            var bought = product.Select(r => (Quantity: Number(r, quantityAt), Price: Number(r, priceAt)))
                .Where(b => b is { Quantity: > 0, Price: > 0 }).ToList();
            for (var i = 1; i < bought.Count; i++)
            {
                if (bought[i].Quantity == bought[0].Quantity) continue;
                if (bought[i].Price == bought[0].Price) stays++;
                else if (Math.Abs((bought[i].Price / bought[i].Quantity) - (bought[0].Price / bought[0].Quantity)) < 0.01m) grows++;
            }
        }

        return grows > stays;

        decimal Number(IReadOnlyList<string> row, int at)
        {
            var column = profile.Columns[at];
            return ValueReader.TryNumber(row[at], column is { IsNumber: false, IsCommaNumber: true }, out var value) ? value : 0;
        }
    }
}
