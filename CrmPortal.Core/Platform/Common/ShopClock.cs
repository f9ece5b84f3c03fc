using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Platform.Common;

/// <summary>
/// What time it is, and which day it is for the shop: business days, "today" and "this month" begin and end in its time zone, whoever asks
/// from wherever. <see cref="In"/> answers for somebody who lives in another zone.
/// </summary>
public sealed class ShopClock
{
    private readonly TimeProvider _clock;

    public ShopClock(TimeProvider clock, IOptions<ShopOptions> shop)
        : this(clock, shop.Value.Zone)
    {
    }

    private ShopClock(TimeProvider clock, LocalZone zone) => (_clock, Zone) = (clock, zone);

    public LocalZone Zone { get; }

    public DateTimeOffset Now => _clock.GetUtcNow();

    public DateOnly Today => Zone.DayOf(Now);

    /// <summary>The first day of this month.</summary>
    public DateOnly ThisMonth => new(Today.Year, Today.Month, 1);

    /// <inheritdoc cref="LocalZone.DayOf"/>
    public DateOnly DayOf(DateTimeOffset instant) => Zone.DayOf(instant);

    /// <inheritdoc cref="LocalZone.StartOf"/>
    public DateTimeOffset StartOf(DateOnly day) => Zone.StartOf(day);

    /// <inheritdoc cref="LocalZone.EndOf"/>
    public DateTimeOffset EndOf(DateOnly day) => Zone.EndOf(day);

    /// <inheritdoc cref="LocalZone.InstantOf"/>
    public DateTimeOffset InstantOf(DateTime time) => Zone.InstantOf(time);

    /// <summary>The same clock in another zone.</summary>
    public ShopClock In(LocalZone zone) => new(_clock, zone);
}
