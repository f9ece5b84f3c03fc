using System.Globalization;

namespace CrmPortal.Layout.Theme;

/// <summary>The tones of a colour in one theme.</summary>
/// <param name="Selected">The background of what is selected.</param>
internal sealed record AccentTones(string Accent, string Hover, string OnAccent, string Selected);

/// <summary>
/// What becomes of a shop's colour: in light a tone as dark, in dark one as light as text needs on each of the backgrounds. A colour that
/// is dark or light enough already stays as it is.
/// </summary>
internal sealed record AccentPalette(AccentTones Light, AccentTones Dark)
{
    /// <summary>The contrast of text that is read easily, by WCAG.</summary>
    public const double Readable = 4.5;

    private const double Step = 0.02;
    private static readonly string[] LightGrounds = ["#ffffff", "#f5f6f4", "#f0f3f1"];
    private static readonly string[] DarkGrounds = ["#171b20", "#101317", "#1e242b", "#232a32"];

    /// <summary>The tones of a colour such as <c>#17654f</c>; null where there is none.</summary>
    public static AccentPalette? Of(string? colour)
    {
        if (colour is null) return null;
        var (lightSelected, darkSelected) = (Mix("#ffffff", colour, 0.12), Mix("#171b20", colour, 0.22));
        var light = Towards(colour, "#000000", [.. LightGrounds, lightSelected]);
        var dark = Towards(colour, "#ffffff", [.. DarkGrounds, darkSelected]);
        return new(new(light, Mix(light, "#000000", 0.22), "#ffffff", lightSelected),
            new(dark, Mix(dark, "#ffffff", 0.25), Mix("#000000", colour, 0.1), darkSelected));
    }

    /// <summary>How well two colours are told apart, from 1 to 21.</summary>
    public static double Contrast(string one, string other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static string Towards(string colour, string end, string[] grounds)
    {
        for (var share = 0.0; share < 1; share += Step)
        {
            var tone = Mix(colour, end, share);
            if (grounds.All(g => Contrast(tone, g) >= Readable)) return tone;
        }

        return end;
    }

    private static string Mix(string from, string to, double share)
    {
        var (a, b) = (Parts(from), Parts(to));
        return "#" + string.Concat(a.Zip(b, (x, y) => ((int)Math.Round(x + ((y - x) * share))).ToString("x2", CultureInfo.InvariantCulture)));
    }

    private static int[] Parts(string colour) => [.. Enumerable.Range(0, 3).Select(i =>
        int.Parse(colour.AsSpan(1 + (2 * i), 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture))];

    private static double Luminance(string colour)
    {
        var parts = Parts(colour).Select(p => p / 255.0)
            .Select(p => p <= 0.04045 ? p / 12.92 : Math.Pow((p + 0.055) / 1.055, 2.4)).ToArray();
        return (0.2126 * parts[0]) + (0.7152 * parts[1]) + (0.0722 * parts[2]);
    }
}
