namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>Where the letters of a line stand when some of them run from right to left.</summary>
internal static class LineOrder
{
    /// <summary>The place of each letter, in thousandths of the size, by the order in which they are read.</summary>
    public static int[] Places(Letter[] letters)
    {
        var levels = Levels(letters);
        var order = Enumerable.Range(0, letters.Length).ToArray();
        for (var level = levels.Max(); level > 0; level--)
        {
            for (var i = 0; i < order.Length; i++)
            {
                if (levels[order[i]] < level) continue;
                var end = i;
                while (end < order.Length && levels[order[end]] >= level) end++;
                Array.Reverse(order, i, end - i);
                i = end;
            }
        }

        var places = new int[letters.Length];
        var at = 0;
        foreach (var index in order)
        {
            places[index] = at;
            at += letters[index].Advance;
        }

        return places;
    }

    /// <summary>Blanks at the end of a line stand at the end of its paragraph's direction, whatever is before them (L1).</summary>
    private static byte[] Levels(Letter[] letters)
    {
        var levels = Array.ConvertAll(letters, l => l.Level);
        for (var i = letters.Length - 1; i >= 0 && IsBlank(letters[i].Rune); i--) levels[i] = letters[i].Paragraph;
        return levels;
    }

    private static bool IsBlank(int rune) => BidiClasses.Of(rune) is BidiClass.WS or BidiClass.B or BidiClass.S or BidiClass.BN
        or BidiClass.LRI or BidiClass.RLI or BidiClass.FSI or BidiClass.PDI
        or BidiClass.LRE or BidiClass.RLE or BidiClass.LRO or BidiClass.RLO or BidiClass.PDF;
}
