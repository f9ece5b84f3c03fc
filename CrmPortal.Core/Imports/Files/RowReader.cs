using System.Buffers;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.Imports;

/// <summary>The cells of one row by the names of their fields, and what is wrong with them.</summary>
internal sealed partial class RowReader
{
    private static readonly SearchValues<char> NoDateSigns = SearchValues.Create("0-/.: T");
    private readonly ImportPlan _plan;
    private readonly FileProfile _profile;
    private readonly Dictionary<string, (string Text, DateTime Value)> _dates = [];
    private readonly Dictionary<string, ColumnForm> _forms = [];
    private List<ImportNotice>? _notices;
    private CsvRow _row;

    public RowReader(ImportPlan plan, FileProfile profile)
    {
        (_plan, _profile) = (plan, profile);
        foreach (var (field, at) in plan.Columns) _forms[field] = ColumnForm.Of(plan, profile.Columns[at]);
    }

    /// <summary>Why the row is rejected; null while nothing is wrong.</summary>
    public FieldError? Fault { get; private set; }

    /// <summary>What was left out of the row so far, handed over once.</summary>
    public List<ImportNotice>? TakeNotices()
    {
        var notices = _notices;
        _notices = null;
        return notices;
    }

    public void Begin(CsvRow row)
    {
        _row = row;
        Fault = null;
        _notices = null;
        if (row.HasStrayQuote) Reject("There is a quotation mark in the middle of a cell; double it, or put the cell in quotation marks.");
        else if (row.Cells.Length < _profile.Columns.Count
            || row.Cells.Skip(_profile.Columns.Count).Any(c => !string.IsNullOrWhiteSpace(c)))
            Reject("The row has {0} cells, the first row has {1}.", row.Cells.Length, _profile.Columns.Count);
    }

    /// <summary>Whether the plan has a column for a field.</summary>
    public bool Has(string field) => _forms.ContainsKey(field);

    /// <summary>Whether the times of a field's column are in UTC, as its heading says.</summary>
    public bool IsUtc(string field) => _forms.TryGetValue(field, out var form) && form.IsUtc;

    /// <summary>Says that a value of a field cannot be read and is left out, while the rest of the row comes in.</summary>
    public void Skip(string sentence, string field, string value) => (_notices ??= []).Add(new(sentence, [LabelOf(field), Short(value)]));

    /// <summary>Says something of the row.</summary>
    public void Notice(ImportNotice notice) => (_notices ??= []).Add(notice);

    /// <summary>The text of a cell that nobody is rejected for; one that is too long or cannot be stored is left out.</summary>
    public string? Optional(string field, int longest)
    {
        if (!_plan.Columns.TryGetValue(field, out var at) || at >= _row.Cells.Length) return null;
        var text = StoredText.Composed(FormulaGuard.Unguard(_row.Cells[at]).Trim());
        if (text.Length == 0) return null;
        if (text.Length <= longest && !StoredText.IsUnstorable(text)) return text;
        Skip(Skipped.Text, field, StoredText.Clean(text));
        return null;
    }

    /// <summary>The text of a field's cell, or null where it is blank or the field has no column.</summary>
    public string? Text(string field, int longest)
    {
        if (!_plan.Columns.TryGetValue(field, out var at) || at >= _row.Cells.Length) return null;
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
        // What a spreadsheet was told to leave as text; it is no part of the key.
        if (text is ['\'', .. { Length: > 0 } digits] && digits.All(char.IsAsciiDigit)) text = digits;
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
        var format = _forms[field].DateFormat;
        if (ValueReader.TryDate(text, format, out var value))
        {
            _dates[field] = (text, value);
            return value;
        }

        Reject("{0}: “{1}” is not a date such as {2}.", LabelOf(field), Short(text), format);
        return null;
    }

    /// <summary>A time that nobody is rejected for.</summary>
    public DateTime? OptionalDate(string field)
    {
        if (Optional(field, 60) is not { } text || IsNoDate(text)) return null;
        if (ValueReader.TryDate(text, _forms[field].DateFormat, out var value)) return value;
        Skip(Skipped.Date, field, text);
        return null;
    }

    /// <summary>A day that nobody is rejected for; one without its year is none.</summary>
    public DateOnly? OptionalDay(string field)
    {
        if (Optional(field, 60) is not { } text || IsNoDate(text)) return null;
        var isYearless = YearlessDay.Is(text);
        if (!isYearless && ValueReader.TryDay(text, _forms[field].DateFormat, out var day)) return day;
        Skip(isYearless ? Skipped.Year : Skipped.Date, field, text);
        return null;
    }

    /// <summary>Whether a date is written for none, such as <c>0000-00-00</c>.</summary>
    private static bool IsNoDate(string text) => text.AsSpan().IndexOfAnyExcept(NoDateSigns) < 0 || Placeholder.Is(text);

    public decimal? Number(string field)
    {
        if (Text(field, 40) is not { } text) return null;
        if (ValueReader.TryNumber(text, _forms[field].IsDecimalComma, out var value)) return value;
        Reject("{0}: “{1}” is not a number.", LabelOf(field), Short(text));
        return null;
    }

    /// <summary>A number that nobody is rejected for.</summary>
    public decimal? OptionalNumber(string field)
    {
        if (Optional(field, 40) is not { } text) return null;
        if (ValueReader.TryNumber(text, _forms[field].IsDecimalComma, out var value)) return value;
        if (!Placeholder.Is(text)) Skip(Skipped.Number, field, text);
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
    public string LabelOf(string field) => _plan.Columns.TryGetValue(field, out var at) && _profile.Columns[at].Name.Length > 0
        ? _profile.Columns[at].Name : field;

    public static string Short(string text) => text.Length <= 60 ? text : SearchText.Cut(text, 59) + "…";
}
