using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.Customers.Duplicates;

/// <summary>How alike two names are; each from 0 to 1, the parts null where a record does not tell them apart.</summary>
/// <param name="Whole">The whole name.</param>
/// <param name="Given">The given name, by which members of a family are told apart.</param>
/// <param name="Family">The family name.</param>
internal readonly record struct NameLikeness(double Whole, double? Given, double? Family);

/// <summary>A name, folded and cut into its words.</summary>
internal sealed class FoldedName
{
    public FoldedName(string? given, string? family)
    {
        (Given, Family) = (Words(given), Words(family));
        All = [.. Given, .. Family];
    }

    public string[] Given { get; }

    public string[] Family { get; }

    public string[] All { get; }

    public bool IsEmpty => All.Length == 0;

    private static string[] Words(string? name) =>
        string.Concat(SearchText.Fold(name).Select(c => char.IsLetterOrDigit(c) || char.IsSurrogate(c) ? c : ' '))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>
/// The similarity of names of any script after Jaro and Winkler (W. E. Winkler, "String Comparator Metrics and Enhanced Decision
/// Rules in the Fellegi-Sunter Model of Record Linkage", 1990). Given and family name may stand the other way round.
/// </summary>
internal static class NameSimilarity
{
    private const double PrefixWeight = 0.1;
    private const int LongestPrefix = 4;
    private const double Swapped = 0.85;
    private const double PartOf = 0.95;
    private const double OneOfWords = 0.85;

    public static NameLikeness Of(FoldedName a, FoldedName b)
    {
        if (a.Given.Length > 0 && a.Family.Length > 0 && b.Given.Length > 0 && b.Family.Length > 0)
        {
            var (given, family) = (Words(a.Given, b.Given), Words(a.Family, b.Family));
            var (crossed, crossedBack) = (Words(a.Given, b.Family), Words(a.Family, b.Given));
            if (crossed + crossedBack > given + family && Math.Min(crossed, crossedBack) >= Swapped) (given, family) =
                (crossed, crossedBack);
            return new((given + family) / 2, given, family);
        }

        // One of them does not say which word is which: "山田花子", or a whole name in one field.
        var joined = string.Concat(b.All);
        var turned = string.Concat([.. b.Family, .. b.Given]);
        var whole = Math.Max(JaroWinkler(string.Concat(a.All), joined), JaroWinkler(string.Concat(a.All), turned));
        if (a.All.Length == b.All.Length)
        {
            var words = Words(a.All, b.All);
            // Two words of which one is quite another name are two people, however long the other is.
            return a.All.Length == 1 ? new(Math.Max(whole, words), whole, null) : new(Math.Min(1, Math.Max(whole * PartOf, words)),
                Weakest(a.All, b.All), null);
        }

        // A single word that is one of the other's says little about the rest.
        var part = Words(a.All, b.All);
        return new(Math.Max(whole >= PartOf ? whole : 0, part * OneOfWords), null, null);
    }

    /// <summary>How alike two lists of words are, each word set against its best match: all words of the shorter count.</summary>
    internal static double Words(string[] a, string[] b)
    {
        if (a.Length == 0 || b.Length == 0) return 0;
        var joined = JaroWinkler(string.Concat(a), string.Concat(b));
        if (a.Length == 1 && b.Length == 1) return Word(a[0], b[0]);
        var matches = Matches(a, b);
        var alike = matches.Average() * (a.Length == b.Length ? 1 : PartOf);
        return Math.Max(alike, a.Length == b.Length ? 0 : joined >= PartOf ? joined : 0);
    }

    private static double Weakest(string[] a, string[] b) => Matches(a, b).Min();

    private static List<double> Matches(string[] a, string[] b)
    {
        var (shorter, longer) = a.Length <= b.Length ? (a, b.ToList()) : (b, a.ToList());
        var matches = new List<double>(shorter.Length);
        foreach (var word in shorter.OrderByDescending(w => w.Length))
        {
            var best = longer.MaxBy(other => Word(word, other))!;
            matches.Add(Word(word, best));
            longer.Remove(best);
        }

        return matches;
    }

    /// <summary>A single letter stands for any name that begins with it, but says less.</summary>
    private static double Word(string a, string b)
    {
        if ((a.Length == 1 && b.Length > 2 && b[0] == a[0]) || (b.Length == 1 && a.Length > 2 && a[0] == b[0]))
            return a[0] < '\u2e80' ? Swapped : JaroWinkler(a, b);
        return JaroWinkler(a, b);
    }

    /// <summary>1 for equal texts, 0 for texts with nothing in common.</summary>
    internal static double JaroWinkler(string a, string b)
    {
        var jaro = Jaro(a, b);
        var prefix = 0;
        while (prefix < LongestPrefix && prefix < a.Length && prefix < b.Length && a[prefix] == b[prefix]) prefix++;
        return jaro + (prefix * PrefixWeight * (1 - jaro));
    }

    private static double Jaro(string a, string b)
    {
        if (a.Length == 0 || b.Length == 0) return 0;
        if (a == b) return 1;
        var window = Math.Max(0, (Math.Max(a.Length, b.Length) / 2) - 1);
        Span<bool> inA = stackalloc bool[Math.Min(a.Length, 512)];
        Span<bool> inB = stackalloc bool[Math.Min(b.Length, 512)];
        var common = 0;
        for (var i = 0; i < inA.Length; i++)
        {
            for (var j = Math.Max(0, i - window); j < Math.Min(inB.Length, i + window + 1); j++)
            {
                if (inB[j] || a[i] != b[j]) continue;
                (inA[i], inB[j]) = (true, true);
                common++;
                break;
            }
        }

        if (common == 0) return 0;
        var (moved, at) = (0, 0);
        for (var i = 0; i < inA.Length; i++)
        {
            if (!inA[i]) continue;
            while (!inB[at]) at++;
            if (a[i] != b[at]) moved++;
            at++;
        }

        return (((double)common / a.Length) + ((double)common / b.Length) + ((common - (moved / 2.0)) / common)) / 3;
    }
}
