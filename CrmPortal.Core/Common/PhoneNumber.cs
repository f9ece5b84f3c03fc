namespace CrmPortal.Core.Common;

/// <summary>
/// Phone numbers as E.164. A small table stands in for a numbering-plan library: it knows the calling codes (ITU-T E.164 list
/// of assigned codes) and the longest length, not the plan of each country.
/// </summary>
public static class PhoneNumber
{
    private const int ShortestNational = 4;
    private const int LongestDigits = 15;

    private static readonly Dictionary<string, string> CodeByCountry = new(StringComparer.OrdinalIgnoreCase)
    {
        ["US"] = "1", ["CA"] = "1", ["EG"] = "20", ["ZA"] = "27", ["GR"] = "30", ["NL"] = "31", ["BE"] = "32", ["FR"] = "33", ["ES"] = "34",
        ["HU"] = "36", ["IT"] = "39", ["RO"] = "40", ["CH"] = "41", ["AT"] = "43", ["GB"] = "44", ["DK"] = "45", ["SE"] = "46", ["NO"] = "47",
        ["PL"] = "48", ["DE"] = "49", ["PE"] = "51", ["MX"] = "52", ["CU"] = "53", ["AR"] = "54", ["BR"] = "55", ["CL"] = "56", ["CO"] = "57",
        ["VE"] = "58", ["MY"] = "60", ["AU"] = "61", ["ID"] = "62", ["PH"] = "63", ["NZ"] = "64", ["SG"] = "65", ["TH"] = "66", ["RU"] = "7",
        ["KZ"] = "7", ["JP"] = "81", ["KR"] = "82", ["VN"] = "84", ["CN"] = "86", ["TR"] = "90", ["IN"] = "91", ["PK"] = "92", ["LK"] = "94",
        ["IR"] = "98", ["MA"] = "212", ["DZ"] = "213", ["TN"] = "216", ["NG"] = "234", ["GH"] = "233", ["KE"] = "254", ["ET"] = "251",
        ["PT"] = "351", ["LU"] = "352", ["IE"] = "353", ["IS"] = "354", ["MT"] = "356", ["CY"] = "357", ["FI"] = "358", ["BG"] = "359",
        ["LT"] = "370", ["LV"] = "371", ["EE"] = "372", ["UA"] = "380", ["RS"] = "381", ["HR"] = "385", ["SI"] = "386", ["CZ"] = "420",
        ["SK"] = "421", ["BD"] = "880", ["TW"] = "886", ["SA"] = "966", ["AE"] = "971", ["IL"] = "972", ["NP"] = "977", ["HK"] = "852",
    };

    /// <summary>Countries whose national numbers keep their leading zero abroad.</summary>
    private static readonly HashSet<string> KeepsZero = new(StringComparer.OrdinalIgnoreCase) { "IT" };

    /// <summary>Writes a phone as E.164, such as <c>+442079460958</c>.</summary>
    /// <param name="typed">With + or 00 and the calling code, or as written within <paramref name="country"/>.</param>
    /// <param name="country">ISO 3166-1 alpha-2 of the country that a number without calling code belongs to.</param>
    /// <returns>False if the text cannot be a phone.</returns>
    public static bool TryNormalize(string typed, string? country, out string e164)
    {
        e164 = "";
        var text = typed.Trim().Replace("(0)", "", StringComparison.Ordinal);
        if (text.Length > 40 || text.Any(c => !char.IsAsciiDigit(c) && !" +-()/.\u00a0".Contains(c, StringComparison.Ordinal))) return false;
        if (text.LastIndexOf('+') > 0) return false;
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        if (!text.StartsWith('+'))
        {
            if (digits.StartsWith("00", StringComparison.Ordinal)) digits = digits[2..];
            else if (country is not null && CodeByCountry.TryGetValue(country, out var code))
                digits = code + (digits.StartsWith('0') && !KeepsZero.Contains(country) ? digits[1..] : digits);
            else return false;
        }

        if (digits.Length is < ShortestNational + 2 or > LongestDigits || digits[0] == '0') return false;
        e164 = "+" + digits;
        return true;
    }
}
