using MathNet.Numerics.Distributions;

namespace CrmPortal.Core.Analytics;

/// <summary>
/// Futures of one customer, drawn at random from all that the models hold possible: whether they have left; how often they buy, how easily
/// they leave and what they spend, each from what is known of it after their history; then purchases one by one.
/// </summary>
internal static class Futures
{
    /// <summary>So many that the limits of an interval change by a few percent with other random numbers.</summary>
    private const int Count = 4000;

    private const int Seed = 1;

    /// <summary>Days with a purchase and discounted value of each future, both sorted by themselves.</summary>
    public static (double[] Orders, double[] Values) Of(LifetimeValueModel model, PurchaseHistory history, LifetimeValueTerms terms)
    {
        var random = new Random(Seed);
        var (orders, values) = (new double[Count], new double[Count]);
        var (alive, known) = (model.Purchases.ProbabilityAlive(history),
            model.Purchases.Known(history.RepeatPurchases, history.AgeWeeks));
        var factors = new double[terms.Months + 1];
        for (var month = 1; month < factors.Length; month++) factors[month] = terms.Factor(month);
        for (var i = 0; i < Count; i++)
        {
            if (random.NextDouble() >= alive) continue;
            (orders[i], values[i]) = One(random, known, Scale(random, model.Spending.Parameters, history),
                model.Spending.Parameters.P, factors);
        }

        Array.Sort(orders);
        Array.Sort(values);
        return (orders, values);
    }

    /// <summary>The value below which a share of the sorted ones lies, between two of them in proportion.</summary>
    public static double Quantile(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }

    /// <summary>The rate of the values of one customer, gamma distributed after their history (Fader and Hardie 2013, section 3).</summary>
    private static double Scale(Random random, SpendingParameters p, PurchaseHistory history) => Gamma.Sample(random,
        p.Q + (p.P * history.RepeatPurchases), p.Gamma + (Math.Max(history.MeanValue, 0) * history.RepeatPurchases));

    private static (double Orders, double Value) One(Random random, PurchaseParameters known, double scale, double shape, double[] factors)
    {
        var (rate, leaving) = (Gamma.Sample(random, known.R, known.Alpha), Beta.Sample(random, known.A, known.B));
        var (orders, value) = (0d, 0d);
        for (var months = Wait(); months < factors.Length - 1; months += Wait())
        {
            orders++;
            value += Gamma.Sample(random, shape, scale) * factors[(int)months + 1];
            if (random.NextDouble() < leaving) break;
        }

        return (orders, value);

        double Wait() => -Math.Log(1 - random.NextDouble()) / rate / LifetimeValueTerms.WeeksPerMonth;
    }
}
