using CrmPortal.Core.Analytics;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using MathNet.Numerics.Distributions;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Analytics;

/// <summary>Purchases as orders in a database, and shops that are large enough for a model.</summary>
internal static class ForecastShop
{
    /// <summary>Purchases of customers who differ in how often, how long and for how much they buy, numbered from 0.</summary>
    public static List<PurchaseDay> Random(int seed, int customers, DateOnly today)
    {
        var random = new Random(seed);
        var days = new List<PurchaseDay>();
        var (habits, spending) = (SimulatedShop.Habits, SimulatedShop.Spending);
        for (var customer = 0; customer < customers; customer++)
        {
            var (rate, leaving) = (Gamma.Sample(random, habits.R, 7 * habits.Alpha), Beta.Sample(random, habits.A, habits.B));
            var scale = Gamma.Sample(random, spending.Q, spending.Gamma);
            double day = today.DayNumber - random.Next(30, 420);
            do
            {
                days.Add(new(customer, DateOnly.FromDayNumber((int)day), Math.Round(Gamma.Sample(random, spending.P, scale), 2)));
                day += 1 - (Math.Log(1 - random.NextDouble()) / rate);
            }
            while (day <= today.DayNumber && random.NextDouble() >= leaving);
        }

        return days;
    }

    extension(TestServices data)
    {
        /// <summary>Writes an order at noon for each of the purchases, with its customers.</summary>
        /// <returns>The same purchases by the keys that the customers got.</returns>
        public async Task<List<PurchaseDay>> AddPurchasesAsync(IReadOnlyList<PurchaseDay> days)
        {
            var now = data.Clock.GetUtcNow();
            var customers = days.Select(d => d.CustomerId).Distinct().ToDictionary(id => id, id => TestCustomers.Make((int)id, now));
            await data.WriteAsync(db =>
            {
                db.Customers.AddRange(customers.Values);
                db.Orders.AddRange(days.Select(d => Order(customers[d.CustomerId], d)));
                return Task.CompletedTask;
            });
            await data.WriteAsync(db => OrderStatistics.RefreshAsync(db, [.. customers.Values.Select(c => c.Id)], CancellationToken.None));
            return [.. days.Select(d => d with { CustomerId = customers[d.CustomerId].Id })];
        }

        public Task<List<CustomerForecast>> ForecastsAsync() =>
            data.ReadAsync(db => db.CustomerForecasts.AsNoTracking().OrderBy(f => f.CustomerId).ToListAsync());
    }

    private static Order Order(Customer customer, PurchaseDay day)
    {
        var minor = Money.ToMinor((decimal)day.Value, "EUR");
        return new()
        {
            Customer = customer, Status = OrderStatus.Paid, PlacedAt = new(day.Day, new(12, 0), TimeSpan.Zero), Currency = "EUR",
            Total = minor, BaseTotal = minor,
        };
    }
}
