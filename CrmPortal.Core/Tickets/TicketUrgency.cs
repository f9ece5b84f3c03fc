using System.Globalization;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Segments;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>Why a ticket stands further up, or down, than its due time says.</summary>
public enum UrgencyReason { Priority, Vip, Spent, Risk, Group }

/// <summary>One reason with the hours by which it brings a ticket forward; negative where it puts it back.</summary>
public sealed record UrgencyShift(UrgencyReason Reason, int Hours);

/// <summary>What the place of a ticket asks of its customer.</summary>
/// <param name="TotalSpent">In minor units of the base currency.</param>
/// <param name="IsAtRisk">Whether they have probably gone, by the last calculation of lifetime value.</param>
/// <param name="HasPrioritySupport">Whether they are in a group with priority support.</param>
internal sealed record CustomerStanding(long Id, bool IsVip, long TotalSpent, bool IsAtRisk, string? Tier, bool HasPrioritySupport)
{
    public static Task<Dictionary<long, CustomerStanding>> OfAsync(CrmDbContext db, IReadOnlyCollection<long> ids,
        CancellationToken cancellationToken) => ids.Count == 0 ? Task.FromResult(new Dictionary<long, CustomerStanding>())
        : db.Set<Customer>().TagWith(TicketRecount.ComputingTag).Where(c => ids.Contains(c.Id)).Select(c => new CustomerStanding(c.Id,
            c.IsVip, c.TotalSpent,
            c.Forecast != null && c.Forecast.AtRisk != null, c.Tier,
            db.Set<SegmentMember>().Any(m => m.CustomerId == c.Id && m.Until == null
                && db.Set<Segment>().Any(s => s.Id == m.SegmentId && s.PrioritySupport))))
            .ToDictionaryAsync(c => c.Id, cancellationToken);
}

/// <summary>
/// The order of unsolved tickets: what is due first comes first, and each reason to hurry brings a ticket forward by some hours, so that
/// the list can say why something stands where it does.
/// </summary>
internal static class TicketUrgency
{
    /// <summary>What was spent is counted by doublings of so many minor units: the first is worth an hour, each further one
    /// another.</summary>
    private const long FirstStep = 10_000;

    private const int MostHoursForSpent = 8;
    private const int HoursForVip = 8;
    private const int HoursForGroup = 8;
    private const int HoursForRisk = 4;

    /// <summary>Without a target an answer is expected within a day, and anything else is looked at again after some days.</summary>
    private static readonly TimeSpan UsualAnswer = TimeSpan.FromDays(1);

    private static readonly TimeSpan UsualLook = TimeSpan.FromDays(3);
    private static readonly TimeSpan LookWhileWaiting = TimeSpan.FromDays(7);

    public static void Apply(Ticket ticket, CustomerStanding? customer)
    {
        if (!ticket.IsUnsolved)
        {
            (ticket.UrgentAt, ticket.Urgency) = (null, null);
            return;
        }

        var shifts = Shifts(ticket.Priority, customer).ToList();
        ticket.UrgentAt = Due(ticket) - TimeSpan.FromHours(shifts.Sum(s => s.Hours));
        ticket.Urgency = shifts.Count == 0 ? null
            : string.Join(' ', shifts.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Reason}:{s.Hours}")));
    }

    public static IReadOnlyList<UrgencyShift> Read(string? stored) => stored is null ? []
        : [.. stored.Split(' ').Select(s => s.Split(':')).Select(s => new UrgencyShift(Enum.Parse<UrgencyReason>(s[0]),
            int.Parse(s[1], CultureInfo.InvariantCulture)))];

    private static DateTimeOffset Due(Ticket ticket) => ticket switch
    {
        { NextDue: { } due } => due,
        { State: TicketState.Pending, PendingUntil: { } until } => until,
        { State: TicketState.Pending or TicketState.OnHold } => ticket.LastMessageAt + LookWhileWaiting,
        { IsAnswerDue: true } => ticket.LastMessageAt + UsualAnswer,
        _ => ticket.LastMessageAt + UsualLook,
    };

    private static IEnumerable<UrgencyShift> Shifts(TicketPriority priority, CustomerStanding? customer)
    {
        if (priority != TicketPriority.Normal)
            yield return new(UrgencyReason.Priority, priority switch { TicketPriority.Urgent => 24, TicketPriority.High => 8, _ => -24 });
        if (customer is null) yield break;
        if (customer.IsVip) yield return new(UrgencyReason.Vip, HoursForVip);
        if (customer.HasPrioritySupport) yield return new(UrgencyReason.Group, HoursForGroup);
        var spent = customer.TotalSpent < FirstStep ? 0
            : Math.Min(MostHoursForSpent, (int)Math.Log2(1 + ((double)customer.TotalSpent / FirstStep)));
        if (spent > 0) yield return new(UrgencyReason.Spent, spent);
        if (customer.IsAtRisk) yield return new(UrgencyReason.Risk, HoursForRisk);
    }
}
