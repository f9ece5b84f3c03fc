using CrmPortal.Core.Analytics;

namespace CrmPortal.Tests.Analytics;

/// <summary>Parameters found from histories: of the shop that the literature uses, and of shops whose parameters are known.</summary>
public sealed class PurchaseModelFitTests
{
    public static readonly TheoryData<PurchaseModelKind> Kinds = [.. Enum.GetValues<PurchaseModelKind>()];

    [Fact]
    public void BetaGeometric_OfCdnow_IsAsPrinted()
    {
        var histories = Cdnow.Histories();
        var fit = PurchaseModelFit.To(histories, PurchaseModelKind.BetaGeometric, default);

        Assert.True(fit is { HasConverged: true, IsAtBound: false, Customers: 2357 });
        Assert.Equal(-9582.429207, fit.LogLikelihood, 1e-4);
        Near(new(0.2425945, 4.4136021, 0.7929219, 2.4259061), fit.Model.Parameters, 1e-4);
        Assert.Equal(-9582.430478, histories.Sum(h => new PurchaseModel(PurchaseModelKind.BetaGeometric, new(0.243, 4.414, 0.793, 2.426))
            .LogLikelihood(h)), 1e-4);
    }

    [Fact]
    public void BetaGeometric_OfCdnowRounded_HasTheStandardErrorsPrinted()
    {
        var histories = Cdnow.RoundedHistories();
        var fit = PurchaseModelFit.To(histories, PurchaseModelKind.BetaGeometric, default);

        Assert.Equal(-9582.425561, fit.LogLikelihood, 1e-4);
        Near(new(0.2425929, 4.4135315, 0.7928861, 2.4257535), fit.Model.Parameters, 1e-4);
        Near(new(0.012557, 0.378221, 0.185718, 0.705339), fit.StandardErrors!.Value, 1e-3);
        Assert.Equal([0.424877, 0.474738, 0.486526, 0.662396, 0.710623],
            new[] { 509, 841, 1981, 157, 1516 }.Select(number => Math.Round(fit.Model.ExpectedOf(histories[number - 1], 1), 6)));
    }

    [Fact]
    public void Modified_OfCdnow_IsAsPrinted()
    {
        var fit = PurchaseModelFit.To(Cdnow.Histories(), PurchaseModelKind.ModifiedBetaGeometric, default);

        Assert.True(fit is { HasConverged: true, IsAtBound: false });
        Assert.Equal(-9582.135716, fit.LogLikelihood, 1e-4);
        Near(new(0.524843, 6.183086, 0.891359, 1.614002), fit.Model.Parameters, 1e-4);
        Assert.Equal(0.389716, fit.Model.ProbabilityAlive(new(0, 0, 38.86, 0)), 1e-5);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Parameters_OfASimulatedShop_AreFoundAgain(PurchaseModelKind kind)
    {
        var fit = PurchaseModelFit.To(new SimulatedShop(7, kind).Histories(8000, 104), kind, default);

        Assert.True(fit is { HasConverged: true, IsAtBound: false });
        var (found, known, errors) = (fit.Model.Parameters, SimulatedShop.Habits, fit.StandardErrors!.Value);
        Assert.InRange((found.R - known.R) / errors.R, -3, 3);
        Assert.InRange((found.Alpha - known.Alpha) / errors.Alpha, -3, 3);
        Assert.InRange((found.A - known.A) / errors.A, -3, 3);
        Assert.InRange((found.B - known.B) / errors.B, -3, 3);
        Assert.InRange(errors.R, 0, 0.05);
        Assert.InRange(errors.B, 0, 0.4);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Fit_DoesNotDependOnTheOrderOfCustomers(PurchaseModelKind kind)
    {
        var histories = new SimulatedShop(3, kind).Histories(20_000, 60);
        var shuffled = (PurchaseHistory[])histories.Clone();
        new Random(5).Shuffle(shuffled);

        Assert.Equal(PurchaseModelFit.To(histories, kind, default), PurchaseModelFit.To(shuffled, kind, default));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void EqualHistories_CountAsManyTimesAsThereAreCustomers(PurchaseModelKind kind)
    {
        var random = new Random(9);
        var weighted = new SimulatedShop(3, kind).Histories(500, 60)
            .Select(h => new WeightedHistory(h.RepeatPurchases, h.RecencyWeeks, h.AgeWeeks, random.Next(1, 6))).ToArray();
        var split = weighted.SelectMany(h => Enumerable.Repeat(h with { Weight = 1 }, h.Weight)).ToArray();
        random.Shuffle(split);
        var one = DistinctHistories.Of(weighted);
        var other = DistinctHistories.Of(split);

        Assert.Equal(weighted.Length, other.Histories.Length);
        Assert.Equal(split.Length, one.Customers);
        Assert.Equal(PurchaseModelFit.To(one, kind, default), PurchaseModelFit.To(other, kind, default));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Slopes_AreThoseOfTheLikelihood(PurchaseModelKind kind)
    {
        var histories = DistinctHistories.Of(new SimulatedShop(3, kind).Histories(200, 60));
        double[] at = [0.4, 5, 1.3, 2.2];
        var slopes = new double[4];
        PurchaseLikelihood.Sum(kind, histories, at, slopes, default);

        for (var i = 0; i < at.Length; i++)
        {
            double Moved(double step)
            {
                double[] moved = [.. at];
                moved[i] += step;
                return PurchaseLikelihood.Sum(kind, histories, moved, new double[4], default);
            }

            Assert.Equal(slopes[i], (Moved(1e-5) - Moved(-1e-5)) / 2e-5, 1e-4);
        }
    }

    [Fact]
    public void Customers_WhoDoNotDiffer_AreSaidToFitASimplerModel()
    {
        var shop = new SimulatedShop(3) { Rate = _ => 0.2, Leaving = _ => 0 };
        var fit = PurchaseModelFit.To(shop.Histories(500, 60), PurchaseModelKind.ModifiedBetaGeometric, default);

        Assert.True(fit.IsAtBound);
        Assert.Null(fit.StandardErrors);
    }

    [Fact]
    public void Fit_WithoutARepeatPurchase_IsRefused() => Assert.Throws<ArgumentException>(
        () => PurchaseModelFit.To([new(0, 0, 30, 0), new(0, 0, 20, 0)], PurchaseModelKind.ModifiedBetaGeometric, default));

    [Fact]
    public void Fit_ThatIsCancelled_Ends() => Assert.ThrowsAny<OperationCanceledException>(() => PurchaseModelFit.To(
        new SimulatedShop(3).Histories(100, 60), PurchaseModelKind.ModifiedBetaGeometric, new CancellationToken(true)));

    private static void Near(PurchaseParameters expected, PurchaseParameters actual, double tolerance)
    {
        Assert.Equal(1, actual.R / expected.R, tolerance);
        Assert.Equal(1, actual.Alpha / expected.Alpha, tolerance);
        Assert.Equal(1, actual.A / expected.A, tolerance);
        Assert.Equal(1, actual.B / expected.B, tolerance);
    }
}
