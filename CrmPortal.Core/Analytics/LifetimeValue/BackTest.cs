namespace CrmPortal.Core.Analytics;

/// <summary>Foretells a time that is past already, from what was known before it, and compares.</summary>
public static class BackTest
{
    /// <summary>Customers with so many repeat purchases or more are one group.</summary>
    private const int LastGroup = 7;

    /// <summary>Fits the models to the purchases up to a day and foretells those after it.</summary>
    /// <param name="days">All purchases, in any order; customers who came after <paramref name="until"/> are left out.</param>
    /// <param name="until">The last day that the models may know.</param>
    /// <param name="end">The last day that is foretold.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time that is foretold has no day.</exception>
    public static BackTestResult Of(ReadOnlySpan<PurchaseDay> days, DateOnly until, DateOnly end, PurchaseModelKind kind,
        CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(end, until);
        var sorted = PurchaseHistories.Sorted(days);
        var customers = PurchaseHistories.Of(sorted, until);
        var histories = new PurchaseHistory[customers.Length];
        for (var i = 0; i < histories.Length; i++) histories[i] = customers[i].History;

        var weeks = PurchaseHistory.Weeks(until, end);
        var fit = LifetimeValueFit.To(histories, kind, cancellationToken);
        if (fit.Model is not { } model) return new(fit, weeks, null, null, [], []);
        var foretold = new BackTestCustomer[customers.Length];
        ParallelSum.Each(foretold.Length, (start, stop) =>
        {
            for (var i = start; i < stop; i++) foretold[i] = Foretell(model, customers[i], weeks);
        }, cancellationToken);
        AddActual(sorted, until, end, foretold);
        return new(fit, weeks, Purchases(foretold), Values(foretold), Groups(foretold), foretold);
    }

    private static BackTestCustomer Foretell(LifetimeValueModel model, CustomerHistory customer, double weeks)
    {
        var history = customer.History;
        var expected = model.Purchases.ExpectedOf(history, weeks);
        // Who became a customer on the very day has no rate yet.
        var naive = history.AgeWeeks > 0 ? history.RepeatPurchases / history.AgeWeeks * weeks : 0;
        return new(customer.CustomerId, history, 0, expected, naive, 0, expected * model.Spending.ExpectedOf(history),
            naive * history.MeanValue);
    }

    /// <summary>Counts what came. Both go by customer, so that one walk through the days is enough.</summary>
    private static void AddActual(ReadOnlySpan<PurchaseDay> sorted, DateOnly until, DateOnly end, BackTestCustomer[] foretold)
    {
        for (var (start, at) = (0, 0); start < sorted.Length && at < foretold.Length;)
        {
            var own = PurchaseHistories.OfFirstCustomer(sorted[start..]);
            start += own.Length;
            if (own[0].CustomerId != foretold[at].CustomerId) continue;
            var (last, actual, value) = (until, 0, 0d);
            foreach (var day in own)
            {
                if (day.Day <= until) continue;
                if (day.Day > end) break;
                if (day.Day != last) actual++;
                (last, value) = (day.Day, value + day.Value);
            }

            foretold[at] = foretold[at] with { Actual = actual, ActualValue = value };
            at++;
        }
    }

    private static BackTestFigures Purchases(BackTestCustomer[] customers)
    {
        var (actual, model, naive) = (0d, new ErrorSum(), new ErrorSum());
        foreach (var customer in customers)
        {
            actual += customer.Actual;
            model.Add(customer.Expected, customer.Actual);
            naive.Add(customer.Naive, customer.Actual);
        }

        return new(actual, model.Error(actual, customers.Length), naive.Error(actual, customers.Length));
    }

    private static BackTestFigures Values(BackTestCustomer[] customers)
    {
        var (actual, model, naive) = (0d, new ErrorSum(), new ErrorSum());
        foreach (var customer in customers)
        {
            actual += customer.ActualValue;
            model.Add(customer.ExpectedValue, customer.ActualValue);
            naive.Add(customer.NaiveValue, customer.ActualValue);
        }

        return new(actual, model.Error(actual, customers.Length), naive.Error(actual, customers.Length));
    }

    private static List<BackTestGroup> Groups(BackTestCustomer[] customers)
    {
        var sums = new (int Customers, double Actual, double Expected, double Naive)[LastGroup + 1];
        foreach (var customer in customers)
        {
            ref var sum = ref sums[Math.Min(customer.History.RepeatPurchases, LastGroup)];
            sum = (sum.Customers + 1, sum.Actual + customer.Actual, sum.Expected + customer.Expected, sum.Naive + customer.Naive);
        }

        var groups = new List<BackTestGroup>();
        for (var repeats = 0; repeats <= LastGroup; repeats++)
        {
            var (count, actual, expected, naive) = sums[repeats];
            var divisor = Math.Max(count, 1);
            groups.Add(new(repeats, repeats == LastGroup, count, actual / divisor, expected / divisor, naive / divisor));
        }

        return groups;
    }

    /// <summary>Errors of one prediction, added up.</summary>
    private sealed class ErrorSum
    {
        private double _predicted, _absolute, _squared;

        public void Add(double predicted, double actual)
        {
            _predicted += predicted;
            _absolute += Math.Abs(predicted - actual);
            _squared += (predicted - actual) * (predicted - actual);
        }

        public BackTestError Error(double actual, int customers) => new(_predicted, _absolute / customers,
            Math.Sqrt(_squared / customers), actual == 0 ? null : 100 * (_predicted - actual) / actual);
    }
}
