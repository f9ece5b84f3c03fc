using System.Globalization;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.Extensions.Options;

namespace CrmPortal.Tests.Common;

public sealed class LocalZoneTests
{
    [Theory]
    [InlineData("Europe/Dublin", "2026-03-29T01:30:00", "2026-03-29T01:30:00Z")]
    [InlineData("Africa/Casablanca", "2026-03-22T02:30:00", "2026-03-22T02:30:00Z")]
    [InlineData("America/Vancouver", "2026-03-08T02:30:00", "2026-03-08T10:30:00Z")]
    [InlineData("America/Edmonton", "2026-03-08T02:30:00", "2026-03-08T09:30:00Z")]
    [InlineData("America/Winnipeg", "2026-03-08T02:30:00", "2026-03-08T08:30:00Z")]
    [InlineData("Europe/Berlin", "2026-03-29T02:30:00", "2026-03-29T01:30:00Z")]
    public void InstantOf_ATimeThatIsSkipped_IsAsMuchAfterTheGap(string zone, string time, string expected)
    {
        var instant = LocalZone.Of(zone).InstantOf(Time(time));

        Assert.Equal(At(expected), instant);
        Assert.Equal(Time(time).AddHours(1), LocalZone.Of(zone).TimeOf(instant));
    }

    [Theory]
    [InlineData("Europe/Dublin", "2026-10-25T01:30:00", "2026-10-25T00:30:00Z")]
    [InlineData("Africa/Casablanca", "2026-02-15T02:30:00", "2026-02-15T01:30:00Z")]
    [InlineData("America/Vancouver", "2025-11-02T01:30:00", "2025-11-02T08:30:00Z")]
    [InlineData("America/Edmonton", "2025-11-02T01:30:00", "2025-11-02T07:30:00Z")]
    [InlineData("America/Winnipeg", "2025-11-02T01:30:00", "2025-11-02T06:30:00Z")]
    [InlineData("Europe/Berlin", "2026-10-25T02:30:00", "2026-10-25T00:30:00Z")]
    public void InstantOf_ATimeThatComesTwice_IsTheFirst_AndBothAreShownAlike(string zone, string time, string expected)
    {
        var instant = LocalZone.Of(zone).InstantOf(Time(time));

        Assert.Equal(At(expected), instant);
        Assert.Equal((Time(time), Time(time)), (LocalZone.Of(zone).TimeOf(instant), LocalZone.Of(zone).TimeOf(instant.AddHours(1))));
    }

    [Theory]
    [InlineData("Europe/Dublin")]
    [InlineData("America/Havana")]
    [InlineData("Pacific/Apia")]
    [InlineData("America/St_Johns")]
    [InlineData("UTC")]
    public void DaysUntil_OfAnyInstants_AreTheDaysOfEach(string zone)
    {
        var (there, random, end) = (LocalZone.Of(zone), new Random(7), At("2027-01-01T00:00:00Z"));
        var dayOf = there.DaysUntil(end);
        // Far apart, around every midnight of two years, and before there was a zone.
        var instants = Enumerable.Range(0, 5_000).Select(_ => end.AddMinutes(-random.NextInt64(1, 60_000_000)))
            .Concat(Enumerable.Range(1, 12_000).Select(i => end.AddMinutes(-i * 97)))
            .Concat(Enumerable.Range(0, 400).Select(i => At("2011-12-29T00:00:00Z").AddMinutes(i * 11)))
            .Append(DateTimeOffset.MinValue).Append(end.AddTicks(-1)).ToArray();
        random.Shuffle(instants);

        Assert.All(instants, instant => Assert.Equal(there.DayOf(instant), dayOf(instant)));
    }

