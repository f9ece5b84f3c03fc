using CrmPortal.Core.Analytics;
using MathNet.Numerics.Distributions;

namespace CrmPortal.Tests.Analytics;

/// <summary>A customer who was drawn at random.</summary>
/// <param name="Later">Purchases of the weeks after the history.</param>
internal sealed record SimulatedCustomer(PurchaseHistory History, int Later);

/// <summary>Customers who behave exactly as a model says, the same ones for the same seed.</summary>
internal sealed class SimulatedShop(int seed, PurchaseModelKind kind = PurchaseModelKind.ModifiedBetaGeometric)
{
    public static readonly PurchaseParameters Habits = new(0.5, 6, 0.9, 1.6);
    public static readonly SpendingParameters Spending = new(6.25, 3.75, 15.5);

    private readonly Random _random = new(seed);

    /// <summary>Purchases a week of one customer.</summary>
    public Func<Random, double> Rate { get; init; } = random => Gamma.Sample(random, Habits.R, Habits.Alpha);

    /// <summary>The probability of one customer to leave after a purchase.</summary>
    public Func<Random, double> Leaving { get; init; } = random => Beta.Sample(random, Habits.A, Habits.B);

    /// <summary>How the values of customers differ.</summary>
    public SpendingParameters Values { get; init; } = Spending;

    /// <summary>Customers who came at some time during the weeks that are looked at, the first at their beginning.</summary>
    public SimulatedCustomer[] Customers(int count, double weeks, double weeksLater = 0) => [.. Enumerable.Range(0, count)
        .Select(i => Customer(i == 0 ? weeks : weeks * (0.1 + (0.9 * _random.NextDouble())), weeksLater))];

    public PurchaseHistory[] Histories(int count, double weeks) => [.. Customers(count, weeks).Select(c => c.History)];

    private SimulatedCustomer Customer(double age, double weeksLater)
    {
        var (rate, leaving, scale) = (Rate(_random), Leaving(_random), Gamma.Sample(_random, Values.Q, Values.Gamma));
        var (repeats, recency, spent, later, time) = (0, 0d, 0d, 0, 0d);
        var stays = kind == PurchaseModelKind.BetaGeometric || _random.NextDouble() >= leaving;
        while (stays)
        {
            time -= Math.Log(1 - _random.NextDouble()) / rate;
            if (time > age + weeksLater) break;
            if (time > age) later++;
            else (repeats, recency, spent) = (repeats + 1, time, spent + Gamma.Sample(_random, Values.P, scale));
            stays = _random.NextDouble() >= leaving;
        }

        return new(new(repeats, recency, age, repeats == 0 ? 0 : spent / repeats), later);
    }
}
