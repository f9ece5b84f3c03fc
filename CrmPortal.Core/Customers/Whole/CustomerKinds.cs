using System.Linq.Expressions;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Customers;

/// <summary>
/// What document 4 calls a segment. It is not kept but follows from the VIP flag, the status and the day of the record; lists, statistics
/// and exports all ask here, so that they agree.
/// </summary>
public static class CustomerKinds
{
    public const string Vip = "vip";
    public const string Regular = "regular";
    public const string New = "new";
    public const string Inactive = "inactive";

    private const int NewDays = 30;

    /// <summary>For each segment the filter that finds its customers.</summary>
    public static IReadOnlyDictionary<string, string> Filters { get; } = new Dictionary<string, string>
    {
        [Vip] = "vip:yes",
        [Regular] = FormattableString.Invariant($"vip:no;status:any:active;created:older:{NewDays}"),
        [New] = FormattableString.Invariant($"vip:no;status:any:active;created:last:{NewDays}"),
        [Inactive] = "vip:no;status:any:inactive,blocked",
    };

    /// <summary>From this instant on a record is new, as the filter <c>created:last:30</c> has it.</summary>
    public static DateTimeOffset NewSince(LocalZone zone, DateTimeOffset now) => zone.StartOf(zone.DayOf(now).AddDays(-NewDays));

    /// <inheritdoc cref="NewSince(LocalZone, DateTimeOffset)"/>
    public static DateTimeOffset NewSince(this ShopClock clock) => NewSince(clock.Zone, clock.Now);

    public static string Of(CustomerDetails customer, DateTimeOffset newSince) => customer.IsVip ? Vip
        : customer.Status != CustomerStatus.Active ? Inactive : customer.CreatedAt >= newSince ? New : Regular;

    /// <summary>The same for rows.</summary>
    internal static Expression<Func<Customer, object?>> Of(DateTimeOffset newSince) => c => c.IsVip ? Vip
        : c.Status != CustomerStatus.Active ? Inactive : c.CreatedAt >= newSince ? New : Regular;
}
