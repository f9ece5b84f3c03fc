using System.Text.RegularExpressions;

namespace CrmPortal.Core.Customers;

/// <summary>
/// Postal codes by country: the shape that the postal union's addressing pages give for it. A country that is not in the table is
/// not checked, since a wrong refusal is worse than a wrong code.
/// </summary>
public static partial class PostalCode
{
    private static readonly Dictionary<string, Regex> Shapes = new()
    {
        ["US"] = FiveOrNine(), ["CA"] = Canadian(), ["GB"] = British(), ["IE"] = Irish(), ["NL"] = Dutch(), ["PT"] = Portuguese(),
            ["PL"] = Polish(), ["BR"] = Brazilian(), ["JP"] = Japanese(),
        ["SE"] = ThreeAndTwo(), ["GR"] = ThreeAndTwo(), ["CZ"] = ThreeAndTwo(), ["SK"] = ThreeAndTwo(),
        ["DE"] = Five(), ["ES"] = Five(), ["FR"] = Five(), ["IT"] = Five(), ["MX"] = Five(), ["FI"] = Five(), ["TR"] = Five(),
            ["UA"] = Five(), ["EE"] = Five(), ["HR"] = Five(), ["RS"] = Five(), ["KR"] = Five(), ["TH"] = Five(), ["MY"] = Five(),
        ["AT"] = Four(), ["CH"] = Four(), ["BE"] = Four(), ["DK"] = Four(), ["NO"] = Four(), ["LU"] = Four(), ["HU"] = Four(),
            ["BG"] = Four(), ["SI"] = Four(), ["AU"] = Four(), ["NZ"] = Four(), ["ZA"] = Four(),
        ["IN"] = Six(), ["CN"] = Six(), ["RU"] = Six(), ["RO"] = Six(), ["SG"] = Six(), ["CO"] = Six(), ["VN"] = Six(),
    };

    /// <summary>The code in capitals and with single blanks.</summary>
    /// <param name="isGood">Whether the code has the shape of the country's; a blank one and one of an unknown country are good.</param>
    public static string? Checked(string? typed, string country, out bool isGood)
    {
        isGood = true;
        if (string.IsNullOrWhiteSpace(typed)) return null;
        var code = Blanks().Replace(typed.Trim(), " ").ToUpperInvariant();
        isGood = !Shapes.TryGetValue(country, out var shape) || shape.IsMatch(code);
        return code;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"^\d{4}$")]
    private static partial Regex Four();

    [GeneratedRegex(@"^\d{5}$")]
    private static partial Regex Five();

    [GeneratedRegex(@"^\d{3} ?\d{3}$")]
    private static partial Regex Six();

    [GeneratedRegex(@"^\d{5}(-\d{4})?$")]
    private static partial Regex FiveOrNine();

    [GeneratedRegex(@"^\d{3} ?\d{2}$")]
    private static partial Regex ThreeAndTwo();

    [GeneratedRegex(@"^[A-Z]\d[A-Z] ?\d[A-Z]\d$")]
    private static partial Regex Canadian();

    [GeneratedRegex(@"^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$")]
    private static partial Regex British();

    [GeneratedRegex(@"^[A-Z]\d[\dW] ?[A-Z\d]{4}$")]
    private static partial Regex Irish();

    [GeneratedRegex(@"^\d{4} ?[A-Z]{2}$")]
    private static partial Regex Dutch();

    [GeneratedRegex(@"^\d{4}-\d{3}$")]
    private static partial Regex Portuguese();

    [GeneratedRegex(@"^\d{2}-\d{3}$")]
    private static partial Regex Polish();

    [GeneratedRegex(@"^\d{5}-?\d{3}$")]
    private static partial Regex Brazilian();

    [GeneratedRegex(@"^\d{3}-?\d{4}$")]
    private static partial Regex Japanese();
}
