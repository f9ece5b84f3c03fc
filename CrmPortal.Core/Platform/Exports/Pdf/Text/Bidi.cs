namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>
/// The bidirectional algorithm of Unicode (UAX #9) up to the levels of a text: even ones run to the right, odd ones to the left.
/// Lines are put into order by <see cref="LineOrder"/>.
/// </summary>
internal static class Bidi
{
    private const int MostDepth = 125;

    /// <summary>The level of each character, and that of the paragraph it is in; null where all of them run to the right.</summary>
    public static (byte[] Levels, byte[] Paragraphs)? Levels(IReadOnlyList<int> runes)
    {
        if (!runes.Any(BidiClasses.MayTurn)) return null;
        var (levels, paragraphs) = (new byte[runes.Count], new byte[runes.Count]);
        for (var start = 0; start < runes.Count;)
        {
            var end = start;
            while (end < runes.Count && BidiClasses.Of(runes[end]) != BidiClass.B) end++;
            end = Math.Min(end + 1, runes.Count);
            int[] paragraph = [.. runes.Skip(start).Take(end - start)];
            var classes = Array.ConvertAll(paragraph, BidiClasses.Of);
            var partners = Isolates(classes);
            var level = Paragraph(classes, partners, 0, classes.Length) ?? 0;
            Array.Fill(paragraphs, level, start, end - start);
            new BidiRuns(paragraph, classes, partners, level, Embeddings(classes, partners, level)).Resolve().CopyTo(levels, start);
            start = end;
        }

        return (levels, paragraphs);
    }

    /// <summary>The place of the end of each isolate by that of its beginning, and the other way; -1 where there is none (BD9).</summary>
    private static int[] Isolates(BidiClass[] classes)
    {
        var partners = new int[classes.Length];
        Array.Fill(partners, -1);
        var open = new Stack<int>();
        for (var i = 0; i < classes.Length; i++)
        {
            if (IsIsolate(classes[i])) open.Push(i);
            else if (classes[i] == BidiClass.PDI && open.TryPop(out var start)) (partners[start], partners[i]) = (i, start);
        }

        return partners;
    }

    public static bool IsIsolate(BidiClass value) => value is BidiClass.LRI or BidiClass.RLI or BidiClass.FSI;

    /// <summary>The level by the first strong character that is in no isolate (P2, P3), or null where there is none.</summary>
    private static byte? Paragraph(BidiClass[] classes, int[] partners, int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            switch (classes[i])
            {
                case BidiClass.L: return 0;
                case BidiClass.R or BidiClass.AL: return 1;
                case var isolate when IsIsolate(isolate):
                    if (partners[i] < 0) return null;
                    i = partners[i];
                    break;
            }
        }

        return null;
    }

    /// <summary>The levels that explicit signs ask for (X1 to X8); what an override changes is changed in the classes.</summary>
    private static byte[] Embeddings(BidiClass[] classes, int[] partners, byte paragraph)
    {
        var levels = new byte[classes.Length];
        var stack = new Stack<(byte Level, BidiClass? Override, bool IsIsolate)>();
        stack.Push((paragraph, null, false));
        var (overIsolates, overEmbeddings, isolates) = (0, 0, 0);
        for (var i = 0; i < classes.Length; i++)
        {
            var value = classes[i];
            levels[i] = stack.Peek().Level;
            if (value is BidiClass.B or BidiClass.BN) continue;
            if (IsIsolate(value))
            {
                if (stack.Peek().Override is { } forced) classes[i] = forced;
                var isRight = value == BidiClass.RLI
                    || (value == BidiClass.FSI && Paragraph(classes, partners, i + 1, partners[i] < 0 ? classes.Length : partners[i]) == 1);
                var next = Next(stack.Peek().Level, isRight);
                if (next > MostDepth || overIsolates + overEmbeddings > 0)
                {
                    overIsolates++;
                    continue;
                }

                isolates++;
                stack.Push(((byte)next, null, true));
            }
            else if (value is BidiClass.LRE or BidiClass.RLE or BidiClass.LRO or BidiClass.RLO)
            {
                var next = Next(stack.Peek().Level, value is BidiClass.RLE or BidiClass.RLO);
                if (next <= MostDepth && overIsolates + overEmbeddings == 0)
                    stack.Push(((byte)next, value == BidiClass.LRO ? BidiClass.L : value == BidiClass.RLO ? BidiClass.R : null, false));
                else if (overIsolates == 0) overEmbeddings++;
            }
            else if (value == BidiClass.PDF)
            {
                if (overIsolates > 0) continue;
                if (overEmbeddings > 0) overEmbeddings--;
                else if (!stack.Peek().IsIsolate && stack.Count > 1) stack.Pop();
            }
            else
            {
                if (value == BidiClass.PDI) Close();
                levels[i] = stack.Peek().Level;
                if (stack.Peek().Override is { } forced) classes[i] = forced;
            }
        }

        return levels;

        void Close()
        {
            if (overIsolates > 0) overIsolates--;
            else if (isolates > 0)
            {
                overEmbeddings = 0;
                while (!stack.Pop().IsIsolate)
                {
                }

                isolates--;
            }
        }
    }

    private static int Next(byte level, bool isRight) => isRight ? (level + 1) | 1 : (level + 2) & ~1;
}
