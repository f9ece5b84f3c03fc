using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Features.Customers;

/// <summary>The fields that are edited where they stand on a customer's page, and what their text means.</summary>
internal static class ProfileFields
{
    /// <summary>By the name of the field: the change that a text stands for, or null where the text is none of its values.</summary>
    private static readonly Dictionary<string, Func<string?, ShopClock, CustomerChanges?>> Changes = new()
    {
        [nameof(CustomerChanges.GivenName)] = (text, _) => new() { GivenName = text },
        [nameof(CustomerChanges.FamilyName)] = (text, _) => new() { FamilyName = text },
        [nameof(CustomerChanges.PreferredName)] = (text, _) => new() { PreferredName = text },
        [nameof(CustomerChanges.Email)] = (text, _) => new() { Email = text },
        [nameof(CustomerChanges.Phone)] = (text, _) => new() { Phone = text },
        [nameof(CustomerChanges.ExternalId)] = (text, _) => new() { ExternalId = text },
        [nameof(CustomerChanges.LoyaltyCard)] = (text, _) => new() { LoyaltyCard = text },
        [nameof(CustomerChanges.DateOfBirth)] = (text, _) => TryDay(text, out var day) ? new() { DateOfBirth = day } : null,
        [nameof(CustomerChanges.Gender)] = (text, _) => new() { Gender = Read(text, Gender.Unspecified) },
        [nameof(CustomerChanges.Language)] = (text, _) => new() { Language = text },
        [nameof(CustomerChanges.Currency)] = (text, _) => new() { Currency = text },
        [nameof(CustomerChanges.Country)] = (text, _) => new() { Country = text },
        [nameof(CustomerChanges.Source)] = (text, _) => new() { Source = Read(text, CustomerSource.Other) },
        [nameof(CustomerChanges.Subscription)] = (text, _) => new() { Subscription = Read(text, SubscriptionState.None) },
        [nameof(CustomerChanges.FirstContactAt)] = (text, clock) =>
            TryInstant(text, clock, out var instant) ? new() { FirstContactAt = instant } : null,
        [nameof(CustomerChanges.PreferredAgentId)] = (text, _) => new() { PreferredAgentId = ReadKey(text) },
    };

    /// <summary>The change that sets a field to what was typed; null where that is not a date and the field is one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The page has no such field.</exception>
    public static CustomerChanges? Change(string field, string? text, ShopClock clock) => Changes.TryGetValue(field, out var change)
        ? change(text, clock) : throw new ArgumentOutOfRangeException(nameof(field), field, "No such field.");

    private static T Read<T>(string? text, T otherwise)
        where T : struct, Enum => Enum.TryParse<T>(text, out var value) ? value : otherwise;

    private static long? ReadKey(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var key) ? key : null;

    private static bool TryDay(string? text, out DateOnly? day)
    {
        day = DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var read) ? read : null;
        return text is null || day is not null;
    }

    private static bool TryInstant(string? text, ShopClock clock, out DateTimeOffset? instant)
    {
        if (TryDay(text, out var day))
        {
            instant = day is { } typed ? clock.StartOf(typed) : null;
            return true;
        }

        // The history hands back the instant itself.
        instant = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var read) ? read : null;
        return instant is not null;
    }
}
