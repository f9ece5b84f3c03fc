using System.Text.Json.Serialization;
using CrmPortal.Core.Customers;

namespace CrmPortal.Core.Analytics;

/// <summary>What a calculation did.</summary>
/// <param name="RunId">Null where there was nobody to calculate for.</param>
/// <param name="Calculated">How many customers got their forecast by it, changed or not.</param>
/// <param name="Changed">Of those the ones whose forecast is other than before.</param>
/// <param name="Months">How far it looks ahead.</param>
public sealed record ForecastResult(long? RunId, int Calculated, int Changed, int Months);

/// <summary>A calculation.</summary>
/// <param name="Reason">Why the simple model was used, in one sentence that is the key of its translation; null where a model was.</param>
/// <param name="Model">Null where the simple model was used.</param>
/// <param name="Total">The expected value of all customers together, in minor units of the base currency.</param>
public sealed record ForecastRunDetails(long Id, DateTimeOffset EndedAt, DateOnly AsOf, string ByName, int Months, double MonthlyDiscount,
    LifetimeValueModel? Model, string? Reason, int Customers, long Total, long Median);

/// <summary>What is known of all customers together.</summary>
/// <param name="Value">Of the model that was used.</param>
/// <param name="Simple">Of the simple model.</param>
/// <param name="Sleeping">Customers who more probably have left than not.</param>
/// <param name="AtRisk">What is lost if none of them comes back, in minor units of the base currency.</param>
/// <param name="BackTest">Null where the shop is too young for one.</param>
public sealed record ForecastFigures(ForecastSpread Value, ForecastSpread Simple, int Sleeping, long AtRisk, ForecastBackTest? BackTest);

/// <summary>How values are spread among the customers, in minor units of the base currency.</summary>
public sealed record ForecastSpread(long Total, long Median, IReadOnlyList<ForecastRange> Ranges)
{
    /// <summary>All customers of all ranges.</summary>
    [JsonIgnore] public int Customers => Ranges.Sum(r => r.Customers);

    /// <summary>Null without customers.</summary>
    [JsonIgnore] public long? Average => Customers == 0
        ? null : (long)Math.Round((decimal)Total / Customers, MidpointRounding.AwayFromZero);
}

/// <summary>The customers whose value is in a range.</summary>
/// <param name="From">In major units, itself in the range; the first range also holds those who are below 0.</param>
/// <param name="Until">In major units, itself in the next range; null for the last one.</param>
/// <param name="Total">In minor units of the base currency.</param>
public sealed record ForecastRange(long From, long? Until, int Customers, long Total);

/// <summary>How well the last months would have been foretold.</summary>
/// <param name="Until">The last day that the model knew.</param>
/// <param name="End">The last day that was foretold.</param>
/// <param name="Obstacle">Why nothing could be foretold at that day; the rest is empty then.</param>
/// <param name="Customers">Who had bought by then.</param>
/// <param name="Purchases">Days with a purchase.</param>
/// <param name="Value">Their value, in major units of the base currency.</param>
/// <param name="Groups">By number of repeat purchases until that day.</param>
public sealed record ForecastBackTest(DateOnly Until, DateOnly End, LifetimeValueObstacle? Obstacle, int Customers,
    BackTestFigures? Purchases, BackTestFigures? Value, IReadOnlyList<BackTestGroup> Groups);

/// <summary>The last calculation of everybody, and the customers who are worth most.</summary>
public sealed record ForecastAnalysis(ForecastRunDetails Run, ForecastFigures Figures, IReadOnlyList<ForecastRow> Top);

/// <summary>A customer in a list; amounts are minor units of the base currency.</summary>
public sealed record ForecastRow(long CustomerId, string Number, string Name, long Value, double ExpectedOrders, double? Alive,
    long SimpleValue, long? AtRisk, OrderFigures Orders);

/// <summary>What holds for one customer; amounts are minor units of the base currency.</summary>
/// <param name="CalculatedAt">When the forecast was last found to be this.</param>
/// <param name="Interval">Within which orders and value will be with a probability of 80 %; null without a model.</param>
/// <param name="History">The purchases on which the model rests; null without a model.</param>
/// <param name="Simple">The simple model of the orders of now, in major units, for the months of the calculation.</param>
public sealed record CustomerForecastDetails(long CustomerId, string Number, string Name, long Value, double ExpectedOrders, double? Alive,
    ForecastInterval? Interval, PurchaseHistory? History, SimpleLifetimeValue Simple, ForecastRunDetails Run, DateTimeOffset CalculatedAt);

/// <summary>One in ten stays below and one in ten above; amounts are minor units of the base currency.</summary>
public sealed record ForecastInterval(double LowOrders, double HighOrders, long LowValue, long HighValue);
