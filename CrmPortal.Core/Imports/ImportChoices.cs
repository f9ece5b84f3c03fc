namespace CrmPortal.Core.Imports;

/// <summary>What people choose from when a file is not read as they mean it.</summary>
public static class ImportChoices
{
    /// <summary>IANA names.</summary>
    public static IReadOnlyList<string> Encodings => FileSniffer.Encodings;

    public static IReadOnlyList<char> Delimiters => FormatDetector.Delimiters;

    /// <summary>Each also with a time behind.</summary>
    public static IReadOnlyList<string> DateFormats => ValueReader.DateFormats;

    /// <summary>The day that a text is in a format, or null where it is none.</summary>
    public static DateTime? Reads(string text, string dateFormat) => ValueReader.TryDate(text, dateFormat, out var day) ? day : null;
}
