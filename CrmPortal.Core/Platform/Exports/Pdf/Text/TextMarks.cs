using System.Globalization;
using System.Text;
using HarfBuzzSharp;

namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>What layout needs to know of single characters.</summary>
internal static class TextMarks
{
    /// <summary>Characters that steer the text around them and have no picture of their own.</summary>
    public static bool IsUnseen(int rune) => rune switch
    {
        < 0xAD => false,
        0xAD or (>= 0x200B and <= 0x200F) or (>= 0x202A and <= 0x202E) or (>= 0x2060 and <= 0x206F) or 0xFEFF or 0x061C or 0x180E => true,
        (>= 0xFE00 and <= 0xFE0F) or (>= 0xFFF9 and <= 0xFFFB) or (>= 0xE0000 and <= 0xE0FFF) => true,
        _ => false,
    };

    public static bool IsMark(int rune) =>
        rune >= 0x300
        && CategoryOf(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.SpacingCombiningMark;

    /// <summary>Whether the character changes the one before it, and so stands with it: marks, joiners, selectors, skin colours.</summary>
    public static bool IsExtender(int rune) =>
        rune >= 0x300 && (IsMark(rune) || rune is 0x200C or 0x200D or (>= 0xFE00 and <= 0xFE0F) or (>= 0x1F3FB and <= 0x1F3FF));

    /// <summary>Whether the character is of a script whose letters change with their neighbours.</summary>
    public static bool IsShaped(int rune) => rune switch
    {
        < 0x590 => false,
        < 0x10A0 or (>= 0x1100 and < 0x1200) or (>= 0x1700 and < 0x1D00) => true,
        (>= 0xA800 and < 0xAC00) or (>= 0xFB1D and < 0xFE00) or (>= 0xFE70 and < 0xFEFF) => true,
        (>= 0x10800 and < 0x12000) or (>= 0x1E800 and < 0x1F000) => true,
        _ => false,
    };

    /// <summary>Scripts without blanks, whose lines may end after any letter.</summary>
    public static bool IsIdeograph(int rune) => rune switch
    {
        (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7AF) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFF01 and <= 0xFF60) => true,
        >= 0x20000 and <= 0x3FFFF => true,
        // Of these, vowels that are written before their consonant stay with it.
        (>= 0x0E40 and <= 0x0E44) or (>= 0x0EC0 and <= 0x0EC4) => false,
        (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF) => true,
        _ => false,
    };

    /// <summary>Characters that may not begin a line in those scripts.</summary>
    public static bool IsClosing(int rune) => rune switch
    {
        0x3001 or 0x3002 or 0xFF0C or 0xFF0E or 0x300D or 0x300F or 0x3009 or 0x300B or 0x3011 => true,
        0xFF09 or 0xFF01 or 0xFF1F or 0x30FC => true,
        0x0E2F or 0x0E30 or 0x0E32 or 0x0E33 or 0x0E45 or 0x0E46 or 0x0EAF or 0x0EB0 or 0x0EB2 or 0x0EB3 or 0x0EC6 => true,
        0x104A or 0x104B or 0x17D4 or 0x17D5 or 0x17D7 => true,
        _ => IsMark(rune),
    };

    /// <summary>The character that is drawn instead where the text runs from right to left.</summary>
    public static int Mirrored(int rune) => UnicodeFunctions.Default.GetMirroring(rune);

    /// <summary>The other bracket of a pair, or null where the character is no bracket.</summary>
    public static int? Partner(int rune, out bool isOpening)
    {
        var category = CategoryOf(rune);
        isOpening = category == UnicodeCategory.OpenPunctuation;
        if (!isOpening && category != UnicodeCategory.ClosePunctuation) return null;
        return Mirrored(rune) is var partner && partner != rune ? Bracket(partner) : null;
    }

    /// <summary>The angle brackets of mathematics are those of East Asia by another number.</summary>
    public static int Bracket(int rune) => rune switch { 0x2329 => 0x3008, 0x232A => 0x3009, _ => rune };

    private static UnicodeCategory CategoryOf(int rune) => Rune.GetUnicodeCategory(new Rune(rune));
}
