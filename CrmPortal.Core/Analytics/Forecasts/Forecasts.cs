using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Analytics;

/// <summary>What everybody is expected to bring.</summary>
/// <param name="Fit">The model, or why there is none.</param>
/// <param name="Customers">By key; the number of the calculation is still missing.</param>
internal sealed record Forecasts(LifetimeValueFit Fit, List<CustomerForecast> Customers)
{
    /// <summary>Whoever is a customer with less probability than this is asleep.</summary>
    private const double Asleep = 0.5;

    /// <summary>Digits that are kept: with more, the forecast of customers long gone would be another one every night.</summary>
    private const int Digits = 4;

    /// <summary>Far beyond every shop, and within what a number holds exactly.</summary>
    private const double MostMinor = 9e15;

    private static readonly long[] Bounds = [0, 1_000, 5_000, 10_000, 25_000, 50_000];

    /// <param name="end">Up to when the simple model counts months.</param>
    public static Forecasts Of(ForecastInput input, DateOnly asOf, DateTimeOffset end, LifetimeValueTerms terms, string currency,
        CancellationToken cancellationToken)
    {
        var bought = PurchaseHistories.Of(input.Days, asOf);
        var histories = new PurchaseHistory[bought.Length];
        for (var i = 0; i < histories.Length; i++) histories[i] = bought[i].History;
        var fit = LifetimeValueFit.To(histories, cancellationToken);
        var values = fit.Model?.Of(histories, terms, cancellationToken);
        var forecasts = new List<CustomerForecast>(bought.Length);
        // Both go by key.
        for (var (i, at) = (0, 0); i < bought.Length && at < input.Customers.Length;)
        {
            var customer = input.Customers[at];
            if (bought[i].CustomerId != customer.Id)
            {
                if (bought[i].CustomerId < customer.Id) i++;
                else at++;
                continue;
            }

            var simple = SimpleLifetimeValue.Of(customer.Orders, Money.ToDecimal(customer.Spent, currency), customer.FirstOrder, end,
                terms.Months);
            forecasts.Add(Of(customer.Id, values?[i], simple, currency));
            (i, at) = (i + 1, at + 1);
        }

        return new(fit, forecasts);
    }

    /// <summary>An amount of a model in minor units.</summary>
    public static long Minor(double major, string currency) => (long)Math.Round(
        Math.Clamp(major * Money.ToMinor(1, currency), -MostMinor, MostMinor), MidpointRounding.AwayFromZero);

    /// <inheritdoc cref="Minor(double, string)"/>
    private static long Minor(decimal major, string currency) =>
        (long)Math.Clamp(Math.Round(major * Money.ToMinor(1, currency), MidpointRounding.AwayFromZero), -(decimal)MostMinor,
            (decimal)MostMinor);

    /// <summary>What is shown of all of them together.</summary>
    public ForecastFigures Figures(string currency, ForecastBackTest? backTest) => new(Spread(f => f.Value, currency),
        Spread(f => f.SimpleValue, currency), Customers.Count(f => f.AtRisk is not null), Customers.Sum(f => f.AtRisk ?? 0), backTest);

    private static CustomerForecast Of(long customerId, LifetimeValue? model, SimpleLifetimeValue simple, string currency)
    {
        var plain = Minor(simple.Value, currency);
        if (model is not { } value)
        {
            return new()
            {
                CustomerId = customerId, Value = plain, SimpleValue = plain,
                ExpectedOrders = Math.Round((double)simple.PredictedOrders, Digits),
            };
        }

        var alive = value.ProbabilityAlive;
        return new()
        {
            CustomerId = customerId, Value = Minor(value.ExpectedValue, currency), SimpleValue = plain,
            ExpectedOrders = Math.Round(value.ExpectedOrders, Digits), Alive = Math.Round(alive, Digits),
            AtRisk = alive is > 0 and < Asleep ? Minor(value.ExpectedValue / alive * (1 - alive), currency) : null,
        };
    }

    private ForecastSpread Spread(Func<CustomerForecast, long> value, string currency)
    {
        var minor = Money.ToMinor(1, currency);
        var values = new long[Customers.Count];
        for (var i = 0; i < values.Length; i++) values[i] = value(Customers[i]);
        Array.Sort(values);
        var ranges = new List<ForecastRange>();
        var start = 0;
        for (var bound = 0; bound < Bounds.Length; bound++)
        {
            long? until = bound + 1 < Bounds.Length ? Bounds[bound + 1] : null;
            var (end, total) = (start, 0L);
            while (end < values.Length && !(values[end] >= until * minor)) total += values[end++];
            ranges.Add(new(Bounds[bound], until, end - start, total));
            start = end;
        }

        var middle = values.Length / 2;
        var median = values.Length == 0 ? 0 : values.Length % 2 == 1 ? values[middle]
            : (long)Math.Round((values[middle - 1] + (decimal)values[middle]) / 2, MidpointRounding.AwayFromZero);
        return new(values.Sum(), median, ranges);
    }
}
