namespace CrmPortal.Core.Platform.Exports;

/// <summary>The fonts of PDF files that screens fall back on too, for scripts of which the reader's machine may have none.</summary>
public static class ScriptFonts
{
    private const string Folder = "CrmPortal.Core.Platform.Exports.Pdf.Fonts.";

    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal)
    {
        ["east-asian.ttf"] = "DroidSansFallbackFull.ttf", ["korean.ttf"] = "NanumSquareR.ttf", ["devanagari.ttf"] = "Lohit-Devanagari.ttf",
            ["thai.ttf"] = "NotoSansThai-Regular.ttf",
    };

    /// <summary>The content of a font, or null where there is none of this name.</summary>
    public static Stream? Open(string name) => Files.TryGetValue(name, out var file)
        ? typeof(ScriptFonts).Assembly.GetManifestResourceStream(Folder + file) : null;
}
