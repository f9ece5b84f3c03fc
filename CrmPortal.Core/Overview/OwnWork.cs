using CrmPortal.Core.Customers.Notifications;

namespace CrmPortal.Core.Overview;

/// <summary>What the acting user was at, and what they should look at.</summary>
/// <param name="Mentions">Notes that name them, newest first.</param>
/// <param name="Followed">Customers whom they follow and who changed, each once, newest first.</param>
/// <param name="Birthdays">Who has their birthday within a week; null for those who may not see dates of birth.</param>
/// <param name="Opened">The customers whom they opened last.</param>
public sealed record OwnWork(IReadOnlyList<OwnNotice> Mentions, IReadOnlyList<OwnNotice> Followed, IReadOnlyList<Birthday>? Birthdays,
    IReadOnlyList<OpenedCustomer> Opened);

/// <param name="ActorName">Who mentioned them, or changed the customer; empty for the program.</param>
public sealed record OwnNotice(long Id, NotificationKind Kind, long CustomerId, string CustomerName, string ActorName, DateTimeOffset At,
    bool IsRead);

/// <param name="Day">The day of this week on which it is.</param>
public sealed record Birthday(long CustomerId, string CustomerName, DateOnly Day);

public sealed record OpenedCustomer(long Id, string Name);
