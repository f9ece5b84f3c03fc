using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Imports;

/// <summary>Looks at the first different values of a column; the rest of a long file would say nothing else.</summary>
internal sealed partial class ColumnLooker
{
    private const int Most = 500;
    private readonly HashSet<string> _seen = new(StringComparer.OrdinalIgnoreCase);

    public ColumnLook Look { get; } = new();

    /// <summary>What was seen, once all rows were.</summary>
    public ColumnLook End() => Look with { HasSpacedWords = Look.Lettered > 0 && SpacedWords.Are(_seen) };

    /// <summary>A value that stood in the row before.</summary>
    public void Repeat()
    {
        if (Look.Seen < Most) Look.Repeated++;
    }

    public void Add(string text)
    {
        if (Look.Seen >= Most) return;
        if (!_seen.Add(text))
        {
            Look.Repeated++;
            return;
        }

        Look.Seen++;
        var isLettered = text.Any(char.IsLetter);
        if (isLettered) Look.Lettered++;
        if (isLettered && text.Contains(' ', StringComparison.Ordinal)) Look.Worded++;
        if (text.Contains('@', StringComparison.Ordinal) && TextRules.IsEmail(text)) Look.Emails++;
        if (CalledPhone().IsMatch(text)) Look.Phones++;
        if (ValueReader.YesNo(text) is not null)
        {
            Look.YesNos++;
            if (text.Length > 1) Look.YesNoWords++;
        }

        if (text.Length == 2 && char.IsAsciiLetterUpper(text[0]) && IsoCodes.Countries.Contains(text)) Look.CountryCodes++;
        if (OwnNumber().IsMatch(text)) Look.OwnNumbers++;
        if (YearlessDay.Is(text)) Look.YearlessDays++;
    }

    [GeneratedRegex(@"^'?(\+|00)[1-9][0-9 ()./-]{6,20}$")]
    private static partial Regex CalledPhone();

    /// <summary>A number that this portal or another one of ours gave.</summary>
    [GeneratedRegex(@"^CUST-\d{8}-\d{4,10}$")]
    internal static partial Regex OwnNumber();
}
