using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace CrmPortal.Core.Analytics;

/// <summary>A function of the parameters, and its derivatives with respect to them.</summary>
internal delegate double LogLikelihood(ReadOnlySpan<double> parameters, Span<double> gradient);

/// <summary>Where the likelihood is greatest.</summary>
/// <param name="LogLikelihood">The logarithm of the likelihood there.</param>
/// <param name="HasConverged">The likelihood is level there; otherwise the search gave up on its way.</param>
/// <param name="IsAtBound">A parameter ran away: the data do not say how large or small it is.</param>
internal sealed record Maximum(double[] Parameters, double LogLikelihood, bool HasConverged, bool IsAtBound)
{
    public bool IsGood => HasConverged && !IsAtBound;
}

/// <summary>
/// Finds the positive parameters under which the data are most probable. The search works on the logarithms of the parameters, each
/// relative to a scale of its own, and on the mean over the customers, so that neither units nor numbers of customers matter to it.
/// </summary>
internal sealed class MaximumLikelihood(LogLikelihood likelihood, double weight, double[] scales)
{
    /// <summary>A parameter further from its scale than by this factor, up or down, ran away.</summary>
    public const double Range = 1e3;

    /// <summary>The search meets a wall where it cannot be in doubt any more that a parameter runs away.</summary>
    private const double WallRange = 10 * Range;

    /// <summary>So level is the mean logarithm at a maximum, by the logarithm of each parameter.</summary>
    private const double Level = 1e-6;

    private static readonly double Wall = Math.Log(WallRange);

    /// <summary>Logarithms of likelihoods that differ by less are the same.</summary>
    private const double Same = 1e-3;

    private double[]? _best;
    private double _bestCost = double.PositiveInfinity;
    private double _bestSlope = double.PositiveInfinity;

    /// <summary>Climbs from each start, relative to the scales, until the highest point that was seen is a maximum.</summary>
    public Maximum Find(params ReadOnlySpan<double[]> starts)
    {
        Maximum? found = null;
        foreach (var start in starts)
        {
            var next = Climb(start);
            if (found is null || next.LogLikelihood > found.LogLikelihood + (next.IsGood ? -Same : Same)) found = next;
            if (found.IsGood) break;
        }

        return found ?? throw new ArgumentException("No start was given.", nameof(starts));
    }

    /// <summary>
    /// The standard errors of the parameters at a maximum, from the second derivatives of the likelihood; null where these do not
    /// describe a maximum.
    /// </summary>
    public double[]? StandardErrors(double[] parameters)
    {
        var count = parameters.Length;
        var information = Matrix<double>.Build.Dense(count, count);
        var (up, down) = (new double[count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            var step = 1e-4 * parameters[i];
            likelihood(Moved(parameters, i, step), up);
            likelihood(Moved(parameters, i, -step), down);
            for (var j = 0; j < count; j++) information[i, j] = (down[j] - up[j]) / (2 * step);
        }

        var variances = ((information + information.Transpose()) / 2).Inverse().Diagonal();
        var errors = new double[count];
        for (var i = 0; i < count; i++) errors[i] = Math.Sqrt(variances[i]);
        return Array.TrueForAll(errors, double.IsFinite) ? errors : null;
    }

    private static double[] Moved(double[] parameters, int index, double step)
    {
        var moved = (double[])parameters.Clone();
        moved[index] += step;
        return moved;
    }

    private Maximum Climb(double[] start)
    {
        (_best, _bestCost, _bestSlope) = (null, double.PositiveInfinity, double.PositiveInfinity);
        var at = Vector<double>.Build.Dense(start.Length, i => Math.Log(start[i]));
        Descend(at);
        if (_bestSlope > Level)
        {
            // Where the line search of the one loses its way, the other needs no slope; then the first again from there.
            Try(() => new NelderMeadSimplex(1e-10, 400).FindMinimum(ObjectiveFunction.Value(x => Cost(x).Value), Best(at)));
            Descend(Best(at));
        }

        var parameters = new double[start.Length];
        for (var i = 0; i < parameters.Length; i++) parameters[i] = Parameter(Best(at)[i], i);
        // Where nothing can be computed is lower than anything.
        return new(parameters, _best is null ? double.NegativeInfinity : likelihood(parameters, new double[parameters.Length]),
            _bestSlope <= Level,
            _best is not null && Array.Exists(_best, x => Math.Abs(x) > Math.Log(Range)));
    }

    private Vector<double> Best(Vector<double> otherwise) => _best is null ? otherwise : Vector<double>.Build.DenseOfArray(_best);

    private void Descend(Vector<double> from) =>
        Try(() => new BfgsMinimizer(1e-9, 1e-10, 1e-14, 500).FindMinimum(ObjectiveFunction.Gradient(Cost), from));

    /// <summary>
    /// The library throws when it gives up; whether the best point that it saw is a maximum is judged by the slope there.
    /// </summary>
    private static void Try(Func<object> search)
    {
        try { search(); }
        catch (OptimizationException) { }
    }

    /// <summary>The negative mean logarithm of the likelihood, with a wall around the search.</summary>
    private (double Value, Vector<double> Gradient) Cost(Vector<double> logarithms)
    {
        var count = logarithms.Count;
        var (parameters, slopes, steepest, wall) = (new double[count], new double[count], 0d, 0d);
        for (var i = 0; i < count; i++) parameters[i] = Parameter(logarithms[i], i);
        var value = likelihood(parameters, slopes);
        for (var i = 0; i < count; i++)
        {
            var beyond = logarithms[i] - Math.Clamp(logarithms[i], -Wall, Wall);
            slopes[i] = beyond == 0 ? -slopes[i] * parameters[i] / weight : beyond;
            wall += beyond * beyond / 2;
            steepest = Math.Max(steepest, Math.Abs(slopes[i]));
        }

        var cost = wall - (value / weight);
        if (!double.IsFinite(cost) || !double.IsFinite(steepest)) return (double.MaxValue, Vector<double>.Build.Dense(count));
        if (cost < _bestCost || (cost == _bestCost && steepest < _bestSlope))
            (_best, _bestCost, _bestSlope) = (logarithms.ToArray(), cost, steepest);
        return (cost, Vector<double>.Build.DenseOfArray(slopes));
    }

    private double Parameter(double logarithm, int index) => scales[index] * Math.Exp(Math.Clamp(logarithm, -Wall, Wall));
}
