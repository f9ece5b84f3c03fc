using System.Globalization;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Customers;

/// <summary>A value of a customer that a change may set: where the change holds it, and how the customer gives and takes it.</summary>
internal abstract class CustomerField
{
    private static readonly IReadOnlyList<CustomerField> All =
    [
        Of(nameof(CustomerChanges.GivenName), c => c.GivenName, c => c.GivenName, (c, value) => c.GivenName = value),
        Of(nameof(CustomerChanges.FamilyName), c => c.FamilyName, c => c.FamilyName, (c, value) => c.FamilyName = value),
        Of(nameof(CustomerChanges.Email), c => c.Email, c => c.Email, (c, value) => c.Email = value, isSensitive: true),
        Of(nameof(CustomerChanges.Phone), c => c.Phone, c => c.Phone, (c, value) => c.Phone = value, isSensitive: true),
        Of(nameof(CustomerChanges.DateOfBirth), c => c.DateOfBirth, c => c.DateOfBirth, (c, value) => c.DateOfBirth = value,
            isSensitive: true),
        Of(nameof(CustomerChanges.ExternalId), c => c.ExternalId, c => c.ExternalId, (c, value) => c.ExternalId = value),
        Of(nameof(CustomerChanges.LoyaltyCard), c => c.LoyaltyCard, c => c.LoyaltyCard, (c, value) => c.LoyaltyCard = value),
        Of(nameof(CustomerChanges.Gender), c => c.Gender, c => c.Gender, (c, value) => c.Gender = value),
        // Nobody is without a language.
        Of(nameof(CustomerChanges.Language), c => c.Language, c => c.Language, (c, value) => c.Language = value ?? c.Language),
        Of(nameof(CustomerChanges.Currency), c => c.Currency, c => c.Currency, (c, value) => c.Currency = value),
        Of(nameof(CustomerChanges.Country), c => c.Country, c => c.Country, (c, value) => c.Country = value),
        Of(nameof(CustomerChanges.Source), c => c.Source, c => c.Source, (c, value) => c.Source = value),
        Of(nameof(CustomerChanges.PreferredName), c => c.PreferredName, c => c.PreferredName, (c, value) => c.PreferredName = value),
        Of(nameof(CustomerChanges.TimeZone), c => c.TimeZone, c => c.TimeZone, (c, value) => c.TimeZone = value),
        Of(nameof(CustomerChanges.ContactFrom), c => c.ContactFrom, c => c.ContactFrom, (c, value) => c.ContactFrom = value),
        Of(nameof(CustomerChanges.ContactUntil), c => c.ContactUntil, c => c.ContactUntil, (c, value) => c.ContactUntil = value),
        Of(nameof(CustomerChanges.PreferredAgentId), c => c.PreferredAgentId, c => c.PreferredAgentId,
            (c, value) => c.PreferredAgentId = value),
        // Whoever edits it begins with the day, and not with the instant that is stored.
        Of(nameof(CustomerChanges.FirstContactAt), c => c.FirstContactAt, c => c.FirstContactAt, (c, value) => c.FirstContactAt = value,
            isCompared: false),
        Of(nameof(CustomerChanges.Subscription), c => c.Subscription, c => c.Subscription, (c, value) => c.Subscription = value),
    ];

    /// <summary>Writes the fields that are present.</summary>
    public static void Apply(Customer customer, CustomerChanges changes)
    {
        foreach (var field in All) field.Write(customer, changes);
    }

    /// <summary>The fields of a change that somebody else set to another value since the editor began.</summary>
    /// <param name="seen">The values that the editor began with.</param>
    /// <param name="maySeeSensitive">Whether the editor began with the values themselves, and not with masks of them.</param>
    public static IReadOnlyList<FieldConflict> Conflicts(Customer customer, CustomerChanges mine, CustomerChanges seen,
        bool maySeeSensitive) =>
        [.. All.Select(f => f.Compare(customer, mine, seen, maySeeSensitive)).OfType<FieldConflict>()];

    protected abstract void Write(Customer customer, CustomerChanges changes);

    protected abstract FieldConflict? Compare(Customer customer, CustomerChanges mine, CustomerChanges seen, bool maySeeSensitive);

    private static Field<T> Of<T>(string name, Func<CustomerChanges, Optional<T>> given, Func<Customer, T> read, Action<Customer, T> write,
        bool isSensitive = false, bool isCompared = true) => new(name, given, read, write, isSensitive, isCompared);

    private sealed class Field<T>(string name, Func<CustomerChanges, Optional<T>> given, Func<Customer, T> read, Action<Customer, T> write,
        bool isSensitive, bool isCompared) : CustomerField
    {
        protected override void Write(Customer customer, CustomerChanges changes)
        {
            if (given(changes) is { IsPresent: true } wanted) write(customer, wanted.Value);
        }

        protected override FieldConflict? Compare(Customer customer, CustomerChanges mine, CustomerChanges seen, bool maySeeSensitive)
        {
            if (!isCompared || (isSensitive && !maySeeSensitive)) return null;
            var (before, wanted, current) = (given(seen), given(mine), read(customer));
            if (!before.IsPresent || !wanted.IsPresent) return null;
            var same = EqualityComparer<T>.Default;
            return same.Equals(before.Value, current) || same.Equals(wanted.Value, current) ? null
                : new(name, Show(before.Value), Show(current), Show(wanted.Value));
        }

        private static string? Show(T value) => value is IFormattable formattable
            ? formattable.ToString(value is DateOnly ? "yyyy-MM-dd" : null, CultureInfo.InvariantCulture) : value?.ToString();
    }
}
