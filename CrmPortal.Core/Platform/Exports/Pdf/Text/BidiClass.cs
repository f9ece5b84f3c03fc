using System.Globalization;
using System.Text;

namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>The bidirectional classes of Unicode, by the names that the standard gives them.</summary>
internal enum BidiClass : byte { L, R, AL, EN, ES, ET, AN, CS, NSM, BN, B, S, WS, ON, LRE, LRO, RLE, RLO, PDF, LRI, RLI, FSI, PDI }

/// <summary>
/// Which class a character is of. The platform does not say, so it follows from categories and blocks, with their exceptions.
/// </summary>
internal static class BidiClasses
{
    /// <summary>Whether a text that holds the character may not run from left to right throughout.</summary>
    public static bool MayTurn(int rune) =>
        rune >= 0x590 && Of(rune) is BidiClass.R or BidiClass.AL or BidiClass.AN or BidiClass.RLE or BidiClass.RLO or BidiClass.RLI;

    public static BidiClass Of(int rune) => rune switch
    {
        '\n' or '\r' or (>= 0x1C and <= 0x1E) or 0x85 or 0x2029 => BidiClass.B,
        '\t' or 0x0B or 0x1F => BidiClass.S,
        ' ' or 0x0C or 0x1680 or (>= 0x2000 and <= 0x200A) or 0x2028 or 0x205F or 0x3000 => BidiClass.WS,
        >= 'a' and <= 'z' or >= 'A' and <= 'Z' => BidiClass.L,
        >= '0' and <= '9' => BidiClass.EN,
        0x200E => BidiClass.L,
        0x200F => BidiClass.R,
        0x061C => BidiClass.AL,
        0x202A => BidiClass.LRE,
        0x202B => BidiClass.RLE,
        0x202C => BidiClass.PDF,
        0x202D => BidiClass.LRO,
        0x202E => BidiClass.RLO,
        0x2066 => BidiClass.LRI,
        0x2067 => BidiClass.RLI,
        0x2068 => BidiClass.FSI,
        0x2069 => BidiClass.PDI,
        _ => Number(rune) ?? OfCategory(rune, Rune.IsValid(rune) ? Rune.GetUnicodeCategory(new Rune(rune)) : UnicodeCategory.Surrogate),
    };

    /// <summary>Digits, and the signs that stand within, before and behind them.</summary>
    private static BidiClass? Number(int rune) => rune switch
    {
        0xB2 or 0xB3 or 0xB9 or (>= 0x6F0 and <= 0x6F9) or 0x2070 or (>= 0x2074 and <= 0x2079) or (>= 0x2080 and <= 0x2089) => BidiClass.EN,
        (>= 0x2488 and <= 0x249B) or (>= 0xFF10 and <= 0xFF19) => BidiClass.EN,
        (>= 0x1D7CE and <= 0x1D7FF) or (>= 0x1F100 and <= 0x1F10A) => BidiClass.EN,
        (>= 0x600 and <= 0x605) or (>= 0x660 and <= 0x669) or 0x66B or 0x66C or 0x6DD or 0x890 or 0x891 or 0x8E2 => BidiClass.AN,
        (>= 0x10D30 and <= 0x10D39) or (>= 0x10E60 and <= 0x10E7E) => BidiClass.AN,
        '+' or '-' or 0x207A or 0x207B or 0x208A or 0x208B or 0x2212 or 0xFB29 or 0xFE62 or 0xFE63 or 0xFF0B or 0xFF0D => BidiClass.ES,
        ',' or '.' or '/' or ':' or 0xA0 or 0x60C or 0x202F or 0x2044 or 0xFE50 or 0xFE52 or 0xFE55 => BidiClass.CS,
        (>= 0xFF0C and <= 0xFF0F) or 0xFF1A => BidiClass.CS,
        '#' or '$' or '%' or (>= 0xA2 and <= 0xA5) or 0xB0 or 0xB1 or 0x58F or 0x609 or 0x60A or 0x66A => BidiClass.ET,
        0x9F2 or 0x9F3 or 0x9FB or 0xAF1 or 0xBF9 or 0xE3F or 0x17DB or (>= 0x2030 and <= 0x2034) => BidiClass.ET,
        (>= 0x20A0 and <= 0x20CF) or 0x212E or 0x2213 or 0xA838 or 0xA839 or 0xFE5F or 0xFE69 or 0xFE6A => BidiClass.ET,
        (>= 0xFF03 and <= 0xFF05) or 0xFFE0 or 0xFFE1 or 0xFFE5 or 0xFFE6 => BidiClass.ET,
        _ => null,
    };

