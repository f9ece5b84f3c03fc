using System.Globalization;
using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Network;

/// <summary>What an access server is told with an acceptance: what follows from the tariff, and what the shop wrote beside it.</summary>
internal static partial class AccessAttributes
{
    /// <summary>So often an access server tells how much went through, in seconds.</summary>
    public const int InterimSeconds = 600;

    private const long BitsPerKilobit = 1_000;

    /// <summary>The lines as they are stored, or null for none.</summary>
    public static string? Checked(IReadOnlyList<string> lines, int most, List<FieldError> errors)
    {
        const string Field = nameof(TariffInput.Attributes);
        var kept = lines.Select(l => StoredText.Composed(l.Trim())).Where(l => l.Length > 0).ToList();
        if (kept.Count > most) errors.Add(new(Field, "There can be {0} attributes.", most));
        if (kept.Find(l => !Line().IsMatch(l) || StoredText.IsUnstorable(l) || l.Any(char.IsControl)) is { } wrong)
            errors.Add(new(Field, "Write each attribute as a line such as Filter-Id = guests; this is none: {0}", wrong));
        var text = string.Join('\n', kept);
        if (text.Length > TariffPlan.AttributesLength)
            errors.Add(new(Field, "This is too long; {0} characters are allowed.", TariffPlan.AttributesLength));
        return kept.Count == 0 ? null : text;
    }

    public static IReadOnlyList<string> Lines(string? stored) => stored?.Split('\n') ?? [];

    /// <summary>All that an accepted connection of a tariff is told; a line that names nothing takes what would follow away.</summary>
    public static IReadOnlyList<KeyValuePair<string, object>> Of(int? downKbps, int? upKbps, int? sessionSeconds, int? idleSeconds,
        string? stored)
    {
        var follows = new List<KeyValuePair<string, object>> { new("Acct-Interim-Interval", (long)InterimSeconds) };
        if (sessionSeconds is { } session) follows.Add(new("Session-Timeout", (long)session));
        if (idleSeconds is { } idle) follows.Add(new("Idle-Timeout", (long)idle));
        Rate("WISPr-Bandwidth-Max-Down", downKbps);
        Rate("WISPr-Bandwidth-Max-Up", upKbps);
        var written = new List<KeyValuePair<string, object>>();
        foreach (var line in Lines(stored).Select(l => Line().Match(l)).Where(m => m.Success))
        {
            var (name, value) = (line.Groups["name"].Value, Filled(line.Groups["value"].Value, downKbps, upKbps));
            follows.RemoveAll(t => string.Equals(t.Key, name, StringComparison.OrdinalIgnoreCase));
            // An integer that is sent as a text is dropped, and a text that is all digits is read as one all the same.
            if (value.Length > 0)
                written.Add(new(name, uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (long)number
                    : value));
        }

        return [.. follows, .. written];

        void Rate(string name, int? kbps)
        {
            // What does not fit into 32 bits would be dropped by the access server or its RADIUS server.
            if (kbps * BitsPerKilobit is { } bits and <= uint.MaxValue) follows.Add(new(name, bits));
        }
    }

    private static string Filled(string value, int? downKbps, int? upKbps) => value
        .Replace("{down}", (downKbps ?? 0).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{up}", (upKbps ?? 0).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    [GeneratedRegex(@"^(?<name>[A-Za-z0-9][A-Za-z0-9.-]{0,63})\s*=\s*(?<value>.{0,247})$")]
    private static partial Regex Line();
}
