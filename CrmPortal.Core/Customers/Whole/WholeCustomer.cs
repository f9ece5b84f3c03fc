using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Customers;

/// <summary>A customer with what hangs on them, as programs send it in one piece. What is absent stays as it is.</summary>
public sealed record WholeCustomer(CustomerChanges Fields)
{
    /// <summary>Makes the address that stands first among theirs of what it is now; null removes that one.</summary>
    public Optional<Func<AddressDetails?, AddressInput>?> Address { get; init; }

    /// <summary>All phones that the customer will have beside the first.</summary>
    public Optional<IReadOnlyList<string>> Phones { get; init; }

    /// <summary>Becomes a note, unless the newest note for everybody says just this; blank does nothing.</summary>
    public string? Note { get; init; }

    public Optional<bool> IsVip { get; init; }

    public Optional<bool> IsActive { get; init; }

    /// <summary>Whether the sender takes the customer for inactive, which is refused where they are not by then.</summary>
    public bool IsSaidInactive { get; init; }

    /// <summary>
    /// Words by key: those of the shop's own fields go there, all others are kept as preferences of the type
    /// <see cref="WholeCustomerService.WordType"/>. Null clears one, and null instead of all of them clears all.
    /// </summary>
    public Optional<IReadOnlyDictionary<string, string?>?> Words { get; init; }
}

/// <summary>What programs are shown of a customer beside their details.</summary>
/// <param name="Note">The text of the newest note for everybody.</param>
/// <param name="Words">What the customer has in the shop's own fields, and the words that belong to none, by key.</param>
public sealed record WholeCustomerParts(string? Note, IReadOnlyDictionary<string, string> Words);
