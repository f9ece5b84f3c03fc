namespace CrmPortal.Core.Exports.Pdf;

/// <summary>
/// Where the letters of a line stand when some of them run from right to left: a small part of the rules of Unicode, for the
/// names and sentences of tables. Numbers keep their own order, signs follow the letters around them.
/// </summary>
internal static class LineOrder
{
    public static bool IsNeeded(Letter[] letters)
    {
        foreach (var letter in letters)
        {
            if (letter.Direction == Direction.Right) return true;
        }

        return false;
    }

    /// <summary>The glyph and the place of each letter, in thousandths of the size, in the order in which they are read.</summary>
    public static (Glyph Glyph, int At)[] Placed(Letter[] letters, DocumentFonts fonts, bool isBold)
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

        var placed = new (Glyph Glyph, int At)[letters.Length];
        var at = 0;
        foreach (var index in order)
        {
            var letter = letters[index];
            var mirrored = levels[index] % 2 == 1 ? TextMarks.Mirrored(letter.Rune) : letter.Rune;
            var glyph = mirrored == letter.Rune ? letter.Glyph : fonts.Of(mirrored, isBold, ((char)letter.Rune).ToString());
            placed[index] = (glyph, at);
            at += glyph.Advance;
        }

        return placed;
    }

    /// <summary>Even levels run to the right, odd ones to the left.</summary>
    private static int[] Levels(Letter[] letters)
    {
        var isRight = letters.FirstOrDefault(l => l.Direction is Direction.Left or Direction.Right).Direction == Direction.Right;
        var (below, levels) = (isRight ? 1 : 0, new int[letters.Length]);
        var strong = isRight ? Direction.Right : Direction.Left;
        for (var i = 0; i < letters.Length; i++)
        {
            switch (letters[i].Direction)
            {
                case Direction.Left:
                    (levels[i], strong) = (isRight ? 2 : 0, Direction.Left);
                    break;
                case Direction.Right:
                    (levels[i], strong) = (1, Direction.Right);
                    break;
                case Direction.Number:
                    levels[i] = strong == Direction.Right || isRight ? 2 : 0;
                    break;
                case Direction.Mark when i > 0:
                    levels[i] = levels[i - 1];
                    break;
                default:
                    levels[i] = -1;
                    break;
            }
        }

        // Signs between letters of one direction go with them, others with the line.
        for (var i = 0; i < levels.Length; i++)
        {
            if (levels[i] >= 0) continue;
            var end = i;
            while (end < levels.Length && levels[end] < 0) end++;
            var (before, after) = (i == 0 ? below : levels[i - 1], end == levels.Length ? below : levels[end]);
            // A point within a number belongs to it.
            var isInNumber = end == i + 1 && i > 0 && end < levels.Length && letters[i - 1].Direction == Direction.Number && letters[end].Direction == Direction.Number && letters[i].Rune is '.' or ',' or ':' or '/' or '-';
            var level = isInNumber ? before : before == after && before != 2 ? before : Neutral(letters, i, end, below);
            for (; i < end; i++) levels[i] = level;
            i--;
        }

        return levels;
    }

    private static int Neutral(Letter[] letters, int start, int end, int below)
    {
        // Numbers count as letters from right to left here, as far as signs beside them are concerned.
        var before = start == 0 ? below % 2 : Side(letters[start - 1], below);
        var after = end == letters.Length ? below % 2 : Side(letters[end], below);
        if (before != after) return below;
        return before == 1 ? 1 : below == 1 ? 2 : 0;
    }

    private static int Side(Letter letter, int below) => letter.Direction switch { Direction.Left => 0, Direction.Right => 1, Direction.Number => below, _ => below };
}
