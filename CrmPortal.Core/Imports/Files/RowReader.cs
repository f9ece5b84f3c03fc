using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.Imports;

/// <summary>The cells of one row by the names of their fields, and what is wrong with them.</summary>
internal sealed partial class RowReader(ImportPlan plan, FileProfile profile)
{
    private readonly Dictionary<string, (string Text, DateTime Value)> _dates = [];
    private CsvRow _row;

    /// <summary>Why the row is rejected; null while nothing is wrong.</summary>
    public FieldError? Fault { get; private set; }

    public void Begin(CsvRow row)
    {
        _row = row;
        Fault = null;
        if (row.HasStrayQuote) Reject("There is a quotation mark in the middle of a cell; double it, or put the cell in quotation marks.");
        else if (row.Cells.Length < profile.Columns.Count || row.Cells.Skip(profile.Columns.Count).Any(c => !string.IsNullOrWhiteSpace(c)))
            Reject("The row has {0} cells, the first row has {1}.", row.Cells.Length, profile.Columns.Count);
    }

    /// <summary>The text of a field's cell, or null where it is blank or the field has no column.</summary>
    public string? Text(string field, int longest)
    {
        if (!plan.Columns.TryGetValue(field, out var at) || at >= _row.Cells.Length) return null;
        var text = StoredText.Composed(FormulaGuard.Unguard(_row.Cells[at]).Trim());
        if (text.Length == 0) return null;
        if (text.Length > longest) Reject("{0}: “{1}” is too long; {2} characters are allowed.", LabelOf(field), Short(text), longest);
        else if (StoredText.IsUnstorable(text)) Reject("{0}: the cell contains a character that cannot be stored.", LabelOf(field));
        return text;
    }

    /// <summary>The text of a cell that tells one record from another; one whose last digits a spreadsheet rounded away tells
    /// nothing.</summary>
    public string? Key(string field, int longest)
    {
        var text = Text(field, longest);
        if (text is not null && Rounded().IsMatch(text))
            Reject("{0}: “{1}” is a number that a spreadsheet has shortened; its last digits are lost. Format the column as text there and save the file again.", LabelOf(field), Short(text));
        return text;
    }

    /// <summary>The bare cells of some columns.</summary>
    public string[] Cells(int[] columns) => Array.ConvertAll(columns, at => at < _row.Cells.Length ? _row.Cells[at] : "");

    public DateTime? Date(string field)
    {
        if (Text(field, 40) is not { } text) return null;
        // The lines of an order share their time.
        if (_dates.TryGetValue(field, out var seen) && seen.Text == text) return seen.Value;
        if (ValueReader.TryDate(text, plan.DateFormat, out var value))
        {
            _dates[field] = (text, value);
            return value;
        }

        Reject("{0}: “{1}” is not a date such as {2}.", LabelOf(field), Short(text), plan.DateFormat);
        return null;
    }

    public decimal? Number(string field)
    {
        if (Text(field, 40) is not { } text) return null;
        if (ValueReader.TryNumber(text, plan.IsDecimalComma, out var value)) return value;
        Reject("{0}: “{1}” is not a number.", LabelOf(field), Short(text));
        return null;
    }

    public void Reject(string sentence, params object[] arguments) => Fault ??= new("", sentence, arguments);

    /// <summary>Rejects the row for the first of some errors.</summary>
    public void Reject(IReadOnlyList<FieldError> errors)
    {
        if (errors is [{ } error, ..]) Reject(error.Message, error.Arguments);
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"^\d([.,]\d+)?E\+\d{2,}$", System.Text.RegularExpressions.RegexOptions.IgnoreCase)]
    private static partial System.Text.RegularExpressions.Regex Rounded();

    /// <summary>Of the field, where its column has a name as the file calls it.</summary>
    public string LabelOf(string field) => plan.Columns.TryGetValue(field, out var at) && profile.Columns[at].Name.Length > 0
        ? profile.Columns[at].Name : field;

    public static string Short(string text) => text.Length <= 60 ? text : SearchText.Cut(text, 59) + "…";
}
