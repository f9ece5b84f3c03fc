using System.ComponentModel;
using CrmPortal.Core.Network;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Features.Network;

/// <summary>What is wanted of a tariff; what is absent stays as it is.</summary>
internal sealed record TariffBody
{
    [Description("What billing calls it: letters a to z, digits, dots, dashes and underscores.")]
    public Optional<string?> Code { get; init; }

    public Optional<string?> Name { get; init; }

    [Description("Kilobits a second to the customer; null for no limit.")]
    public Optional<int?> DownKbps { get; init; }

    [Description("Kilobits a second from the customer; null for no limit.")]
    public Optional<int?> UpKbps { get; init; }

    public Optional<decimal> MonthlyPrice { get; init; }

    [Description("ISO 4217; the shop's where it is absent.")]
    public Optional<string?> Currency { get; init; }

    [Description("Seconds after which the access server asks anew; null for never.")]
    public Optional<int?> SessionTimeout { get; init; }

    [Description("Seconds without traffic after which the access server hangs up; null for never.")]
    public Optional<int?> IdleTimeout { get; init; }

    [Description("What else the access server is told, each such as \"Filter-Id = guests\"; {down} and {up} stand for the rates.")]
    public Optional<IReadOnlyList<string>?> Attributes { get; init; }

    [Description("Whether it is sold no longer; those who have it keep it.")]
    public Optional<bool> IsRetired { get; init; }

    /// <summary>The tariff as it is, with what was sent; null for a new one.</summary>
    public TariffInput On(TariffDetails? now) => new(Code.Or(now?.Code), Name.Or(now?.Name), DownKbps.Or(now?.DownKbps),
        UpKbps.Or(now?.UpKbps), MonthlyPrice.Or(now?.MonthlyPrice ?? 0), Currency.Or(now?.Currency),
        SessionTimeout.Or(now?.SessionSeconds), IdleTimeout.Or(now?.IdleSeconds), Attributes.Or(now?.Attributes) ?? [],
        IsRetired.Or(now?.IsRetired ?? false));
}

/// <summary>A tariff.</summary>
/// <param name="Connections">How many connections have it.</param>
internal sealed record TariffItem(long Id, string Code, string Name, int? DownKbps, int? UpKbps, decimal MonthlyPrice, string Currency,
    int? SessionTimeout, int? IdleTimeout, IReadOnlyList<string> Attributes, bool IsRetired, int Connections, long Version)
{
    public static TariffItem Of(TariffDetails t) => new(t.Id, t.Code, t.Name, t.DownKbps, t.UpKbps, t.MonthlyPrice, t.Currency,
        t.SessionSeconds, t.IdleSeconds, t.Attributes, t.IsRetired, t.Connections, t.Version);
}

/// <summary>What is wanted of a connection; what is absent stays as it is.</summary>
internal sealed record ConnectionBody
{
    [Description("The code of the tariff.")]
    public Optional<string?> Tariff { get; init; }

    [Description("The name by which the access server asks; case does not matter.")]
    public Optional<string?> AccessName { get; init; }

    [Description("Answered to nobody. Absent on a new connection, one is made up and answered once.")]
    public string? Password { get; init; }

    public Optional<bool> IsSuspended { get; init; }

    [Description("Why it is suspended.")]
    public Optional<string?> SuspendReason { get; init; }

    /// <summary>The connection as it is, with what was sent; null for a new one.</summary>
    public ConnectionInput On(ConnectionDetails? now) => new(Tariff.Or(now?.Tariff), AccessName.Or(now?.AccessName), Password,
        IsSuspended.Or(now?.SuspendedAt is not null), SuspendReason.Or(now?.SuspendReason));
}

/// <summary>A connection of a customer; its password is answered to nobody.</summary>
/// <param name="Tariff">The code of its tariff.</param>
/// <param name="State">Whether it lets the customer in, and why not.</param>
/// <param name="MonthDown">Bytes to the customer in this month of the shop.</param>
/// <param name="MonthUp">Bytes from the customer in this month.</param>
internal sealed record ConnectionItem(long Id, long CustomerId, string Tariff, string AccessName, ConnectionState State,
    DateTimeOffset? SuspendedAt, string? SuspendReason, DateTimeOffset CreatedAt, DateTimeOffset PasswordSetAt, long MonthDown,
    long MonthUp, SessionItem? LastSession, long Version)
{
    public static ConnectionItem Of(ConnectionDetails c) => new(c.Id, c.CustomerId, c.Tariff, c.AccessName, c.State, c.SuspendedAt,
        c.SuspendReason, c.CreatedAt, c.PasswordSetAt, c.MonthDown, c.MonthUp,
        c.LastSession is { } s ? new(s.AccessServer, s.Address, s.StartedAt, s.LastSeenAt, s.EndedAt, s.EndCause, s.Seconds, s.Down, s.Up)
            : null, c.Version);
}

/// <summary>One time online.</summary>
/// <param name="EndedAt">Null while it lasts.</param>
/// <param name="Down">Bytes to the customer.</param>
/// <param name="Up">Bytes from the customer.</param>
internal sealed record SessionItem(string AccessServer, string? Address, DateTimeOffset StartedAt, DateTimeOffset LastSeenAt,
    DateTimeOffset? EndedAt, string? EndCause, long Seconds, long Down, long Up);

/// <summary>A new connection.</summary>
/// <param name="Password">The one that was made up, this once; null where one was sent.</param>
internal sealed record ConnectionMade(ConnectionItem Connection, string? Password);

/// <summary>What went through a connection on a day.</summary>
/// <param name="Down">Bytes to the customer.</param>
/// <param name="Up">Bytes from the customer.</param>
/// <param name="Sessions">How many sessions began.</param>
internal sealed record UsageItem(DateOnly Day, long Down, long Up, long Seconds, int Sessions)
{
    public static UsageItem Of(UsageDay d) => new(d.Day, d.Down, d.Up, d.Seconds, d.Sessions);
}
