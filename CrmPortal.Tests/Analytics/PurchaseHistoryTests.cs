using CrmPortal.Core.Analytics;

namespace CrmPortal.Tests.Analytics;

/// <summary>What the models know of a customer, made from the days on which they bought.</summary>
public sealed class PurchaseHistoryTests
{
    private static readonly DateOnly End = new(2015, 2, 7);

    /// <summary>Six customers by hand; times in days.</summary>
    private static readonly PurchaseDay[] Days =
    [
        Day(1, 1, 1, 1), Day(1, 2, 6, 2),
        Day(2, 1, 1, 2),
        Day(3, 1, 1, 3), Day(3, 1, 2, 1), Day(3, 1, 5, 5),
        Day(4, 1, 16, 6), Day(4, 2, 2, 3), Day(4, 2, 5, 3), Day(4, 2, 5, 6),
        Day(5, 1, 16, 3), Day(5, 1, 17, 1), Day(5, 1, 18, 8),
        Day(6, 2, 2, 5),
    ];

    [Fact]
    public void Histories_AreThoseMadeByHand() => Assert.Equal(
        [
            Customer(1, 1, 36, 37, 2), Customer(2, 0, 0, 37, 0), Customer(3, 2, 4, 37, 3), Customer(4, 2, 20, 22, 6),
            Customer(5, 2, 2, 22, 4.5), Customer(6, 0, 0, 5, 0),
        ],
        PurchaseHistories.Of(Days, End));

    [Fact]
    public void Histories_DoNotDependOnTheOrderOfRows()
    {
        var shuffled = (PurchaseDay[])Days.Clone();
        new Random(1).Shuffle(shuffled);
        var before = (PurchaseDay[])shuffled.Clone();

        Assert.Equal(PurchaseHistories.Of(Days, End), PurchaseHistories.Of(shuffled, End));
        Assert.Equal(before, shuffled);
    }

    [Fact]
    public void Histories_EndWithTheDay_AndLeaveOutWhoCameLater() => Assert.Equal(
        [Customer(1, 0, 0, 32, 0), Customer(2, 0, 0, 32, 0), Customer(3, 2, 4, 32, 3), Customer(4, 1, 17, 17, 3),
            Customer(5, 2, 2, 17, 4.5), Customer(6, 0, 0, 0, 0)],
        PurchaseHistories.Of(Days, new(2015, 2, 2)));

    [Fact]
    public void SecondOrderOfTheFirstDay_IsNoRepeatPurchase() =>
        Assert.Equal([Customer(1, 0, 0, 37, 0)], PurchaseHistories.Of([Day(1, 1, 1, 10), Day(1, 1, 1, 20)], End));

    [Fact]
    public void Histories_OfNobody_AreNone()
    {
        Assert.Empty(PurchaseHistories.Of([], End));
        Assert.Empty(PurchaseHistories.Of([Day(1, 3, 1, 10)], End));
    }

    [Fact]
    public void Cdnow_HasTheKnownFigures()
    {
        var histories = Cdnow.Histories();
        var values = histories.Where(h => h.RepeatPurchases > 0).Select(h => h.MeanValue).Order().ToList();

        Assert.Equal((2357, 946, 2457), (histories.Length, values.Count, histories.Sum(h => h.RepeatPurchases)));
        Assert.Equal(35.0778, values.Average(), 1e-4);
        Assert.Equal((2.99, 299.634), (Math.Round(values[0], 3), Math.Round(values[^1], 3)));
        Assert.Equal(27.4975, (values[472] + values[473]) / 2, 1e-4);
    }

    private static PurchaseDay Day(long customer, int month, int day, double value) => new(customer, new(2015, month, day), value);

    private static CustomerHistory Customer(long id, int repeats, int recencyDays, int ageDays, double meanValue) =>
        new(id, new(repeats, recencyDays / 7d, ageDays / 7d, meanValue));
}
