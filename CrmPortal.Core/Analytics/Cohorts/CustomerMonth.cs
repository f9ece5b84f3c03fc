using CrmPortal.Core.Customers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Analytics;

/// <summary>
/// What a customer bought in a month of the shop's calendar: kept beside the orders, of customers with at least one order that counts.
/// <see cref="CohortKeeper"/> computes a customer's months again after whatever changed them.
/// </summary>
public sealed class CustomerMonth
{
    public long CustomerId { get; init; }

    /// <summary>As <see cref="CalendarMonth"/> counts.</summary>
    public int Month { get; init; }

    /// <summary>The month of the customer's first order.</summary>
    public int Cohort { get; init; }

    /// <summary>Orders that count and were placed in the month; none where there were refunds only.</summary>
    public int Orders { get; init; }

    /// <summary>Those orders less the refunds of the month, in minor units of the base currency.</summary>
    public long Amount { get; init; }
}

/// <summary>
/// What the customers whose first order was in one month bought in another: the sum of their <see cref="CustomerMonth"/>s.
/// </summary>
public sealed class CohortMonth
{
    /// <summary>The month of the first orders.</summary>
    public int Cohort { get; init; }

    public int Month { get; init; }

    /// <summary>Customers of the cohort with an order in the month.</summary>
    public int Customers { get; init; }

    public int Orders { get; init; }

    /// <summary>Less the refunds of the month, in minor units of the base currency.</summary>
    public long Amount { get; init; }
}

/// <summary>
/// A customer whose orders or refunds changed, since when their months are not right. Triggers write it in the transaction of the change
/// itself: no door can forget to.
/// </summary>
public sealed class StaleBuyer
{
    public long CustomerId { get; init; }

    /// <summary>The transaction that marked them, so that none waits for the mark of another; 0 where there is one at a time.</summary>
    public long Writer { get; init; }
}

internal sealed class CohortConfiguration : IEntityTypeConfiguration<CustomerMonth>, IEntityTypeConfiguration<CohortMonth>,
    IEntityTypeConfiguration<StaleBuyer>
{
    /// <remarks>Without a foreign key: a row that went with its customer by itself would be missing from the sum of its cohort.</remarks>
    public void Configure(EntityTypeBuilder<CustomerMonth> builder)
    {
        builder.ToTable("CustomerMonths");
        builder.HasKey(m => new { m.CustomerId, m.Month });
    }

    public void Configure(EntityTypeBuilder<CohortMonth> builder)
    {
        builder.ToTable("CohortMonths");
        builder.HasKey(m => new { m.Cohort, m.Month });
    }

    public void Configure(EntityTypeBuilder<StaleBuyer> builder)
    {
        builder.ToTable("StaleBuyers");
        builder.HasKey(b => new { b.CustomerId, b.Writer });
    }
}

/// <summary>The months go with the customer, and out of the sums of their cohort; the orders are without a customer by then.</summary>
internal sealed class CustomerMonthPart : CustomerPart<CustomerMonth>
{
    public override int Position => 225;

    public override bool IsComputed => true;

    public override Task PurgeAsync(CustomerPurge purge, CancellationToken cancellationToken) =>
        CohortWriter.WriteAsync(purge.Db, new(purge.Ids), [], cancellationToken);
}

internal sealed class StaleBuyerPart : CustomerPart<StaleBuyer>
{
    public override int Position => 226;

    public override bool IsComputed => true;
}
