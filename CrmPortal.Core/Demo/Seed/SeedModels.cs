namespace CrmPortal.Core.Demo;

/// <summary>How much is made, and from which number.</summary>
/// <param name="Until">The day after the last order.</param>
public sealed record SeedRequest(int Customers, int Orders, long Seed, DateOnly Until)
{
    public const int MostCustomers = 10_000_000;
    public const int MostOrders = 100_000_000;

    /// <summary>The end of the data where none is asked for; the same for ever, so that the same words give the same data.</summary>
    public static DateOnly UsualEnd { get; } = new(2026, 11, 1);
}

/// <summary>
/// What was made. The checksum is of the data, not of the keys: it is the same for the same request on every machine and database.
/// </summary>
/// <param name="TopFifth">The share of the revenue of known customers that the top fifth of those who bought made.</param>
public sealed record SeedResult(
    int Customers, int Orders, int Anonymous, long Lines, int Refunds, int Cultures, long Revenue, string Currency, double TopFifth,
        string Checksum);
