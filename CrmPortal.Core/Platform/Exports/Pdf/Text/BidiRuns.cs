namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>The levels of one paragraph from those that explicit signs ask for (X9 to I2 of UAX #9).</summary>
/// <param name="runes">The characters.</param>
/// <param name="classes">Their classes, with what overrides made of them.</param>
/// <param name="partners">As <see cref="Bidi"/> finds the ends of isolates.</param>
internal sealed class BidiRuns(int[] runes, BidiClass[] classes, int[] partners, byte paragraph, byte[] levels)
{
    /// <summary>So many brackets may be open at once; beyond, none of the sequence are paired.</summary>
    private const int MostOpen = 63;

    private readonly BidiClass[] _original = [.. classes];

    public byte[] Resolve()
    {
        // What only steers the levels takes no part in the rules that follow.
        int[] kept = [.. Enumerable.Range(0, runes.Length).Where(i => !IsRemoved(i))];
        foreach (var sequence in Sequences(kept)) Resolve(sequence.Places, sequence.Start, sequence.End);
        var level = paragraph;
        for (var i = 0; i < runes.Length; i++)
        {
            if (IsRemoved(i)) levels[i] = level;
            else level = levels[i];
        }

        return levels;
    }

    private bool IsRemoved(int at) =>
        _original[at] is BidiClass.BN or BidiClass.LRE or BidiClass.RLE or BidiClass.LRO or BidiClass.RLO or BidiClass.PDF;

    /// <summary>Runs of one level, joined over the isolates between them, with the directions at their edges (X10).</summary>
    private List<(List<int> Places, BidiClass Start, BidiClass End)> Sequences(int[] kept)
    {
        var runs = new List<(int First, int Last)>();
        var runOf = new Dictionary<int, int>();
        for (var i = 0; i < kept.Length; i++)
        {
            if (i > 0 && levels[kept[i]] == levels[kept[i - 1]]) runs[^1] = (runs[^1].First, i);
            else runs.Add((i, i));
            runOf[kept[i]] = runs.Count - 1;
        }

        var sequences = new List<(List<int>, BidiClass, BidiClass)>();
        for (var r = 0; r < runs.Count; r++)
        {
            if (runes[kept[runs[r].First]] == 0x2069 && partners[kept[runs[r].First]] >= 0) continue;
            var (places, run) = (new List<int>(), r);
            while (true)
            {
                for (var i = runs[run].First; i <= runs[run].Last; i++) places.Add(kept[i]);
                if (!IsIsolate(places[^1]) || partners[places[^1]] < 0) break;
                run = runOf[partners[places[^1]]];
            }

            var level = levels[places[0]];
            var before = runs[r].First == 0 ? paragraph : levels[kept[runs[r].First - 1]];
            var after = runs[run].Last == kept.Length - 1 || IsIsolate(places[^1]) ? paragraph : levels[kept[runs[run].Last + 1]];
            sequences.Add((places, Direction(Math.Max(level, before)), Direction(Math.Max(level, after))));
        }

        return sequences;
    }

    private bool IsIsolate(int at) => runes[at] is >= 0x2066 and <= 0x2068;

    private static BidiClass Direction(int level) => level % 2 == 1 ? BidiClass.R : BidiClass.L;

    private void Resolve(List<int> places, BidiClass start, BidiClass end)
    {
        var embedding = Direction(levels[places[0]]);
        Weak(places, start);
        Brackets(places, start, embedding);
        Neutrals(places, start, end, embedding);
        foreach (var at in places)
        {
            levels[at] += (byte)(levels[at] % 2 == 0
                ? classes[at] switch { BidiClass.R => 1, BidiClass.AN or BidiClass.EN => 2, _ => 0 }
                : classes[at] is BidiClass.L or BidiClass.EN or BidiClass.AN ? 1 : 0);
        }
    }

    private void Weak(List<int> places, BidiClass start)
    {
        // W1: a mark is what stands before it. W2: numbers behind Arabic letters are Arabic. W3: Arabic letters run to the left.
        var (before, strong) = (start, start);
        foreach (var at in places)
        {
            if (classes[at] == BidiClass.NSM) classes[at] = before;
            before = IsIsolate(at) || runes[at] == 0x2069 ? BidiClass.ON : classes[at];
            if (classes[at] is BidiClass.L or BidiClass.R or BidiClass.AL) strong = classes[at];
            else if (classes[at] == BidiClass.EN && strong == BidiClass.AL) classes[at] = BidiClass.AN;
        }

        foreach (var at in places)
        {
            if (classes[at] == BidiClass.AL) classes[at] = BidiClass.R;
        }

        // W4: one separator between two numbers of a kind belongs to them.
        for (var i = 1; i + 1 < places.Count; i++)
        {
            var (previous, next) = (classes[places[i - 1]], classes[places[i + 1]]);
            if (previous != next) continue;
            if (classes[places[i]] is BidiClass.ES or BidiClass.CS && previous == BidiClass.EN) classes[places[i]] = BidiClass.EN;
            else if (classes[places[i]] == BidiClass.CS && previous == BidiClass.AN) classes[places[i]] = BidiClass.AN;
        }

        // W5: signs such as those of currencies belong to the European number beside them. W6: others are neutral.
        for (var i = 0; i < places.Count; i++)
        {
            if (classes[places[i]] != BidiClass.ET) continue;
            var last = i;
            while (last < places.Count && classes[places[last]] == BidiClass.ET) last++;
            var isNumber = (i > 0 && classes[places[i - 1]] == BidiClass.EN)
                || (last < places.Count && classes[places[last]] == BidiClass.EN);
            for (; i < last; i++) classes[places[i]] = isNumber ? BidiClass.EN : BidiClass.ON;
        }

        // W7: a European number behind a Latin letter counts as one.
        strong = start;
        foreach (var at in places)
        {
            if (classes[at] is BidiClass.ES or BidiClass.CS) classes[at] = BidiClass.ON;
            if (classes[at] is BidiClass.L or BidiClass.R) strong = classes[at];
            else if (classes[at] == BidiClass.EN && strong == BidiClass.L) classes[at] = BidiClass.L;
        }
    }

    /// <summary>N0: both brackets of a pair go with what they enclose.</summary>
    private void Brackets(List<int> places, BidiClass start, BidiClass embedding)
    {
        foreach (var (open, close) in Pairs(places))
        {
            var (hasEmbedding, hasOther) = (false, false);
            for (var i = open + 1; i < close; i++)
            {
                if (Strong(places[i]) is not { } inside) continue;
                hasEmbedding |= inside == embedding;
                hasOther |= inside != embedding;
            }

            if (!hasEmbedding && !hasOther) continue;
            var side = embedding;
            if (!hasEmbedding)
            {
                var before = start;
                for (var i = open - 1; i >= 0; i--)
                {
                    if (Strong(places[i]) is not { } found) continue;
                    before = found;
                    break;
                }

                if (before != embedding) side = before;
            }

            foreach (var bracket in new[] { open, close })
            {
                classes[places[bracket]] = side;
                for (var i = bracket + 1; i < places.Count && _original[places[i]] == BidiClass.NSM; i++) classes[places[i]] = side;
            }
        }
    }

    private List<(int Open, int Close)> Pairs(List<int> places)
    {
        var pairs = new List<(int Open, int Close)>();
        var open = new List<(int Partner, int At)>();
        for (var i = 0; i < places.Count; i++)
        {
            if (classes[places[i]] != BidiClass.ON || TextMarks.Partner(runes[places[i]], out var isOpening) is not { } partner) continue;
            if (isOpening)
            {
                if (open.Count == MostOpen) return [];
                open.Add((partner, i));
                continue;
            }

            var found = open.FindLastIndex(o => o.Partner == TextMarks.Bracket(runes[places[i]]));
            if (found < 0) continue;
            pairs.Add((open[found].At, i));
            open.RemoveRange(found, open.Count - found);
        }

        pairs.Sort();
        return pairs;
    }

    /// <summary>Numbers run to the left here.</summary>
    private BidiClass? Strong(int at) => classes[at] switch
    {
        BidiClass.L => BidiClass.L,
        BidiClass.R or BidiClass.EN or BidiClass.AN => BidiClass.R,
        _ => null,
    };

    /// <summary>N1 and N2: neutral characters go with those of one direction on both sides, else with the line.</summary>
    private void Neutrals(List<int> places, BidiClass start, BidiClass end, BidiClass embedding)
    {
        for (var i = 0; i < places.Count; i++)
        {
            if (Strong(places[i]) is not null) continue;
            var last = i;
            while (last < places.Count && Strong(places[last]) is null) last++;
            var before = i == 0 ? start : Strong(places[i - 1]);
            var after = last == places.Count ? end : Strong(places[last]);
            for (; i < last; i++) classes[places[i]] = before == after ? before!.Value : embedding;
            i--;
        }
    }
}
