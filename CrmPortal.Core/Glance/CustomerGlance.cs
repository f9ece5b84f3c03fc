using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;

namespace CrmPortal.Core.Glance;

/// <summary>What the first screen of a customer's page says beside the record itself.</summary>
/// <param name="Standing">The loyalty tier, and what the next one needs.</param>
/// <param name="Points">The balance of points.</param>
/// <param name="Purchases">Null for those who may not see orders.</param>
/// <param name="NextDate">What comes next, today included: an important date, the birthday (for those who may see it) or the last day of
/// some points; null where nothing does.</param>
/// <param name="LastNote">The newest note that the acting user may see; null where there is none.</param>
public sealed record CustomerGlanceDetails(long CustomerId, TierStanding Standing, PointsGlance Points, PurchaseGlance? Purchases,
    NextDateGlance? NextDate, NoteGlance? LastNote)
{
    /// <summary>What the last calculation said; null for who has no order that counts.</summary>
    public RfmScores? Scores { get; init; }
}

public enum NextDateKind { Important, Birthday, PointsExpire }

/// <summary>A day that comes next.</summary>
/// <param name="Label">Of an important date, the occasion as it was written down.</param>
public sealed record NextDateGlance(NextDateKind Kind, DateOnly Day, string? Label = null);

/// <summary>What a customer bought in twelve months: this month, as far as it has come, and the eleven before it.</summary>
/// <param name="Months">All twelve, the oldest first.</param>
/// <param name="LastOrder">The newest of all orders, in whatever status and however old; null without one.</param>
public sealed record PurchaseGlance(IReadOnlyList<MonthGlance> Months, OrderGlance? LastOrder)
{
    /// <summary>Paid orders of the twelve months less their refunds, in minor units of the shop's base currency.</summary>
    public long Spent => Months.Sum(m => m.Spent);

    /// <summary>Paid orders of the twelve months.</summary>
    public int Orders => Months.Sum(m => m.Orders);

    /// <summary>Spent for each paid order, in the same units, rounded half away from zero; null without an order.</summary>
    public long? Average => Orders == 0 ? null : (long)Math.Round((decimal)Spent / Orders, MidpointRounding.AwayFromZero);
}

/// <summary>A month of the shop's calendar.</summary>
/// <param name="Month">Its first day.</param>
/// <param name="Orders">Paid orders that were placed in it.</param>
/// <param name="Spent">Those less the refunds of the month, in minor units of the shop's base currency; negative where more came
/// back.</param>
public sealed record MonthGlance(DateOnly Month, int Orders, long Spent);

/// <param name="Total">In minor units of the order's currency.</param>
/// <param name="Currency">ISO 4217.</param>
public sealed record OrderGlance(long Id, string Name, DateTimeOffset PlacedAt, OrderStatus Status, long Total, string Currency);

/// <param name="FirstLine">The first line of the note as plain text.</param>
public sealed record NoteGlance(long Id, string FirstLine, string AuthorName, DateTimeOffset CreatedAt, bool IsPrivate);
