namespace CrmPortal.Core.Imports;

/// <summary>
/// The sentences about values that are left out while their row comes in. Each is counted by its column, with the first value as an
/// example.
/// </summary>
internal static class Skipped
{
    public const string Date = "{0}: a value such as “{1}” is not a date; it is skipped.";
    public const string Year = "{0}: a birthday such as “{1}” has no year; it is skipped.";
    public const string Birth = "{0}: a date of birth such as “{1}” is not between 1900 and today; it is skipped.";
    public const string Email = "{0}: a value such as “{1}” is not an e-mail address; it is skipped.";
    public const string Phone = "{0}: a value such as “{1}” is not a valid phone number in its country; it is skipped.";
    public const string Language = "{0}: a value such as “{1}” is not a language; it is skipped.";
    public const string Currency = "{0}: a value such as “{1}” is not a currency code; it is skipped.";
    public const string YesNo = "{0}: a value such as “{1}” is neither yes nor no; it is skipped.";
    public const string Number = "{0}: a value such as “{1}” is not a number; it is skipped.";
    public const string Text = "{0}: a value such as “{1}” is too long or cannot be stored; it is skipped.";
    public const string Tag = "{0}: a tag such as “{1}” is too long; it is skipped.";
    public const string Choice = "{0}: a value such as “{1}” cannot be put into this field; it is skipped.";

    private static readonly HashSet<string> All = [Date, Year, Birth, Email, Phone, Language, Currency, YesNo, Number, Text, Tag, Choice];

    public static bool Is(string sentence) => All.Contains(sentence);
}
