using CrmPortal.Core.Analytics;

namespace CrmPortal.Tests.Analytics;

/// <summary>What a purchase of a customer is worth, beside printed figures and known shops.</summary>
public sealed class SpendingModelTests
{
    [Fact]
    public void Fit_OfCdnow_IsAsPrinted()
    {
        var fit = SpendingFit.To(Cdnow.Histories(), default);

        Assert.True(fit is { HasConverged: true, IsAtBound: false, HasMean: true, Customers: 946 });
        Assert.Equal(-4055.917695, fit.LogLikelihood, 1e-4);
        Near(new(6.249573, 3.744225, 15.443519), fit.Model.Parameters, 1e-4);
        Assert.Equal(0.113884, fit.Correlation, 1e-4);
    }

    [Fact]
    public void Fit_OfCdnowRounded_ExpectsTheValuesPrinted()
    {
        var histories = Cdnow.RoundedHistories();
        var fit = SpendingFit.To(histories, default);

        Assert.Equal(-4055.923243, fit.LogLikelihood, 1e-4);
        Near(new(6.248803, 3.744588, 15.447746), fit.Model.Parameters, 1e-4);
        double[] printed = [24.658619, 18.911489, 35.170981, 35.170981, 35.170981, 71.462843, 18.911489, 35.170981, 27.282408, 35.170981];
        Assert.All(printed.Zip(histories), pair => Assert.Equal(pair.First, fit.Model.ExpectedOf(pair.Second), 5e-5));
        Assert.Equal(35.2529588, histories.Average(fit.Model.ExpectedOf), 1e-4);
        Assert.Equal(0.113884, fit.Correlation, 1e-5);
    }

    [Fact]
    public void Expectation_LiesBetweenTheMeanOfAllAndTheCustomersOwn()
    {
        var model = new SpendingModel(SimulatedShop.Spending);

        Assert.Equal(6.25 * 15.5 / 2.75, model.MeanOfAll, 1e-12);
        Assert.Equal(model.MeanOfAll, model.ExpectedOf(5, model.MeanOfAll), 1e-9);
        var byPurchases = Enumerable.Range(0, 50).Select(x => model.ExpectedOf(x, 100)).ToList();
        Assert.All(byPurchases, value => Assert.InRange(value, model.MeanOfAll, 100));
        Assert.All(byPurchases.Zip(byPurchases.Skip(1)), pair => Assert.True(pair.Second > pair.First));
    }

    [Fact]
    public void CustomerWhoGotMoreBackThanTheyBought_IsNotWorthLessThanNothing()
    {
        var model = new SpendingModel(SimulatedShop.Spending);

        Assert.InRange(model.ExpectedOf(4, -500), 0, model.MeanOfAll);
        Assert.Equal(model.ExpectedOf(4, 0), model.ExpectedOf(4, -500));
    }

    [Fact]
    public void Parameters_OfASimulatedShop_AreFoundAgain_InAnyUnitOfMoney()
    {
        var histories = new SimulatedShop(11).Histories(20_000, 104);
        var fit = SpendingFit.To(histories, default);

        var (found, known, errors) = (fit.Model.Parameters, SimulatedShop.Spending, fit.StandardErrors!.Value);
        Assert.InRange((found.P - known.P) / errors.P, -3, 3);
        Assert.InRange((found.Q - known.Q) / errors.Q, -3, 3);
        Assert.InRange((found.Gamma - known.Gamma) / errors.Gamma, -3, 3);
        Assert.InRange(fit.Correlation, -0.05, 0.05);

        var inMinorUnits = SpendingFit.To([.. histories.Select(h => h with { MeanValue = 1000 * h.MeanValue })], default);
        Near(found with { Gamma = 1000 * found.Gamma }, inMinorUnits.Model.Parameters, 1e-5);
    }

    [Fact]
    public void Fit_DoesNotDependOnTheOrderOfCustomers()
    {
        var histories = new SimulatedShop(3).Histories(30_000, 60);
        var shuffled = (PurchaseHistory[])histories.Clone();
        new Random(5).Shuffle(shuffled);

        Assert.Equal(SpendingFit.To(histories, default), SpendingFit.To(shuffled, default));
    }

    [Fact]
    public void LogLikelihood_OfCustomers_AddsUpToThatOfTheFit()
    {
        var histories = new SimulatedShop(3).Histories(300, 60);
        var fit = SpendingFit.To(histories, default);

        Assert.Equal(fit.LogLikelihood,
            histories.Where(h => h.RepeatPurchases > 0).Sum(h => fit.Model.LogLikelihood(h.RepeatPurchases, h.MeanValue)), 1e-8);
        Assert.Throws<ArgumentOutOfRangeException>(() => fit.Model.LogLikelihood(0, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => fit.Model.LogLikelihood(1, 0));
    }

    [Fact]
    public void Correlation_TellsWhetherThoseWhoBuyOftenSpendMore()
    {
        PurchaseHistory[] histories = [.. Enumerable.Range(1, 40).Select(x => new PurchaseHistory(x % 8 + 1, 20, 30, 10 + (x % 8)))];

        Assert.Equal(1, SpendingFit.To(histories, default).Correlation, 1e-9);
    }

    [Fact]
    public void Fit_WithoutAValue_IsRefused() => Assert.Throws<ArgumentException>(
        () => SpendingFit.To([new(0, 0, 30, 0), new(2, 10, 20, -5)], default));

    private static void Near(SpendingParameters expected, SpendingParameters actual, double tolerance)
    {
        Assert.Equal(1, actual.P / expected.P, tolerance);
        Assert.Equal(1, actual.Q / expected.Q, tolerance);
        Assert.Equal(1, actual.Gamma / expected.Gamma, tolerance);
    }
}
