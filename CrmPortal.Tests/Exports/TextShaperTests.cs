using CrmPortal.Core.Platform.Exports.Pdf;

namespace CrmPortal.Tests.Exports;

/// <summary>How the letters of documents are drawn in scripts where they change with their neighbours.</summary>
public sealed class TextShaperTests
{
    [Fact]
    public void Shape_VowelThatIsWrittenBeforeItsConsonant_StandsBeforeIt()
    {
        var letter = Assert.Single(Shaped("कि"));

        Assert.Equal("कि", letter.Shape!.Text);
        Assert.Equal([.. Numbers("क")], letter.Shape.Glyphs.OrderBy(g => g.X).Skip(1).Select(g => g.Glyph.Advance));
    }

    [Theory]
    [InlineData("क्ष", 1)]
    [InlineData("শ্রী", 1)]
    [InlineData("သ္တ", 1)]
    [InlineData("ស្រី", 1)]
    [InlineData("กำ", 1)]
    [InlineData("👨‍👩‍👧", 1)]
    [InlineData("e\u0301", 1)]
    [InlineData("สม", 2)]
    [InlineData("فاطمة", 5)]
    public void Shape_LettersThatBelongTogether_AreOneForLineEnds(string text, int expected) => Assert.Equal(expected, Shaped(text).Count);

    [Fact]
    public void Shape_ArabicLetters_AreJoined()
    {
        var alone = Assert.Single(Shaped("ه"));
        var joined = Shaped("ههه");

        Assert.Equal(3, joined.Count);
        Assert.DoesNotContain(alone.Advance, joined.Skip(1).Take(1).Select(l => l.Advance));
        Assert.All(joined, l => Assert.Equal(1, l.Level));
    }

    [Fact]
    public void Shape_LamAndAlef_AreOneGlyph() => Assert.Null(Assert.Single(Shaped("لا")).Shape);

    [Fact]
    public void Shape_BracketInAHebrewLine_IsDrawnTheOtherWayRound()
    {
        var fonts = new DocumentFonts();
        var letters = new List<Letter>();
        new TextShaper(fonts).Shape("א(ב", isBold: false, letters);

        Assert.Equal('(', letters[1].Rune);
        Assert.Equal(fonts.Of(')', isBold: false, "("), letters[1].Glyph);
    }

    private static IEnumerable<int> Numbers(string text) => Shaped(text).Select(l => l.Advance);

    private static List<Letter> Shaped(string text)
    {
        var letters = new List<Letter>();
        new TextShaper(new DocumentFonts()).Shape(text, isBold: false, letters);
        return letters;
    }
}
