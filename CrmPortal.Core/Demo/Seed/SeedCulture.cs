namespace CrmPortal.Core.Demo;

/// <summary>
/// How the people of one country are called, where they live and how they write it. Names are in the order of their frequency.
/// </summary>
internal sealed record SeedCulture(string Country, string Language, int Weight)
{
    public required string[] Female { get; init; }
    public required string[] Male { get; init; }
    public required string[] Family { get; init; }

    /// <summary>Endings that family names of women change: from → to.</summary>
    public (string Of, string Her)[] FamilyOfWomen { get; init; } = [];

    public required string[] Cities { get; init; }
    public required string[] Streets { get; init; }

    /// <summary>Where {0} is the street and {1} the number.</summary>
    public string Line { get; init; } = "{1} {0}";

    /// <summary># stands for a digit, @ for a letter.</summary>
    public required string PostalCode { get; init; }

    /// <summary>
    /// Ranges of numbers that the country's plan keeps for films and books: what they begin with, and how many digits follow.
    /// </summary>
    public (string Prefix, int Digits)[] FictionPhones { get; init; } = [];

    internal static string[] Words(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(w => w.Replace('_', ' '))];

    /// <summary>All cultures; the order decides what a seed gives.</summary>
    public static IReadOnlyList<SeedCulture> All { get; } = [.. WesternCultures.All, .. EuropeanCultures.All, .. EasternCultures.All];
}
