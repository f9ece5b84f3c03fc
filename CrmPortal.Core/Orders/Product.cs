namespace CrmPortal.Core.Orders;

/// <summary>Something that is sold.</summary>
public sealed class Product
{
    public const int CodeLength = 64;
    public const int NameLength = 300;
    public const int GroupLength = 100;

    public long Id { get; internal init; }

    /// <summary>The article number; unique.</summary>
    public required string Code { get; init; }

    public required string Name { get; set; }
    public string? Category { get; set; }
    public string? Brand { get; set; }
}
