namespace CrmPortal.Core.Customers;

/// <summary>What recency, frequency and monetary value together say of a customer; stored by its number, which never changes.</summary>
public enum RfmSegment
{
    Champion = 1,
    Loyal = 2,
    PotentialLoyalist = 3,
    NewCustomer = 4,
    Promising = 5,
    NeedAttention = 6,
    AboutToSleep = 7,
    AtRisk = 8,
    CannotLose = 9,
    Hibernating = 10,
    Lost = 11,
}

/// <summary>Which segment each of the 125 combinations of scores belongs to, and what the segments are called.</summary>
public static class RfmSegments
{
    /// <summary>The highest score; the lowest is 1.</summary>
    public const int Highest = 5;

    /// <summary>
    /// A line for each recency from 5 to 1, in it a word for each frequency from 5 to 1, in that a letter for each monetary score from 5
    /// to 1.
    /// Every range that document 3 prints is kept; where it names none, the nearest one holds.
    /// </summary>
    private static readonly string[] Cells =
    [
        "CLLLL LLLLL PPPOO OOONN NNNNN",
        "LLLLL LLLLL PPPOO OOOOO OOONN",
        "LLLLL AAAAA AAASS SSSSS SSSSS",
        "XXRRR RRRRR RRSSH SSSSH SSSSH",
        "XXRRR RRRRR RRRHH RRHHH ZZZZZ",
    ];

    private static readonly Dictionary<RfmSegment, string> Names = new()
    {
        [RfmSegment.Champion] = "Champion", [RfmSegment.Loyal] = "Loyal", [RfmSegment.PotentialLoyalist] = "Potential Loyalist",
        [RfmSegment.NewCustomer] = "New Customer", [RfmSegment.Promising] = "Promising", [RfmSegment.NeedAttention] = "Need Attention",
        [RfmSegment.AboutToSleep] = "About to Sleep", [RfmSegment.AtRisk] = "At Risk", [RfmSegment.CannotLose] = "Can't Lose Them",
        [RfmSegment.Hibernating] = "Hibernating", [RfmSegment.Lost] = "Lost",
    };

    /// <summary>All of them, the best customers first.</summary>
    public static IReadOnlyList<RfmSegment> All { get; } = Enum.GetValues<RfmSegment>();

    /// <summary>Each by the word with which filters and addresses name it, such as <c>potential_loyalist</c>.</summary>
    public static IReadOnlyDictionary<string, RfmSegment> ByCode { get; } = All.ToDictionary(CodeOf);

    /// <summary>The segment of three scores from 1 to 5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A score is none.</exception>
    public static RfmSegment Of(int recency, int frequency, int monetary)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(recency is >= 1 and <= Highest, true, nameof(recency));
        ArgumentOutOfRangeException.ThrowIfNotEqual(frequency is >= 1 and <= Highest, true, nameof(frequency));
        ArgumentOutOfRangeException.ThrowIfNotEqual(monetary is >= 1 and <= Highest, true, nameof(monetary));
        return Cells[Highest - recency][((Highest - frequency) * (Highest + 1)) + Highest - monetary] switch
        {
            'C' => RfmSegment.Champion,
            'L' => RfmSegment.Loyal,
            'P' => RfmSegment.PotentialLoyalist,
            'N' => RfmSegment.NewCustomer,
            'O' => RfmSegment.Promising,
            'A' => RfmSegment.NeedAttention,
            'S' => RfmSegment.AboutToSleep,
            'R' => RfmSegment.AtRisk,
            'X' => RfmSegment.CannotLose,
            'H' => RfmSegment.Hibernating,
            _ => RfmSegment.Lost,
        };
    }

    /// <summary>The English name as document 3 prints it.</summary>
    public static string NameOf(RfmSegment segment) => Names[segment];

    /// <summary>The word with which filters and addresses name it.</summary>
    public static string CodeOf(RfmSegment segment) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(segment.ToString());
}
