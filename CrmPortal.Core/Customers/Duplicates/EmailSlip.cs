namespace CrmPortal.Core.Customers.Duplicates;

/// <summary>Whether two e-mails are one with a slip of the fingers: a letter wrong, left out, too many, or two the other way
/// round.</summary>
internal static class EmailSlip
{
    /// <summary>Shorter ones are one letter from too many others.</summary>
    private const int Shortest = 10;

    /// <summary>Both in lower case. A digit that differs is no slip: people number their addresses.</summary>
    public static bool IsOne(string a, string b)
    {
        if (a == b || Math.Min(a.Length, b.Length) < Shortest || Math.Abs(a.Length - b.Length) > 1) return false;
        var start = 0;
        while (start < a.Length && start < b.Length && a[start] == b[start]) start++;
        var (endA, endB) = (a.Length, b.Length);
        while (endA > start && endB > start && a[endA - 1] == b[endB - 1]) (endA, endB) = (endA - 1, endB - 1);
        var (left, right) = (a[start..endA], b[start..endB]);
        if (left.Any(char.IsAsciiDigit) || right.Any(char.IsAsciiDigit)) return false;
        return (left.Length <= 1 && right.Length <= 1)
            || (left.Length == 2 && right.Length == 2 && left[0] == right[1] && left[1] == right[0]);
    }

    /// <summary>The variants of an e-mail, one of which it shares with any e-mail that differs by one typo.</summary>
    public static IEnumerable<string> Forms(string email)
    {
        yield return email;
        for (var i = 0; i < email.Length; i++)
            if (i == 0 || email[i] != email[i - 1]) yield return email.Remove(i, 1);
    }
}
