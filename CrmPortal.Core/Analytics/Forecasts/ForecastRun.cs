using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Analytics;

/// <summary>A calculation of lifetime value.</summary>
public sealed class ForecastRun
{
    public const int NameLength = 200;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public long Id { get; internal init; }

    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Null while it is at work, and for ever where it ended in the middle.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>
    /// The last day of the shop whose purchases the model knows. The simple model counts months up to its end, so that calculations of one
    /// day find the same.
    /// </summary>
    public DateOnly AsOf { get; init; }

    /// <summary>Who asked for it; null for the program itself.</summary>
    public long? ById { get; init; }

    public required string ByName { get; init; }

    /// <summary>Whether everybody got the forecast of this calculation, and not only some.</summary>
    public bool IsOfAll { get; init; }

    /// <summary>How far it looks ahead.</summary>
    public int Months { get; init; }

    /// <summary>By how much less money is worth with each month that it comes later: 0.01 for 1 %.</summary>
    public double MonthlyDiscount { get; init; }

    /// <summary>The model of purchases; null where the simple model was used.</summary>
    public PurchaseModelKind? Kind { get; init; }

    /// <summary>Why there is no model; null where there is one.</summary>
    public LifetimeValueObstacle? Obstacle { get; init; }

    public double? R { get; init; }

    /// <summary>In weeks.</summary>
    public double? Alpha { get; init; }

    public double? A { get; init; }
    public double? B { get; init; }
    public double? P { get; init; }
    public double? Q { get; init; }

    /// <summary>In major units of the base currency.</summary>
    public double? Gamma { get; init; }

    /// <summary>How many customers have bought.</summary>
    public int Customers { get; init; }

    /// <summary>How many got another forecast than before.</summary>
    public int Changed { get; set; }

    /// <summary>Of all customers together, in minor units of the base currency.</summary>
    public long TotalValue { get; init; }

    /// <summary>Half of the customers are below it, in minor units of the base currency.</summary>
    public long MedianValue { get; init; }

    /// <summary>What pages show of all customers together; null for a calculation of some.</summary>
    public string? FiguresJson { get; init; }

    internal ForecastFigures? Figures => FiguresJson is null ? null : JsonSerializer.Deserialize<ForecastFigures>(FiguresJson, Json);

    /// <summary>The model with the parameters that were found; null where there was none.</summary>
    internal LifetimeValueModel? Model => Kind is { } kind && R is { } r && Alpha is { } alpha && A is { } a && B is { } b && P is { } p
        && Q is { } q && Gamma is { } gamma ? new(new(kind, new(r, alpha, a, b)), new(new(p, q, gamma))) : null;

    internal static string Write(ForecastFigures figures) => JsonSerializer.Serialize(figures, Json);
}

internal sealed class ForecastRunConfiguration : IEntityTypeConfiguration<ForecastRun>
{
    private const int WordLength = 40;

    public void Configure(EntityTypeBuilder<ForecastRun> builder)
    {
        builder.ToTable("ForecastRuns");
        builder.Property(r => r.ByName).HasMaxLength(ForecastRun.NameLength);
        builder.Property(r => r.Kind).HasConversion<string>().HasMaxLength(WordLength);
        builder.Property(r => r.Obstacle).HasConversion<string>().HasMaxLength(WordLength);
        builder.Ignore(r => r.Figures);
        builder.Ignore(r => r.Model);
    }
}
