using CrmPortal.Core.Customers;

namespace CrmPortal.Core.Network;

/// <summary>What is wanted of a tariff.</summary>
/// <param name="Currency">ISO 4217; null for the shop's.</param>
/// <param name="Attributes">What else the access server is told, each such as <c>Filter-Id = guests</c>.</param>
public sealed record TariffInput(string? Code, string? Name, int? DownKbps, int? UpKbps, decimal MonthlyPrice, string? Currency,
    int? SessionSeconds, int? IdleSeconds, IReadOnlyList<string> Attributes, bool IsRetired = false);

/// <summary>A tariff with how many connections have it.</summary>
public sealed record TariffDetails(long Id, string Code, string Name, int? DownKbps, int? UpKbps, decimal MonthlyPrice, string Currency,
    int? SessionSeconds, int? IdleSeconds, IReadOnlyList<string> Attributes, bool IsRetired, int Connections, long Version);

/// <summary>Whether a connection lets its customer in, and why not.</summary>
public enum ConnectionState
{
    Running,

    /// <summary>This connection was suspended.</summary>
    Suspended,

    /// <summary>The password has to be set anew.</summary>
    NoPassword,

    CustomerBlocked,

    /// <summary>The customer was deactivated or lies in the trash.</summary>
    CustomerInactive,

    /// <summary>Billing suspended the customer's subscription.</summary>
    SubscriptionSuspended,

    /// <summary>The customer's subscription has ended.</summary>
    SubscriptionCancelled,
}

/// <summary>What is wanted of a connection.</summary>
/// <param name="Tariff">The code of the tariff.</param>
/// <param name="Password">Null keeps the one that there is; a new connection gets one that is made up.</param>
/// <param name="Reason">Why it is suspended.</param>
public sealed record ConnectionInput(string? Tariff, string? AccessName, string? Password, bool IsSuspended = false, string? Reason = null);

/// <summary>A connection as it is shown; its password is shown to nobody.</summary>
/// <param name="MonthDown">Bytes to the customer in this month of the shop.</param>
/// <param name="MonthUp">Bytes from the customer in this month.</param>
public sealed record ConnectionDetails(long Id, long CustomerId, string Tariff, string TariffName, string AccessName,
    ConnectionState State, DateTimeOffset? SuspendedAt, string? SuspendReason, DateTimeOffset CreatedAt, DateTimeOffset PasswordSetAt,
    long MonthDown, long MonthUp, OnlineSession? LastSession, long Version);

/// <summary>One time online.</summary>
/// <param name="Address">Null also for who may not see it.</param>
public sealed record OnlineSession(string AccessServer, string? Address, DateTimeOffset StartedAt, DateTimeOffset LastSeenAt,
    DateTimeOffset? EndedAt, string? EndCause, long Seconds, long Down, long Up);

/// <summary>A connection after a change.</summary>
/// <param name="Password">The one that was made up, which is answered this once.</param>
public sealed record ConnectionSaved(ConnectionDetails Connection, string? Password, long? ChangeSetId);

/// <summary>What went through a connection, or through all, on a day.</summary>
public sealed record UsageDay(DateOnly Day, long Down, long Up, long Seconds, int Sessions);

/// <summary>Figures of the network.</summary>
/// <param name="Online">How many sessions last at this moment.</param>
/// <param name="Answers">How often access servers were answered what today.</param>
/// <param name="Days">The last days, the oldest first, those without traffic included.</param>
public sealed record NetworkFigures(int Online, IReadOnlyDictionary<AccessVerdict, long> Answers, IReadOnlyList<UsageDay> Days);

/// <summary>What an access server is answered, and why.</summary>
public enum AccessVerdict
{
    Accepted,
    UnknownName,
    WrongPassword,

    /// <summary>The request has no password of a kind that is understood, or the connection has none that can be read.</summary>
    NoPassword,

    Suspended,
    CustomerBlocked,
    CustomerInactive,
    SubscriptionSuspended,
    SubscriptionCancelled,
}

/// <summary>Somebody wants in.</summary>
/// <param name="Password">As sent by PAP; null where it was not.</param>
/// <param name="Chap">As sent by CHAP; null where it was not.</param>
public sealed record AccessRequest(string? Name, string? Password, ChapAnswer? Chap);

/// <summary>What an access server is answered.</summary>
/// <param name="Attributes">What it is told of an accepted connection, each a text or a whole number.</param>
public sealed record AccessAnswer(AccessVerdict Verdict, IReadOnlyList<KeyValuePair<string, object>> Attributes);

/// <summary>What an access server tells of.</summary>
public enum UsageEvent { Start, Interim, Stop, ServerOn, ServerOff }

/// <summary>What an access server tells of a session.</summary>
/// <param name="Up">Bytes from the customer so far.</param>
/// <param name="Down">Bytes to the customer so far.</param>
/// <param name="Delay">For so many seconds the access server has been trying to tell it.</param>
public sealed record UsageReport(UsageEvent Event, string? Name, string? SessionId, string AccessServer, string? Address, long Seconds,
    long Up, long Down, long Delay, string? Cause);

/// <summary>What decides over a connection.</summary>
internal sealed record ConnectionFacts(bool IsSuspended, bool HasPassword, CustomerStatus Status, bool IsInTrash,
    SubscriptionState Subscription)
{
    /// <summary>The person comes before the contract, and the contract before the connection.</summary>
    public ConnectionState State => this switch
    {
        { Status: CustomerStatus.Blocked } => ConnectionState.CustomerBlocked,
        { IsInTrash: true } or { Status: CustomerStatus.Inactive } => ConnectionState.CustomerInactive,
        { Subscription: SubscriptionState.Cancelled } => ConnectionState.SubscriptionCancelled,
        { Subscription: SubscriptionState.Suspended } => ConnectionState.SubscriptionSuspended,
        { IsSuspended: true } => ConnectionState.Suspended,
        { HasPassword: false } => ConnectionState.NoPassword,
        // Where nobody bills by subscriptions, customers have none.
        _ => ConnectionState.Running,
    };
}
