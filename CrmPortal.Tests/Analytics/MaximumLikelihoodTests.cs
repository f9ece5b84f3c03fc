using CrmPortal.Core.Analytics;

namespace CrmPortal.Tests.Analytics;

/// <summary>The search for the parameters that make data most probable, on surfaces whose highest point is known.</summary>
public sealed class MaximumLikelihoodTests
{
    [Fact]
    public void Top_IsFoundWithItsStandardErrors()
    {
        var search = new MaximumLikelihood(Hill, 100, [1, 1000]);
        var found = search.Find([1, 1]);

        Assert.True(found is { HasConverged: true, IsAtBound: false });
        Assert.Equal(3, found.Parameters[0], 1e-4);
        Assert.Equal(2000, found.Parameters[1], 0.1);
        var errors = search.StandardErrors(found.Parameters)!;
        Assert.Equal(0.5, errors[0], 1e-6);
        Assert.Equal(100, errors[1], 1e-3);
    }

    [Fact]
    public void NarrowBentRidge_IsFollowedToItsEnd()
    {
        // Rosenbrock's valley upside down, in the logarithms of the parameters: its end is at e, e.
        var found = new MaximumLikelihood((p, slopes) =>
        {
            var (x, y) = (Math.Log(p[0]), Math.Log(p[1]));
            slopes[0] = ((2 * (1 - x)) + (400 * x * (y - (x * x)))) / p[0];
            slopes[1] = -200 * (y - (x * x)) / p[1];
            return -((1 - x) * (1 - x)) - (100 * (y - (x * x)) * (y - (x * x)));
        }, 1, [1, 1]).Find([0.3, 3]);

        Assert.True(found.IsGood);
        Assert.All(found.Parameters, parameter => Assert.Equal(Math.E, parameter, 1e-3));
    }

    [Fact]
    public void SlopeWithoutEnd_RunsToTheBound()
    {
        var found = new MaximumLikelihood((p, slopes) =>
        {
            slopes[0] = 1 / (p[0] * p[0]);
            return -1 / p[0];
        }, 1, [1]).Find([1]);

        Assert.True(found.IsAtBound);
    }

    [Fact]
    public void LaterStart_IsTriedWhereTheFirstLeadsNowhere()
    {
        // Nothing can be computed below 1: whoever starts there has no slope to follow.
        var found = new MaximumLikelihood((p, slopes) =>
        {
            slopes[0] = 2 / p[0] * (Math.Log(5) - Math.Log(p[0]));
            return p[0] < 1 ? double.NaN : -Math.Pow(Math.Log(p[0]) - Math.Log(5), 2);
        }, 1, [1]).Find([0.01], [10]);

        Assert.True(found.IsGood);
        Assert.Equal(5, found.Parameters[0], 1e-4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Search_ThatIsCancelledOnItsWay_Ends(int evaluation)
    {
        using var source = new CancellationTokenSource();
        var evaluations = 0;
        var search = new MaximumLikelihood((p, slopes) =>
        {
            if (++evaluations == evaluation) source.Cancel();
            source.Token.ThrowIfCancellationRequested();
            return Hill(p, slopes);
        }, 100, [1, 1000]);

        Assert.ThrowsAny<OperationCanceledException>(() => search.Find([1, 1], [2, 2]));
        Assert.Equal(evaluation, evaluations);
    }

    /// <summary>Two independent normal distributions: 3 ± 0.5 and 2000 ± 100.</summary>
    private static double Hill(ReadOnlySpan<double> parameters, Span<double> slopes)
    {
        var (x, y) = ((parameters[0] - 3) / 0.5, (parameters[1] - 2000) / 100);
        (slopes[0], slopes[1]) = (-x / 0.5, -y / 100);
        return -((x * x) + (y * y)) / 2;
    }
}
