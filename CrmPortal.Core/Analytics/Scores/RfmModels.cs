using CrmPortal.Core.Customers;

namespace CrmPortal.Core.Analytics;

/// <summary>What a calculation did.</summary>
/// <param name="RunId">Null where there was nobody to score anew.</param>
/// <param name="Scored">How many customers got their scores by it, changed or not.</param>
/// <param name="Changed">Of those the ones whose scores are other than before.</param>
public sealed record RfmResult(long? RunId, int Scored, int Changed);

/// <summary>A calculation in a list.</summary>
public sealed record RfmRunDetails(long Id, DateTimeOffset EndedAt, DateOnly AsOf, string ByName, int? WindowMonths, int Customers,
    int Changed);

/// <summary>The customers of one cell of the map.</summary>
public sealed record RfmCell(int Recency, int Frequency, int Monetary, int Customers, long Orders, long Spent)
{
    public RfmSegment Segment => RfmSegments.Of(Recency, Frequency, Monetary);
}

/// <summary>How the customers of a calculation are distributed.</summary>
/// <param name="Cells">Those of the 125 that have customers.</param>
public sealed record RfmDistribution(RfmRunDetails Run, IReadOnlyList<RfmCell> Cells)
{
    /// <summary>All eleven segments, the best first, also those without customers.</summary>
    public IReadOnlyList<RfmShare> Segments => [.. RfmSegments.All.Select(segment =>
    {
        var cells = Cells.Where(c => c.Segment == segment).ToList();
        return new RfmShare(segment, cells.Sum(c => c.Customers), cells.Sum(c => c.Orders), cells.Sum(c => c.Spent));
    })];
}

/// <summary>The customers of a segment together.</summary>
/// <param name="Spent">Less refunds, in minor units of the base currency.</param>
public sealed record RfmShare(RfmSegment Segment, int Customers, long Orders, long Spent)
{
    /// <summary>Spent per order that counts; null without one.</summary>
    public long? Average => Orders == 0 ? null : (long)Math.Round((decimal)Spent / Orders, MidpointRounding.AwayFromZero);
}

/// <summary>How many customers went from one segment to another between two calculations; null is nobody's: they had no orders.</summary>
public sealed record RfmMove(RfmSegment? From, RfmSegment? To, int Customers);

/// <summary>What holds for one customer.</summary>
/// <param name="CalculatedAt">When the scores were last found to be these.</param>
/// <param name="DaysSinceLastOrder">In days of the shop's calendar, as of now.</param>
/// <param name="History">What held before, newest first.</param>
public sealed record CustomerRfm(long CustomerId, string Number, string Name, int Recency, int Frequency, int Monetary, RfmSegment Segment,
    OrderFigures Orders, int? DaysSinceLastOrder, DateTimeOffset CalculatedAt, DateTimeOffset Since, IReadOnlyList<PastRfm> History);

/// <summary>Scores that held for a customer for a time.</summary>
public sealed record PastRfm(int Recency, int Frequency, int Monetary, RfmSegment Segment, DateTimeOffset From, DateTimeOffset Until);

/// <summary>A customer who went from one segment to another.</summary>
public sealed record RfmMover(long CustomerId, string Name, string Number, OrderFigures Orders);
