namespace CrmPortal.Core.Analytics;

/// <summary>
/// Lifetime value from a model of purchases and a model of their value: expected purchases of each month ahead, discounted, times the
/// expected value of a purchase (Fader, Hardie and Lee 2005, "RFM and CLV"). Only a time with an end is looked at: for BG/NBD nobody has
/// derived the sum over all time.
/// </summary>
public sealed record LifetimeValueModel(PurchaseModel Purchases, SpendingModel Spending)
{
    /// <summary>The value of one customer.</summary>
    public LifetimeValue Of(PurchaseHistory history, LifetimeValueTerms terms) =>
        Of(history, Ahead(history.RepeatPurchases, history.AgeWeeks, terms));

    /// <summary>
    /// The values of many customers, in their order. What lies ahead of those who have not left depends on number of purchases and age
    /// alone: it is computed once for each pair of these, on every core.
    /// </summary>
    public LifetimeValue[] Of(ReadOnlyMemory<PurchaseHistory> histories, LifetimeValueTerms terms, CancellationToken cancellationToken)
    {
        var numbers = new Dictionary<(int Repeats, double Age), int>();
        var pairs = new List<(int Repeats, double Age)>();
        var pairOf = new int[histories.Length];
        for (var i = 0; i < pairOf.Length; i++)
        {
            var history = histories.Span[i];
            var pair = (history.RepeatPurchases, history.AgeWeeks);
            if (!numbers.TryGetValue(pair, out pairOf[i]))
            {
                numbers[pair] = pairOf[i] = pairs.Count;
                pairs.Add(pair);
            }
        }

        var ahead = new PurchasesAhead[pairs.Count];
        Parallel.For(0, ahead.Length, new ParallelOptions { CancellationToken = cancellationToken },
            i => ahead[i] = Ahead(pairs[i].Repeats, pairs[i].Age, terms));
        var values = new LifetimeValue[histories.Length];
        ParallelSum.Each(values.Length, (start, end) =>
        {
            var part = histories.Span;
            for (var i = start; i < end; i++) values[i] = Of(part[i], ahead[pairOf[i]]);
        }, cancellationToken);
        return values;
    }

    /// <summary>
    /// Between what limits one customer's purchases and value will lie, from futures drawn at random; the same customer gets the same
    /// answer every time. Meant for one customer at a time, as it costs thousands of futures.
    /// </summary>
    public LifetimeValueInterval IntervalOf(PurchaseHistory history, LifetimeValueTerms terms)
    {
        var futures = Futures.Of(this, history, terms);
        return new(Futures.Quantile(futures.Orders, 0.1), Futures.Quantile(futures.Orders, 0.9),
            Futures.Quantile(futures.Values, 0.1), Futures.Quantile(futures.Values, 0.9));
    }

    /// <summary>
    /// Purchases ahead of a customer who has not left: the sum over the months of what each adds to the expected purchases, as it is and
    /// discounted.
    /// </summary>
    internal PurchasesAhead Ahead(int repeatPurchases, double ageWeeks, LifetimeValueTerms terms,
        double weeksPerMonth = LifetimeValueTerms.WeeksPerMonth)
    {
        var (until, discounted) = (0d, 0d);
        for (var month = 1; month <= terms.Months; month++)
        {
            var more = Purchases.ExpectedWhileAlive(repeatPurchases, ageWeeks, month * weeksPerMonth);
            discounted += (more - until) * terms.Factor(month);
            until = more;
        }

        return new(until, discounted);
    }

    private LifetimeValue Of(PurchaseHistory history, PurchasesAhead ahead)
    {
        var (alive, value) = (Purchases.ProbabilityAlive(history), Spending.ExpectedOf(history));
        return new(alive * ahead.Purchases, alive, value, alive * ahead.Discounted * value);
    }
}

/// <summary>Expected purchases of a customer who has not left.</summary>
/// <param name="Discounted">Each counted as what 1 is worth today that comes at the end of its month.</param>
internal readonly record struct PurchasesAhead(double Purchases, double Discounted);
