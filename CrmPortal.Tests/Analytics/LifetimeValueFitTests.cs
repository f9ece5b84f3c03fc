using CrmPortal.Core.Analytics;

namespace CrmPortal.Tests.Analytics;

/// <summary>When a shop's past is enough for a model, and what is said where it is not.</summary>
public sealed class LifetimeValueFitTests
{
    [Fact]
    public void Past_ThatIsEnough_HasAModel_ModifiedUnlessAskedOtherwise()
    {
        var histories = new SimulatedShop(1).Histories(400, 52);
        var fit = LifetimeValueFit.To(histories, default);
        var other = LifetimeValueFit.To(histories, PurchaseModelKind.BetaGeometric, default);

        Assert.True(fit is { Obstacle: null, Reason: null, Customers: 400, Weeks: 52 });
        Assert.Equal(PurchaseModelKind.ModifiedBetaGeometric, fit.Model!.Purchases.Kind);
        Assert.Equal(fit.Model, new(fit.Purchases!.Model, fit.Spending!.Model));
        Assert.Equal(PurchaseModelKind.BetaGeometric, other.Model!.Purchases.Kind);
        Assert.Equal(histories.Count(h => h.RepeatPurchases > 0), fit.Repeaters);
    }

    [Fact]
    public void FewCustomers_AreNotEnough() => Refused(LifetimeValueObstacle.FewCustomers, new SimulatedShop(1).Histories(99, 52));

    [Fact]
    public void NoCustomer_IsNotEnough() => Refused(LifetimeValueObstacle.FewCustomers, []);

    [Fact]
    public void FewWhoBoughtAgain_AreNotEnough()
    {
        var again = new SimulatedShop(1).Histories(400, 52).Where(h => h.RepeatPurchases > 0).Take(29).ToList();
        var once = Enumerable.Range(0, 200).Select(i => new PurchaseHistory(0, 0, 10 + (i / 5d), 0)).ToList();

        Refused(LifetimeValueObstacle.FewRepeaters, [.. again, .. once]);
        // Who bought again for nothing says nothing of values.
        Refused(LifetimeValueObstacle.FewRepeaters, [.. again, .. again.Select(h => h with { MeanValue = 0 }), .. once]);
    }

    [Fact]
    public void ShortTime_IsNotEnough()
    {
        Refused(LifetimeValueObstacle.ShortTime, new SimulatedShop(1).Histories(2000, 25.9));
        Assert.NotEqual(LifetimeValueObstacle.ShortTime, LifetimeValueFit.To(new SimulatedShop(1).Histories(2000, 26), default).Obstacle);
    }

    [Fact]
    public void Customers_WhoDoNotDiffer_AreNotEnough() => Refused(LifetimeValueObstacle.AtBound,
        new SimulatedShop(1) { Rate = _ => 0.2, Leaving = _ => 0 }.Histories(400, 52));

    [Fact]
    public void Values_WithoutAMean_AreNotEnough() => Refused(LifetimeValueObstacle.NoMeanValue,
        new SimulatedShop(1) { Values = new(6, 0.7, 15) }.Histories(2000, 52));

    [Fact]
    public void Search_WithoutAnEnd_IsNotEnough() => Refused(LifetimeValueObstacle.NoMaximum,
        [.. new SimulatedShop(1).Histories(400, 52), new(1, double.NaN, 30, 20)]);

    [Fact]
    public void EveryReason_IsASentenceOfItsOwn()
    {
        var none = LifetimeValueFit.To([], default);
        var reasons = Enum.GetValues<LifetimeValueObstacle>().Select(o => (none with { Obstacle = o }).Reason!).ToList();

        Assert.Equal(reasons.Count, reasons.Distinct().Count());
        Assert.All(reasons, reason => Assert.EndsWith(", so the simple model is used.", reason));
    }

    private static void Refused(LifetimeValueObstacle obstacle, PurchaseHistory[] histories)
    {
        var fit = LifetimeValueFit.To(histories, default);

        Assert.Equal(obstacle, fit.Obstacle);
        Assert.Null(fit.Model);
        Assert.NotNull(fit.Reason);
    }
}
