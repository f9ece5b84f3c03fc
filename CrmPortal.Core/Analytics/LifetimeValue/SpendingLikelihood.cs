using static MathNet.Numerics.SpecialFunctions;

namespace CrmPortal.Core.Analytics;

/// <summary>A mean value of so many repeat purchases.</summary>
internal readonly record struct RepeatValue(int RepeatPurchases, double MeanValue) : IComparable<RepeatValue>
{
    public int CompareTo(RepeatValue other) => RepeatPurchases != other.RepeatPurchases
        ? RepeatPurchases.CompareTo(other.RepeatPurchases) : MeanValue.CompareTo(other.MeanValue);
}

/// <summary>
/// The likelihood of mean values under Gamma-Gamma, summed over all customers who bought again: formula at
/// <see cref="SpendingModel.LogLikelihood"/>. What depends on the number of purchases alone is computed once for each number.
/// </summary>
internal sealed class SpendingLikelihood
{
    private const int P = 0, Q = 1, Gamma = 2, Value = 3, Width = 4;

    private readonly RepeatValue[] _values;
    private readonly List<RepeatCount> _repeats = [];
    private readonly double[] _sumsOfLogarithms;

    /// <summary>Customers without a repeat purchase, or without a positive value of these, say nothing.</summary>
    public SpendingLikelihood(ReadOnlySpan<PurchaseHistory> histories)
    {
        var values = new List<RepeatValue>();
        foreach (var history in histories)
            if (history is { RepeatPurchases: > 0, MeanValue: > 0 }) values.Add(new(history.RepeatPurchases, history.MeanValue));
        values.Sort();
        _values = [.. values];

        var logarithms = new List<double>();
        foreach (var (repeats, mean) in _values)
        {
            MeanValue += mean / _values.Length;
            if (_repeats.Count > 0 && _repeats[^1].RepeatPurchases == repeats)
            {
                _repeats[^1] = _repeats[^1] with { Weight = _repeats[^1].Weight + 1 };
                logarithms[^1] += Math.Log(mean);
            }
            else
            {
                _repeats.Add(new(repeats, 1));
                logarithms.Add(Math.Log(mean));
            }
        }

        _sumsOfLogarithms = [.. logarithms];
    }

    /// <summary>So many say something.</summary>
    public int Customers => _values.Length;

    /// <summary>The mean of their mean values.</summary>
    public double MeanValue { get; }

    /// <summary>
    /// Pearson's correlation of number and mean value of repeat purchases; 0 where all have the same of either.
    /// </summary>
    public double Correlation()
    {
        var mean = 0d;
        foreach (var value in _values) mean += (double)value.RepeatPurchases / _values.Length;
        var (both, ofRepeats, ofValues) = (0d, 0d, 0d);
        foreach (var value in _values)
        {
            var (x, m) = (value.RepeatPurchases - mean, value.MeanValue - MeanValue);
            both += x * m;
            ofRepeats += x * x;
            ofValues += m * m;
        }

        return ofRepeats > 0 && ofValues > 0 ? both / Math.Sqrt(ofRepeats * ofValues) : 0;
    }

    /// <summary>The sum of the logarithms, and its derivatives with respect to p, q and γ.</summary>
    public double Sum(ReadOnlySpan<double> parameters, Span<double> gradient, CancellationToken cancellationToken)
    {
        var p = SpendingParameters.Of(parameters);
        var sums = ParallelSum.Of(_values.Length, Width, (start, end, part) => AddValues(p, _values.AsSpan(start..end), part),
            cancellationToken);
        AddCounts(p, sums);
        sums.AsSpan(0, Value).CopyTo(gradient);
        return sums[Value];
    }

    private static void AddValues(SpendingParameters p, ReadOnlySpan<RepeatValue> values, Span<double> sums)
    {
        foreach (var (repeats, mean) in values)
        {
            var (spent, shape) = (p.Gamma + (mean * repeats), (p.P * repeats) + p.Q);
            var lnSpent = Math.Log(spent);
            sums[Value] -= shape * lnSpent;
            sums[P] -= repeats * lnSpent;
            sums[Q] -= lnSpent;
            sums[Gamma] -= shape / spent;
        }
    }

    private void AddCounts(SpendingParameters p, Span<double> sums)
    {
        var (lnQ, psiQ, lnGamma) = (GammaLn(p.Q), DiGamma(p.Q), Math.Log(p.Gamma));
        for (var i = 0; i < _repeats.Count; i++)
        {
            var ((repeats, weight), lnMeans) = (_repeats[i], _sumsOfLogarithms[i]);
            var px = p.P * repeats;
            var lnRepeats = Math.Log(repeats);
            var psi = DiGamma(px + p.Q);
            sums[Value] += (weight * (GammaLn(px + p.Q) - GammaLn(px) - lnQ + (p.Q * lnGamma) + (px * lnRepeats)))
                + ((px - 1) * lnMeans);
            sums[P] += repeats * ((weight * (psi - DiGamma(px) + lnRepeats)) + lnMeans);
            sums[Q] += weight * (psi - psiQ + lnGamma);
            sums[Gamma] += weight * p.Q / p.Gamma;
        }
    }
}
