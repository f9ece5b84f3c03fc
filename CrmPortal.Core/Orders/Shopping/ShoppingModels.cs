using System.ComponentModel;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Orders;

/// <summary>A product that a customer would like to have.</summary>
public sealed record WishDetails(long Id, string ProductCode, string Name, DateTimeOffset AddedAt);

/// <summary>A product by its code; one that is not known yet is added with the name.</summary>
public sealed record WishInput
{
    [Description("The product code; an unknown product is added.")]
    public string? ProductCode { get; init; }

    [Description("Used when the product is new.")]
    public string? Name { get; init; }
}

/// <summary>What a customer says of a product.</summary>
public sealed record ReviewDetails(long Id, string ProductCode, string ProductName, int Rating, string? Title, string? Text,
    DateTimeOffset At, long Version);

public sealed record ReviewInput
{
    [Description("The product code; an unknown product is added. A customer has one review per product.")]
    public string? ProductCode { get; init; }

    [Description("Used when the product is new.")]
    public string? ProductName { get; init; }

    [Description("1 to 5.")]
    public int Rating { get; init; }

    public string? Title { get; init; }
    public string? Text { get; init; }
}

/// <summary>A review as it is after a change.</summary>
/// <param name="Points">What it earned.</param>
public sealed record ReviewSaved(ReviewDetails Review, bool IsCreated, long Points, long? ChangeSetId);

/// <summary>What a customer put together; amounts in minor units of <paramref name="Currency"/>.</summary>
/// <param name="State">An open cart without changes for a while is abandoned.</param>
public sealed record CartDetails(long Id, string ExternalId, long? CustomerId, CartState State, string Currency, long Total,
    DateTimeOffset ChangedAt, IReadOnlyList<OrderLineDetails> Lines, long Version);

/// <summary>What the selling system says of a cart; what is absent stays as it is.</summary>
public sealed record CartInput
{
    public Optional<long?> CustomerId { get; init; }

    [Description("Used to look up the customer if there is no customer_id.")]
    public string? LoyaltyCard { get; init; }

    [Description("Used to look up the customer if there is no customer_id.")]
    public string? Email { get; init; }

    [Description("Used to look up the customer if there is no customer_id.")]
    public string? Phone { get; init; }

    [Description("open, abandoned or ordered.")]
    public Optional<CartState> State { get; init; }

    [Description("ISO 4217; defaults to the shop's base currency.")]
    public Optional<string?> Currency { get; init; }

    [Description("When the customer last changed it; defaults to now if something differs.")]
    public Optional<DateTimeOffset?> ChangedAt { get; init; }

    [Description("The products in the cart, 0 to 500 lines.")]
    public Optional<IReadOnlyList<CartLineInput>?> Lines { get; init; }
}

/// <summary>A product in a cart; the price in major units of the cart's currency.</summary>
public sealed record CartLineInput
{
    public string? ProductCode { get; init; }
    public string? Name { get; init; }
    public long Quantity { get; init; } = 1;
    public decimal? UnitPrice { get; init; }
}

/// <summary>A cart as it is after a change.</summary>
public sealed record CartSaved(CartDetails Cart, bool IsCreated, bool IsChanged);
