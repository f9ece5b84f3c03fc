using CrmPortal.Core.Analytics;

namespace CrmPortal.Tests.Analytics;

/// <summary>The simple model: the customer goes on as before.</summary>
public sealed class SimpleLifetimeValueTests
{
    private static readonly DateTimeOffset Now = new(2025, 12, 17, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Orders_AreNotRounded() => Assert.Equal(
        new(PurchaseFrequency: 1.2m, AverageOrderValue: 4000, LifespanMonths: 12, PredictedOrders: 14.4m, PredictedRevenue: 57_600),
        SimpleLifetimeValue.Of(1.2m, 4000, 12));

    [Fact]
    public void Figures_ComeFromOrdersAndTheTimeSinceTheFirst()
    {
        var value = SimpleLifetimeValue.Of(6, 300, Now.AddDays(-365.25), Now, 6);

        Assert.Equal((0.5m, 50m, 3m), (value.PurchaseFrequency, value.AverageOrderValue, value.PredictedOrders));
        Assert.Equal((150m, 150m, 6), (value.Value, value.PredictedRevenue, value.LifespanMonths));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(30.4375)]
    public void FirstMonth_CountsAsAWholeOne(double days) =>
        Assert.Equal(2, SimpleLifetimeValue.Of(2, 80, Now.AddDays(-days), Now, 12).PurchaseFrequency);

    [Fact]
    public void Customer_WithoutAnOrder_HasNoAverage_AndBringsNothing() =>
        Assert.Equal(new(0, null, 12, 0, 0), SimpleLifetimeValue.Of(0, -20, null, Now, 12));

    [Fact]
    public void Customer_WhoGotMoreBack_BringsLessThanNothing() =>
        Assert.Equal(-240, SimpleLifetimeValue.Of(1, -20, Now, Now, 12).Value);

    [Fact]
    public void Figures_ThatMakeNoSense_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SimpleLifetimeValue.Of(-1, 20, Now, Now, 12));
        Assert.Throws<ArgumentOutOfRangeException>(() => SimpleLifetimeValue.Of(1, 20, Now, Now, 0));
    }
}
