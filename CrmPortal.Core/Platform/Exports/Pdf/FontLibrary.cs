using System.Collections.Concurrent;

namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>The fonts that come with the program, each read when its first letter is needed.</summary>
internal static class FontLibrary
{
    private const string Folder = "CrmPortal.Core.Platform.Exports.Pdf.Fonts.";
    private const string EastAsian = "DroidSansFallbackFull.ttf";
    private const string Korean = "NanumSquareR.ttf";
    private const string Pictures = "Symbola-Emoji.ttf";

    private static readonly ConcurrentDictionary<string, Lazy<TrueTypeFont>> Fonts = new();

    /// <summary>Scripts that the two main fonts have not or not in full, and the fonts for them.</summary>
    private static readonly (int First, int Last, string File)[] Scripts =
    [
        (0x0900, 0x097F, "Lohit-Devanagari.ttf"),
        (0x0980, 0x09FF, "NotoSansBengali-Regular.ttf"),
        (0x0A00, 0x0A7F, "NotoSansGurmukhi-Regular.ttf"),
        (0x0A80, 0x0AFF, "NotoSansGujarati-Regular.ttf"),
        (0x0B00, 0x0B7F, "NotoSansOriya-Regular.ttf"),
        (0x0B80, 0x0BFF, "NotoSansTamil-Regular.ttf"),
        (0x0C00, 0x0C7F, "NotoSansTelugu-Regular.ttf"),
        (0x0C80, 0x0CFF, "NotoSansKannada-Regular.ttf"),
        (0x0D00, 0x0D7F, "NotoSansMalayalam-Regular.ttf"),
        (0x0D80, 0x0DFF, "NotoSansSinhala-Regular.ttf"),
        (0x0E00, 0x0E7F, "NotoSansThai-Regular.ttf"),
        (0x0E80, 0x0EFF, "NotoSansLao-Regular.ttf"),
        (0x0F00, 0x0FFF, "NotoSerifTibetan-Regular.ttf"),
        (0x1000, 0x109F, "NotoSansMyanmar-Regular.ttf"),
        (0x1100, 0x11FF, Korean),
        (0x1200, 0x139F, "NotoSansEthiopic-Regular.ttf"),
        (0x1780, 0x17FF, "NotoSansKhmer-Regular.ttf"),
        (0x19E0, 0x19FF, "NotoSansKhmer-Regular.ttf"),
        (0x2190, 0x2BFF, Pictures),
        (0x2E80, 0x312F, EastAsian),
        (0x3130, 0x318F, Korean),
        (0x3190, 0xA4CF, EastAsian),
        (0xA9E0, 0xA9FF, "NotoSansMyanmar-Regular.ttf"),
        (0xAA60, 0xAA7F, "NotoSansMyanmar-Regular.ttf"),
        (0xAC00, 0xD7AF, Korean),
        (0xF900, 0xFAFF, EastAsian),
        (0xFE10, 0xFE6F, EastAsian),
        (0xFF00, 0xFFEF, EastAsian),
        (0x1F000, 0x1F9FF, Pictures),
    ];

    public static TrueTypeFont Main(bool isBold) => Load(isBold ? "DejaVuSans-Bold.ttf" : "DejaVuSans.ttf");

    /// <summary>The font for a letter, or null where none has it.</summary>
    public static TrueTypeFont? Find(int rune, bool isBold)
    {
        // Of Lao the main fonts have the letters alone; all that a letter is made of must come from one font.
        var main = Main(isBold);
        if (rune is < 0x900 or >= 0x1100 && main.Has(rune)) return main;
        foreach (var (first, last, file) in Scripts)
        {
            if (rune >= first && rune <= last && Load(file) is var font && font.Has(rune)) return font;
        }

        return main.Has(rune) ? main : null;
    }

    private static TrueTypeFont Load(string file) => Fonts.GetOrAdd(file, name => new(() => Read(name))).Value;

    private static TrueTypeFont Read(string file)
    {
        using var stream = typeof(FontLibrary).Assembly.GetManifestResourceStream(Folder + file)
            ?? throw new InvalidOperationException($"The font {file} is missing.");
        var data = new byte[stream.Length];
        stream.ReadExactly(data);
        return new(data, Path.GetFileNameWithoutExtension(file));
    }
}
