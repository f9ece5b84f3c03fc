using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Customers;

/// <summary>
/// What a customer is expected to bring in the time ahead, as the last calculation said. It is in a narrow table of its own, so that
/// calculating for everybody does not rewrite the customers themselves.
/// </summary>
public sealed class CustomerForecast
{
    public long CustomerId { get; init; }

    /// <summary>The expected value of the whole time, in minor units of the base currency, discounted where a model was used.</summary>
    public long Value { get; init; }

    /// <summary>The expected number of days with a purchase; under the simple model, of orders.</summary>
    public double ExpectedOrders { get; init; }

    /// <summary>The probability, from 0 to 1, that they still are a customer; null where only the simple model was used.</summary>
    public double? Alive { get; init; }

    /// <summary>The value if the customer goes on as before, in minor units of the base currency; negative where more came back.</summary>
    public long SimpleValue { get; init; }

    /// <summary>
    /// What is lost if the customer does not come back, in minor units; null where they more probably are a customer than not, or where
    /// that is unknown.
    /// </summary>
    public long? AtRisk { get; init; }

    /// <summary>The calculation since which this holds.</summary>
    public long RunId { get; init; }
}

internal sealed class CustomerForecastConfiguration : IEntityTypeConfiguration<CustomerForecast>
{
    public void Configure(EntityTypeBuilder<CustomerForecast> builder)
    {
        builder.ToTable("CustomerForecasts");
        builder.HasKey(f => f.CustomerId);
        builder.Property(f => f.CustomerId).ValueGeneratedNever();
        builder.HasOne<Customer>().WithOne(c => c.Forecast).HasForeignKey<CustomerForecast>(f => f.CustomerId)
            .OnDelete(DeleteBehavior.Cascade);
        // The customers who are worth most, and those about whom most is to be lost, are read from the front of an index.
        builder.HasIndex(f => new { f.Value, f.CustomerId }).IsDescending(true, false);
        builder.HasIndex(f => new { f.SimpleValue, f.CustomerId }).IsDescending(true, false);
        builder.HasIndex(f => new { f.AtRisk, f.CustomerId }).IsDescending(true, false).HasFilter("\"AtRisk\" IS NOT NULL");
    }
}

internal sealed class CustomerForecastPart : CustomerPart<CustomerForecast>
{
    public override int Position => 224;

    public override bool IsComputed => true;
}
