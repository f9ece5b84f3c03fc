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
