using CrmPortal.Core.Analytics;

namespace CrmPortal.Tests.Analytics;

/// <summary>A time that is past already, foretold from what was known before it.</summary>
public sealed class BackTestTests
{
    [Fact]
    public void Cdnow_IsForetoldAsPrinted()
    {
        var result = BackTest.Of(Cdnow.Days(), Cdnow.Until, Cdnow.End, PurchaseModelKind.BetaGeometric, default);

        Assert.Equal(39, result.Weeks);
        Assert.Equal(1882, result.Purchases!.Actual);
        Assert.Equal(1653.41, result.Purchases.Model.Predicted, 0.01);
        Assert.Equal(-12.146, result.Purchases.Model.SumErrorPercent!.Value, 0.01);
        Assert.Equal([1411, 439, 214, 100, 62, 38, 29, 64], result.Groups.Select(g => g.Customers));
        Same([.2367, .6970, 1.3925, 1.5600, 2.5323, 2.9474, 3.8621, 6.3594], g => g.MeanActual);
        Same([.2251, .5231, 1.0441, 1.5203, 2.1639, 2.6538, 3.5040, 6.1572], g => g.MeanExpected);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], result.Groups.Select(g => g.RepeatPurchases));
        Assert.Equal(7, Assert.Single(result.Groups, g => g.AndMore).RepeatPurchases);

        void Same(double[] printed, Func<BackTestGroup, double> figure) =>
            Assert.All(printed.Zip(result.Groups), pair => Assert.Equal(pair.First, figure(pair.Second), 1e-4));
    }

    [Theory]
    [InlineData(PurchaseModelKind.ModifiedBetaGeometric)]
    [InlineData(PurchaseModelKind.BetaGeometric)]
    public void Model_ForetellsBetterThanTheNaiveRule(PurchaseModelKind kind)
    {
        var result = BackTest.Of(Cdnow.Days(), Cdnow.Until, Cdnow.End, kind, default);

        foreach (var (_, model, naive) in new[] { result.Purchases!, result.Value! })
        {
            Assert.True(model.MeanAbsoluteError < naive.MeanAbsoluteError);
            Assert.True(model.RootMeanSquareError < naive.RootMeanSquareError);
            Assert.True(Math.Abs(model.SumErrorPercent!.Value) < Math.Abs(naive.SumErrorPercent!.Value));
        }
    }

    [Fact]
    public void Purchases_CountFromTheDayAfter_ToTheLastDay_OnceADay_OfKnownCustomersOnly()
    {
        var (until, end) = (new DateOnly(2025, 6, 30), new DateOnly(2025, 9, 30));
        List<PurchaseDay> days =
        [
            // Customer 1: 2 repeat purchases in 20 weeks; later one on the first and two on the last day, and one too late.
            new(1, until.AddDays(-140), 50), new(1, until.AddDays(-70), 10), new(1, until, 20),
            new(1, until.AddDays(1), 5), new(1, end, 7), new(1, end, 8), new(1, end.AddDays(1), 1000),
            // Customer 2 came on the last day that is known, customer 3 a day later.
            new(2, until, 40), new(3, until.AddDays(1), 30), new(3, end, 30),
            .. Others(until),
        ];

        var result = BackTest.Of(days.ToArray(), until, end, PurchaseModelKind.ModifiedBetaGeometric, default);

        var (first, second) = (result.Customers[0], result.Customers[1]);
        Assert.Equal((1, new PurchaseHistory(2, 20, 20, 15), 2, 20d), (first.CustomerId, first.History, first.Actual, first.ActualValue));
        Assert.Equal(2 / 20d * 92 / 7, first.Naive, 1e-9);
        Assert.Equal(first.Naive * 15, first.NaiveValue, 1e-9);
        Assert.Equal((2, 0, 0d, 0d), (second.CustomerId, second.Actual, second.ActualValue, second.Naive));
        Assert.True(second.Expected > 0);
        Assert.DoesNotContain(result.Customers, c => c.CustomerId == 3);
        Assert.Equal(result.Customers.Select(c => c.CustomerId).Order(), result.Customers.Select(c => c.CustomerId));

        var errors = result.Customers.Select(c => c.Expected - c.Actual).ToList();
        Assert.Equal(errors.Average(Math.Abs), result.Purchases!.Model.MeanAbsoluteError, 1e-9);
        Assert.Equal(Math.Sqrt(errors.Average(e => e * e)), result.Purchases.Model.RootMeanSquareError, 1e-9);
        Assert.Equal(result.Customers.Sum(c => c.ExpectedValue), result.Value!.Model.Predicted, 1e-6);
        Assert.Equal((2d, 20d), (result.Purchases.Actual, result.Value.Actual));
        Assert.Equal(result.Customers.Count, result.Groups.Sum(g => g.Customers));

        new Random(4).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(days));
        var shuffled = BackTest.Of(days.ToArray(), until, end, PurchaseModelKind.ModifiedBetaGeometric, default);
        Assert.Equal(result.Customers, shuffled.Customers);
        Assert.Equal((result.Purchases, result.Value), (shuffled.Purchases, shuffled.Value));
    }

    [Fact]
    public void TimeInWhichNothingCame_HasNoErrorInPercent()
    {
        var until = new DateOnly(2025, 6, 30);
        var result = BackTest.Of([.. Others(until)], until, until.AddDays(30), PurchaseModelKind.ModifiedBetaGeometric, default);

        Assert.Equal(0, result.Purchases!.Actual);
        Assert.Null(result.Purchases.Model.SumErrorPercent);
        Assert.Null(result.Value!.Naive.SumErrorPercent);
    }

    [Fact]
    public void Past_ThatIsTooLittle_SaysWhy()
    {
        var until = new DateOnly(2025, 6, 30);
        var result = BackTest.Of([new(1, until, 10)], until, until.AddDays(30), PurchaseModelKind.ModifiedBetaGeometric, default);

        Assert.Equal(LifetimeValueObstacle.FewCustomers, result.Fit.Obstacle);
        Assert.True(result is { Purchases: null, Value: null, Groups: [], Customers: [] });
    }

    [Fact]
    public void TimeWithoutADay_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => BackTest.Of(
        [], new(2025, 6, 30), new(2025, 6, 30), PurchaseModelKind.ModifiedBetaGeometric, default));

    /// <summary>Enough customers for a model; none of them buys after the day.</summary>
    private static IEnumerable<PurchaseDay> Others(DateOnly until)
    {
        var histories = new SimulatedShop(1).Histories(400, 52);
        for (var i = 0; i < histories.Length; i++)
        {
            var (repeats, recency, age, value) = histories[i];
            var (first, last) = (until.AddDays(-(int)(age * 7)), until.AddDays(-(int)((age - recency) * 7)));
            yield return new(100 + i, first, 10);
            // Repeat purchases at even distances: when exactly does not matter to the models.
            for (var n = 1; n <= repeats; n++)
                yield return new(100 + i, first.AddDays((last.DayNumber - first.DayNumber) * n / repeats), value);
        }
    }
}
