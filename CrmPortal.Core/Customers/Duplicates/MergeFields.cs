using System.Globalization;
using CrmPortal.Core.Customers;

namespace CrmPortal.Core.Customers.Duplicates;

/// <summary>A field of a customer that a merge decides about.</summary>
/// <param name="Read">The value, or null where it counts as blank.</param>
/// <param name="Take">Gives the survivor the value of another.</param>
internal sealed record MergeRule(string Name, Func<Customer, object?> Read, Action<Customer, Customer> Take, bool IsSensitive = false)
{
    public string? Text(Customer customer) => Read(customer) switch
    {
        null => null,
        long when Name == nameof(Customer.PreferredAgentId) => customer.PreferredAgent?.DisplayName,
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTimeOffset instant => instant.ToString("O", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        var value => value.ToString(),
    };
}

/// <summary>
/// The fields in the order in which a screen shows them. The survivor's value wins; what they have not is filled from the others, the
/// newest first.
/// </summary>
internal static class MergeFields
{
    public static IReadOnlyList<MergeRule> All { get; } =
    [
        new(nameof(Customer.GivenName), c => c.GivenName, (to, from) => to.GivenName = from.GivenName),
        new(nameof(Customer.FamilyName), c => c.FamilyName, (to, from) => to.FamilyName = from.FamilyName),
        new(nameof(Customer.PreferredName), c => c.PreferredName, (to, from) => to.PreferredName = from.PreferredName),
        new(nameof(Customer.Email), c => c.Email, TakeEmail, IsSensitive: true),
        new(nameof(Customer.Phone), c => c.Phone, TakePhone, IsSensitive: true),
        new(nameof(Customer.DateOfBirth), c => c.DateOfBirth, (to, from) => to.DateOfBirth = from.DateOfBirth, IsSensitive: true),
        new(nameof(Customer.ExternalId), c => c.ExternalId, (to, from) => to.ExternalId = from.ExternalId),
        new(nameof(Customer.LoyaltyCard), c => c.LoyaltyCard, (to, from) => to.LoyaltyCard = from.LoyaltyCard),
        new(nameof(Customer.Gender), c => c.Gender == Gender.Unspecified ? null : c.Gender, (to, from) => to.Gender = from.Gender),
        new(nameof(Customer.Language), c => c.Language, (to, from) => to.Language = from.Language),
        new(nameof(Customer.Currency), c => c.Currency, (to, from) => to.Currency = from.Currency),
        new(nameof(Customer.Country), c => c.Country, (to, from) => to.Country = from.Country),
        new(nameof(Customer.Source), c => c.Source == CustomerSource.Other ? null : c.Source, (to, from) => to.Source = from.Source),
        new(nameof(Customer.TimeZone), c => c.TimeZone, (to, from) => to.TimeZone = from.TimeZone),
        new(nameof(Customer.ContactFrom), Hours, (to, from) => (to.ContactFrom, to.ContactUntil) = (from.ContactFrom, from.ContactUntil)),
        new(nameof(Customer.PreferredAgentId), c => c.PreferredAgentId, (to, from) => to.PreferredAgentId = from.PreferredAgentId),
        new(nameof(Customer.AvatarId), c => c.AvatarId, (to, from) => to.AvatarId = from.AvatarId),
        new(nameof(Customer.Subscription), c => c.Subscription == SubscriptionState.None ? null : c.Subscription,
            (to, from) => to.Subscription = from.Subscription),
        new(nameof(Customer.IsVip), c => c.IsVip ? true : null, (to, from) => to.TakeVip(from)),
        new(nameof(Customer.Status), c => c.Status, (to, from) => to.TakeStatus(from)),
    ];

    /// <summary>Whose value is proposed. A block is never lost by a rule: only somebody's choice lifts it.</summary>
    public static long Proposed(MergeRule rule, Customer survivor, IEnumerable<Customer> newestFirst)
    {
        if (rule.Name == nameof(Customer.Status) && survivor.Status != CustomerStatus.Blocked
            && newestFirst.FirstOrDefault(c => c.Status == CustomerStatus.Blocked) is { } blocked) return blocked.Id;
        return rule.Read(survivor) is not null ? survivor.Id : newestFirst.FirstOrDefault(c => rule.Read(c) is not null)?.Id ?? survivor.Id;
    }

    private static string? Hours(Customer customer) =>
        customer.ContactFrom is { } from && customer.ContactUntil is { } until
            ? string.Create(CultureInfo.InvariantCulture, $"{from:HH\\:mm}–{until:HH\\:mm}") : null;

    private static void TakeEmail(Customer to, Customer from)
    {
        to.Email = from.Email;
        to.EmailVerifiedAt = from.EmailVerifiedAt;
    }

    private static void TakePhone(Customer to, Customer from)
    {
        to.Phone = from.Phone;
        to.PhoneVerifiedAt = from.PhoneVerifiedAt;
    }
}
