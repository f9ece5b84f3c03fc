using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Imports;

/// <summary>Reads the lines of a street: the number from a column of its own, and lines that stand in one cell.</summary>
internal sealed class StreetCells(RowReader row)
{
    private const int LongestCell = 1_000;

    public (string? Line1, string? Line2) Read()
    {
        var (first, second) = (row.Optional(ImportFields.Line1, LongestCell), row.Optional(ImportFields.Line2, LongestCell));
        // A whole address in one cell, of which nothing is known but the country.
        if (first is { Length: 2 } && IsoCodes.Countries.Contains(first)) first = null;
        var more = "";
        if (first?.IndexOfAny(['\n', '\r']) >= 0)
        {
            var lines = first.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            (first, more) = (lines.FirstOrDefault(), string.Join(", ", lines.Skip(1)));
        }

        if (first is not null && row.Optional(ImportFields.HouseNumber, 20) is { } number)
            first += " " + number + (row.Optional(ImportFields.HouseAddition, 20) is { } addition ? " " + addition : "");
        second = second is null ? more : more.Length == 0 ? second : $"{more}, {second}";
        second = string.Join(", ", second.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return (Fitting(ImportFields.Line1, first), Fitting(ImportFields.Line2, second));
    }

    private string? Fitting(string field, string? line)
    {
        if (string.IsNullOrEmpty(line)) return null;
        if (line.Length <= AddressService.LineLength) return line;
        row.Skip(Skipped.Text, field, line);
        return null;
    }
}
