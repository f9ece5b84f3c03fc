using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.Customers;

/// <summary>A product on a paid order of a customer; once for each line that holds it.</summary>
public sealed class BoughtProduct
{
    public long CustomerId { get; init; }

    /// <summary>The article number.</summary>
    public required string Code { get; init; }

    public required string Name { get; init; }
    public string? Category { get; init; }
    public string? Brand { get; init; }
}

/// <summary>What customers bought, for rules that ask for it; whoever keeps orders answers.</summary>
public interface IBoughtProducts
{
    /// <summary>The products of everybody's orders that count in the statistics, whatever was refunded since.</summary>
    IQueryable<BoughtProduct> Of(CrmDbContext db);
}
