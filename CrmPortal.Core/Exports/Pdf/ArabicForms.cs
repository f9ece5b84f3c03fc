namespace CrmPortal.Core.Exports.Pdf;

/// <summary>The shapes that Arabic letters take beside their neighbours, as the letters that Unicode keeps for them.</summary>
internal static class ArabicForms
{
    private const int Lam = 0x0644;
    private const int Stretch = 0x0640;
    private const int Joiner = 0x200D;

    /// <summary>The isolated shape of each letter, and how many shapes there are: alone, at the end, at the beginning, in the middle.</summary>
    private static readonly Dictionary<int, (int First, int Count)> Shapes = Letters();

    /// <summary>Whether the letter may have other shapes.</summary>
    public static bool IsLetter(int rune) => rune is >= 0x621 and <= 0x6D2 && Shapes.ContainsKey(rune);

    /// <summary>The shape of a letter between its neighbours (0 where there is none); marks are no neighbours.</summary>
    public static int Shape(int rune, int before, int after)
    {
        if (!Shapes.TryGetValue(rune, out var shapes)) return rune;
        var joinsBefore = shapes.Count > 1 && JoinsNext(before);
        var joinsAfter = shapes.Count > 2 && JoinsPrevious(after);
        return shapes.First + (joinsBefore ? (joinsAfter ? 3 : 1) : joinsAfter ? 2 : 0);
    }

    /// <summary>The one letter in which lam and an alef are written, or 0.</summary>
    public static int LamAlef(int rune, int next, int before)
    {
        if (rune != Lam) return 0;
        var shape = next switch { 0x0622 => 0xFEF5, 0x0623 => 0xFEF7, 0x0625 => 0xFEF9, 0x0627 => 0xFEFB, _ => 0 };
        return shape == 0 ? 0 : shape + (JoinsNext(before) ? 1 : 0);
    }

    private static bool JoinsNext(int rune) => rune is Stretch or Joiner || (Shapes.TryGetValue(rune, out var shapes) && shapes.Count == 4);

    private static bool JoinsPrevious(int rune) => rune is Stretch or Joiner || (Shapes.TryGetValue(rune, out var shapes) && shapes.Count > 1);

    private static Dictionary<int, (int First, int Count)> Letters()
    {
        // The block of shapes has the letters in their own order, with one, two or four shapes each.
        const string counts = "12222424244444222244444444";
        var shapes = new Dictionary<int, (int First, int Count)>();
        var at = 0xFE80;
        for (var rune = 0x621; rune <= 0x63A; rune++) Add(rune, counts[rune - 0x621] - '0');
        for (var rune = 0x641; rune <= 0x64A; rune++) Add(rune, rune is 0x648 or 0x649 ? 2 : 4);
        foreach (var (rune, first, count) in new[]
        {
            (0x679, 0xFB66, 4), (0x67E, 0xFB56, 4), (0x686, 0xFB7A, 4), (0x688, 0xFB88, 2), (0x691, 0xFB8C, 2), (0x698, 0xFB8A, 2), (0x6A9, 0xFB8E, 4),
            (0x6AF, 0xFB92, 4), (0x6BA, 0xFB9E, 2), (0x6BE, 0xFBAA, 4), (0x6C1, 0xFBA6, 4), (0x6CC, 0xFBFC, 4), (0x6D2, 0xFBAE, 2),
        })
            shapes[rune] = (first, count);
        return shapes;

        void Add(int rune, int count)
        {
            shapes[rune] = (at, count);
            at += count;
        }
    }
}
