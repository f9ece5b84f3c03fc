using System.Globalization;
using System.Text;

namespace CrmPortal.Core.Exports.Pdf;

/// <summary>In which direction a letter is written.</summary>
internal enum Direction : byte { Neutral, Left, Right, Number, Mark }

/// <summary>What layout needs to know of single letters.</summary>
internal static class TextMarks
{
    /// <summary>Signs that steer the text around them and have no picture of their own.</summary>
    public static bool IsUnseen(int rune) => rune switch
    {
        < 0xAD => false,
        0xAD or (>= 0x200B and <= 0x200F) or (>= 0x202A and <= 0x202E) or (>= 0x2060 and <= 0x206F) or 0xFEFF or 0x061C or 0x180E => true,
        (>= 0xFE00 and <= 0xFE0F) or (>= 0xFFF9 and <= 0xFFFB) or (>= 0xE0000 and <= 0xE0FFF) => true,
        _ => false,
    };

    public static bool IsMark(int rune) => rune >= 0x300 && Rune.GetUnicodeCategory(new Rune(rune)) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;

    /// <summary>Scripts without blanks, whose lines may end after any letter.</summary>
    public static bool IsIdeograph(int rune) => rune is (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7AF) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFF01 and <= 0xFF60) or (>= 0x20000 and <= 0x3FFFF)
        or (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF);

    /// <summary>Signs that may not begin a line in those scripts.</summary>
    public static bool IsClosing(int rune) => rune is 0x3001 or 0x3002 or 0xFF0C or 0xFF0E or 0x300D or 0x300F or 0x3009 or 0x300B or 0x3011 or 0xFF09 or 0xFF01 or 0xFF1F or 0x30FC || IsMark(rune);

    public static Direction DirectionOf(int rune)
    {
        if (rune < 0x590) return rune < 0x80 ? Ascii(rune) : IsMark(rune) ? Direction.Mark : rune is >= 0xC0 and not 0xD7 and not 0xF7 ? Direction.Left : Direction.Neutral;
        if (rune is (>= 0x660 and <= 0x669) or (>= 0x6F0 and <= 0x6F9)) return Direction.Number;
        if (IsMark(rune) || IsUnseen(rune)) return Direction.Mark;
        if (rune is <= 0x8FF or (>= 0xFB1D and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFE) or (>= 0x10800 and <= 0x10FFF) or (>= 0x1E800 and <= 0x1EFFF)) return Direction.Right;
        return Rune.IsLetter(new Rune(rune)) ? Direction.Left : Rune.IsDigit(new Rune(rune)) ? Direction.Number : Direction.Neutral;
    }

    /// <summary>The sign that is drawn instead where the text runs from right to left.</summary>
    public static int Mirrored(int rune) => rune switch
    {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        '{' => '}',
        '}' => '{',
        '<' => '>',
        '>' => '<',
        0xAB => 0xBB,
        0xBB => 0xAB,
        _ => rune,
    };

    private static Direction Ascii(int rune) =>
        char.IsAsciiLetter((char)rune) ? Direction.Left : char.IsAsciiDigit((char)rune) ? Direction.Number : Direction.Neutral;
}