    [Theory]
    [InlineData("America/Vancouver", "2026-11-01", "2026-11-01T07:00:00Z", 24)] // Summer time for good.
    [InlineData("America/Vancouver", "2026-12-01", "2026-12-01T07:00:00Z", 24)]
    [InlineData("America/Edmonton", "2026-12-01", "2026-12-01T06:00:00Z", 24)]
    [InlineData("America/Winnipeg", "2026-12-01", "2026-12-01T05:00:00Z", 24)]
    [InlineData("Africa/Casablanca", "2026-12-01", "2026-12-01T00:00:00Z", 24)]
    [InlineData("America/Vancouver", "2027-03-14", "2027-03-14T07:00:00Z", 24)]
    [InlineData("Europe/Dublin", "2026-10-25", "2026-10-24T23:00:00Z", 25)]
    [InlineData("Europe/Dublin", "2026-03-29", "2026-03-29T00:00:00Z", 23)]
    [InlineData("America/Havana", "2025-11-02", "2025-11-02T04:00:00Z", 25)] // The hour after midnight comes twice.
    [InlineData("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0)] // The day was left out.
    public void Day_BeginsAndEnds_WhenTheClocksThereSaySo(string zone, string day, string start, double hours)
    {
        var (there, date) = (LocalZone.Of(zone), DateOnly.Parse(day, CultureInfo.InvariantCulture));

        Assert.Equal(At(start), there.StartOf(date));
        Assert.Equal(TimeSpan.FromHours(hours), there.EndOf(date) - there.StartOf(date));
        Assert.Equal(hours > 0 ? date : date.AddDays(1), there.DayOf(there.StartOf(date)));
    }

    [Fact]
    public void Days_OfEveryPlace_AreWithoutGapAndOverlap()
    {
        var days = Enumerable.Range(0, 3 * 366).Select(new DateOnly(2025, 6, 1).AddDays).ToList();
        var wrong = LocalZone.Places.Select(LocalZone.Of)
            .SelectMany(zone => days.Where(d => !IsWhole(zone, d)).Select(d => $"{zone} {d:O}"));

        Assert.Empty(wrong);
    }

    [Fact]
    public void Days_LongAgoAndAtTheEndsOfTheCalendar_AreAnswered()
    {
        foreach (var zone in new[] { "Europe/Amsterdam", "Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC" }.Select(LocalZone.Of))
        {
            Assert.Equal(new DateOnly(1900, 1, 1), zone.DayOf(zone.StartOf(new DateOnly(1900, 1, 1))));
            Assert.InRange(zone.StartOf(DateOnly.MinValue), DateTimeOffset.MinValue, DateTimeOffset.MinValue.AddDays(1));
            Assert.Equal(DateTimeOffset.MaxValue, zone.EndOf(DateOnly.MaxValue));
            Assert.Equal(DateOnly.MinValue, zone.DayOf(DateTimeOffset.MinValue));
            Assert.Equal(DateOnly.MaxValue, zone.DayOf(DateTimeOffset.MaxValue));
        }
    }

    [Fact]
    public void Names_OfPlacesAndOfWindows_AreKnown_AndOthersAreNot()
    {
        Assert.Equal("America/Vancouver", LocalZone.Of("America/Vancouver").Id);
        Assert.Same(LocalZone.Of("Asia/Tokyo"), LocalZone.Of("Asia/Tokyo"));
        Assert.Equal("Europe/London", LocalZone.Of("GMT Standard Time").Id);
        Assert.All(new[] { "", "Etc/Unknown", "Mars/Olympus", "europe" }, name => Assert.False(LocalZone.IsKnown(name)));
        Assert.Throws<TimeZoneNotFoundException>(() => LocalZone.Of("Mars/Olympus"));
        Assert.Contains("Africa/Casablanca", LocalZone.Places);
        Assert.DoesNotContain(LocalZone.Places, p => p.StartsWith("Etc/", StringComparison.Ordinal));
    }

    [Fact]
    public void ShopClock_SaysTheShopsDay_AndAnothersInTheirZone()
    {
        var clock = new TestClock();
        clock.Set(At("2026-12-01T06:30:00Z"));
        var shop = new ShopClock(clock, Options.Create(new ShopOptions { TimeZone = "America/Vancouver" }));

        Assert.Equal(new DateOnly(2026, 11, 30), shop.Today);
        Assert.Equal(new DateOnly(2026, 11, 1), shop.ThisMonth);
        Assert.Equal(At("2026-11-30T07:00:00Z"), shop.StartOf(shop.Today));
        Assert.Equal(At("2026-12-01T07:00:00Z"), shop.EndOf(shop.Today));
        Assert.Equal(new DateOnly(2026, 12, 1), shop.In(LocalZone.Of("Asia/Tokyo")).Today);
    }

    private static bool IsWhole(LocalZone zone, DateOnly day) =>
        zone.DayOf(zone.StartOf(day)) == day && zone.DayOf(zone.StartOf(day).AddTicks(-1)) == day.AddDays(-1);

    private static DateTime Time(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
