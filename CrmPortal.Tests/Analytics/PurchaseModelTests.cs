using CrmPortal.Core.Analytics;

namespace CrmPortal.Tests.Analytics;

/// <summary>What the models of purchases say, beside the figures that their authors and others have printed.</summary>
public sealed class PurchaseModelTests
{
    private static readonly PurchaseModel BetaGeometric =
        new(PurchaseModelKind.BetaGeometric, new(0.2425929, 4.4135315, 0.7928861, 2.4257535));
    private static readonly PurchaseModel Exact = new(PurchaseModelKind.BetaGeometric, new(0.2425945, 4.4136021, 0.7929219, 2.4259061));
    private static readonly PurchaseModel Rounded = new(PurchaseModelKind.BetaGeometric, new(0.243, 4.414, 0.793, 2.426));
    private static readonly PurchaseModel Modified =
        new(PurchaseModelKind.ModifiedBetaGeometric, new(0.524843, 6.183086, 0.891359, 1.614002));

    /// <summary>26 repeat purchases in 31 weeks, the last on the last day but one.</summary>
    private static readonly PurchaseHistory Customer1516 = new(26, 30 + (6 / 7d), 31, 0);

    public static readonly TheoryData<PurchaseModelKind> Kinds = [.. Enum.GetValues<PurchaseModelKind>()];

    [Theory]
    [InlineData(0.1429, 0.007816)]
    [InlineData(1, 0.053185)]
    [InlineData(3, 0.150632)]
    [InlineData(31.8571, 1.040494)]
    [InlineData(32, 1.043737)]
    [InlineData(78, 1.857972)]
    public void NewCustomer_BuysAsPrinted(double weeks, double expected) =>
        Assert.Equal(expected, BetaGeometric.ExpectedOfNewCustomer(weeks), 1e-6);

    [Fact]
    public void NewCustomer_InAYear() => Assert.Equal(1.444012, Exact.ExpectedOfNewCustomer(52), 2e-6);

    [Fact]
    public void Customer_BuysInTheTimeAheadAsPrinted()
    {
        Assert.Equal(1.225910, BetaGeometric.ExpectedOf(new(2, 30.43, 38.86, 0), 39), 1e-5);
        Assert.Equal(1.226028, Rounded.ExpectedOf(new(2, 30.43, 38.86, 0), 39), 1e-5);
        Assert.Equal(25.757339, Exact.ExpectedOf(Customer1516, 52), 1e-4);
        Assert.Equal(0.9688544, Exact.ProbabilityAlive(Customer1516), 1e-6);
    }

    /// <summary>With the last purchase long ago, those who bought more are the more surely gone.</summary>
    [Theory]
    [InlineData(10, 0.3474838)]
    [InlineData(15, 0.0428370)]
    [InlineData(20, 0.0041593)]
    [InlineData(25, 0.0003584)]
    public void MorePurchasesLongAgo_MeanFewerAhead(int repeats, double expected) =>
        Assert.Equal(expected, Exact.ExpectedOf(new(repeats, 20, 39, 0), 52), 1e-6);

    [Theory]
    [InlineData(0, 39, 0.5737864, 1e-7)]
    [InlineData(10, 2, 1.0786896e-07, 1e-13)]
    [InlineData(11, 30, 0.0019995214, 1e-10)]
    [InlineData(20, 30, 0.0002222260, 1e-10)]
    public void NumberOfPurchases_HasTheProbabilityPrinted(int purchases, double weeks, double expected, double tolerance) =>
        Assert.Equal(expected, Rounded.ProbabilityOf(purchases, weeks), tolerance);

    [Theory, MemberData(nameof(Kinds))]
    public void Probabilities_AddUpToOne_AndTheirMeanIsTheExpectation(PurchaseModelKind kind)
    {
        var model = Rounded with { Kind = kind };
        var probabilities = Enumerable.Range(0, 1000).Select(n => model.ProbabilityOf(n, 39)).ToList();

        Assert.Equal(1, probabilities.Sum(), 1e-9);
        Assert.Equal(model.ExpectedOfNewCustomer(39), probabilities.Select((p, n) => n * p).Sum(), 1e-9);
        Assert.Equal([1, 0], [Math.Round(model.ProbabilityOf(0, 0), 12), model.ProbabilityOf(1, 0)]);
    }