    private static BidiClass OfCategory(int rune, UnicodeCategory category) => category switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => BidiClass.NSM,
        UnicodeCategory.Control or UnicodeCategory.Surrogate => BidiClass.BN,
        UnicodeCategory.Format => rune is >= 0xFFF9 and <= 0xFFFB ? BidiClass.ON : rune == 0x70F ? BidiClass.AL : BidiClass.BN,
        _ when IsNoncharacter(rune) => BidiClass.BN,
        _ when IsArabic(rune) => IsNeutralInArabic(rune) ? BidiClass.ON : BidiClass.AL,
        _ when IsHebrew(rune) => rune is >= 0x7F6 and <= 0x7F9 ? BidiClass.ON : BidiClass.R,
        UnicodeCategory.ModifierLetter when rune is 0x2B9 or 0x2BA or (>= 0x2C6 and <= 0x2CF) or 0x2EC or 0x374 => BidiClass.ON,
        UnicodeCategory.OtherNumber when rune is >= 0x17F0 and <= 0x17F9 => BidiClass.ON,
        UnicodeCategory.OtherNumber => rune is (>= 0x900 and < 0x1FFF) or >= 0x3220 ? BidiClass.L : BidiClass.ON,
        < UnicodeCategory.SpaceSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => BidiClass.L,
        UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation => BidiClass.ON,
        _ => IsLetterLike(rune) ? BidiClass.L : BidiClass.ON,
    };

    private static bool IsNoncharacter(int rune) =>
        rune is (>= 0xFDD0 and <= 0xFDEF) or (>= 0xE0000 and <= 0xE0FFF) || (rune & 0xFFFE) == 0xFFFE;

    private static bool IsArabic(int rune) => rune is (>= 0x600 and <= 0x7BF) or (>= 0x860 and <= 0x8FF) or (>= 0xFB50 and <= 0xFDFF)
        or (>= 0xFE70 and <= 0xFEFE) or (>= 0x10D00 and <= 0x10D3F) or (>= 0x10EC0 and <= 0x10EFF) or (>= 0x10F30 and <= 0x10F6F)
        or (>= 0x1EC70 and <= 0x1ECBF) or (>= 0x1ED00 and <= 0x1ED4F) or (>= 0x1EE00 and <= 0x1EEFF);

    private static bool IsNeutralInArabic(int rune) => rune is 0x606 or 0x607 or 0x60E or 0x60F or 0x6DE or 0x6E9
        or (>= 0xFD3E and <= 0xFD4F) or 0xFDCF or (>= 0xFDFD and <= 0xFDFF) or 0x1EEF0 or 0x1EEF1;

    private static bool IsHebrew(int rune) => rune is (>= 0x590 and <= 0x5FF) or (>= 0x7C0 and <= 0x85F) or (>= 0xFB1D and <= 0xFB4F)
        or (>= 0x10800 and <= 0x10FFF) or (>= 0x1E800 and <= 0x1EFFF);

    /// <summary>Punctuation and symbols that count as letters: those of scripts from left to right, and letters within signs.</summary>
    private static bool IsLetterLike(int rune) => rune switch
    {
        (>= 0x55A and <= 0x589) or 0x482 => true,
        (>= 0xBF3 and <= 0xBFA) or (>= 0x1390 and <= 0x1399) or 0x1400 or (>= 0x1800 and <= 0x180A) => false,
        0x1940 or 0x1944 or 0x1945 or (>= 0x19DE and <= 0x19FF) or >= 0x1FBD and <= 0x1FFE => false,
        >= 0x900 and < 0x2000 => true,
        (>= 0x2336 and <= 0x237A) or 0x2395 or (>= 0x249C and <= 0x24E9) or 0x26AC or (>= 0x2800 and <= 0x28FF) => true,
        (>= 0x3190 and <= 0x319F) or (>= 0x3200 and <= 0x321C) or (>= 0x322A and <= 0x3247) or (>= 0x3260 and <= 0x327B) => true,
        (>= 0x327F and <= 0x32B0) or (>= 0x32C0 and <= 0x32CB) or (>= 0x32D0 and <= 0x3376) or (>= 0x337B and <= 0x33DD) => true,
        (>= 0x33E0 and <= 0x33FE) or (>= 0xA830 and < 0xAC00) => true,
        (>= 0x1D000 and <= 0x1D1FF) or (>= 0x1F110 and <= 0x1F12E) or (>= 0x1F130 and <= 0x1F169) => true,
        (>= 0x1F170 and <= 0x1F1AC) or (>= 0x1F1E6 and <= 0x1F248) => true,
        _ => false,
    };
}