    [Fact]
    public void LogLikelihood_IsStableForManyPurchases()
    {
        var model = new PurchaseModel(PurchaseModelKind.BetaGeometric, new(0.25, 4, 0.8, 2.5));

        Assert.Equal(-0.59947382, model.LogLikelihood(new(0, 0, 40, 0)), 1e-8);
        Assert.Equal(100.79569309, model.LogLikelihood(new(200, 38, 40, 0)), 1e-8);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Figures_StayFiniteForHistoriesOfAnySize(PurchaseModelKind kind)
    {
        var model = Modified with { Kind = kind };
        foreach (var history in new PurchaseHistory[]
            { new(0, 0, 0, 0), new(1, 0.1, 2000, 0), new(3000, 519, 520, 0), new(3000, 10, 520, 0), new(9000, 1299, 1300, 0) })
        {
            Assert.True(double.IsFinite(model.LogLikelihood(history)));
            Assert.InRange(model.ProbabilityAlive(history), 0, 1);
            // They may leave after any purchase, so that the mean stays below what the rate alone would bring.
            var rate = (model.Parameters.R + history.RepeatPurchases) / (model.Parameters.Alpha + history.AgeWeeks);
            Assert.InRange(model.ExpectedOf(history, 52), 0, rate * 52);
        }
    }

    [Fact]
    public void OneTimeBuyer_IsNeverGoneUnderBetaGeometric_ButUnderModified()
    {
        Assert.Equal(1, Exact.ProbabilityAlive(new(0, 0, 38.86, 0)));
        Assert.Equal(1, Exact.ProbabilityAlive(new(0, 0, 500, 0)));
        Assert.Equal(0.389716, Modified.ProbabilityAlive(new(0, 0, 38.86, 0)), 1e-5);
    }

    [Fact]
    public void ProbabilityAlive_FallsWithTheTimeSinceTheLastPurchase()
    {
        foreach (var repeats in new[] { 0, 1, 2, 5, 20, 100 })
        {
            var recency = repeats == 0 ? 0 : 10d;
            var ages = Enumerable.Range(0, 100).Select(i => recency + (i * 1.5)).ToList();
            var alive = ages.Select(age => Modified.ProbabilityAlive(new(repeats, recency, age, 0))).ToList();

            Assert.All(alive, probability => Assert.InRange(probability, 0, 1));
            Assert.All(alive.Zip(alive.Skip(1)), pair => Assert.True(pair.Second < pair.First));
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void ExpectedPurchases_GrowWithTheTimeAhead(PurchaseModelKind kind)
    {
        var model = Modified with { Kind = kind };
        foreach (var history in new PurchaseHistory[] { new(0, 0, 30, 0), new(1, 2, 30, 0), new(7, 29, 30, 0), new(60, 100, 110, 0) })
        {
            var expected = Enumerable.Range(0, 60).Select(i => model.ExpectedOf(history, i * 4.35)).ToList();

            Assert.Equal(0, expected[0]);
            Assert.All(expected.Zip(expected.Skip(1)), pair => Assert.True(pair.Second > pair.First));
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Expectations_AreThoseOfTheClosedForms(PurchaseModelKind kind)
    {
        foreach (var parameters in new PurchaseParameters[] { new(0.24, 4.4, 0.79, 2.43), new(1.5, 20, 2.5, 4), new(0.7, 3, 0.3, 1.1) })
        {
            var model = new PurchaseModel(kind, parameters);
            foreach (var weeks in new[] { 0.2, 4, 39, 200 })
            {
                Same(ClosedForms.OfNewCustomer(model, weeks), model.ExpectedOfNewCustomer(weeks));
                foreach (var history in new PurchaseHistory[]
                    { new(0, 0, 26, 0), new(1, 3, 26, 0), new(12, 25, 26, 0), new(90, 250, 260, 0) })
                    Same(ClosedForms.Of(model, history, weeks), model.ExpectedOf(history, weeks));
            }
        }

        static void Same(double expected, double actual) => Assert.Equal(1, actual / expected, 1e-8);
    }

    [Theory]
    [InlineData(0, 26, 52)]
    [InlineData(40, 100, 52)]
    [InlineData(3000, 520, 52)]
    [InlineData(3000, 520, 260)]
    [InlineData(20_000, 520, 260)]
    public void Expectations_OfAnyNumberOfPurchases_AreThoseOfTheIntegral(int repeats, double age, double weeks) => Assert.Equal(1,
        Modified.ExpectedWhileAlive(repeats, age, weeks) / ClosedForms.ByIntegral(Modified.Known(repeats, age), weeks), 1e-6);

    /// <summary>The closed forms divide by a - 1, and have no answer for a + b up to 1.</summary>
    [Theory, MemberData(nameof(Kinds))]
    public void Expectations_HaveNoGapWhereTheClosedFormsDo(PurchaseModelKind kind)
    {
        double At(double a, double b) => new PurchaseModel(kind, new(0.3, 5, a, b)).ExpectedOfNewCustomer(39);

        Assert.Equal((At(0.9999, 2) + At(1.0001, 2)) / 2, At(1, 2), 1e-6);
        Assert.Equal((At(0.5, 0.4999) + At(0.5, 0.5001)) / 2, At(0.5, 0.5), 1e-6);
        Assert.InRange(At(0.2, 0.3), 0, 39 * 0.3 / 5);
    }

    [Theory]
    [InlineData(0, 4, 1, 1)]
    [InlineData(1, -4, 1, 1)]
    [InlineData(1, 4, double.NaN, 1)]
    public void Parameters_ThatAreNotPositive_AreRefused(double r, double alpha, double a, double b) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new PurchaseModel(PurchaseModelKind.BetaGeometric, new(r, alpha, a, b)).ExpectedOfNewCustomer(10));
}
