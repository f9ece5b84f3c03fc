using System.ComponentModel;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.SelfService;
using Microsoft.AspNetCore.Mvc;

namespace CrmPortal.Features.Customers;

/// <summary>
/// A customer with the names of document 2. E-mail, phone and date of birth are masked for those who may not see them.
/// </summary>
internal sealed record ShopCustomerAnswer
{
    public required OpaqueId Id { get; init; }
    public required string CustomerNumber { get; init; }

    [Description("The name with which the customer signs in; null without an account.")]
    public required string? Username { get; init; }

    public required string? Email { get; init; }
    public required string? FirstName { get; init; }
    public required string? LastName { get; init; }
    public required string? Phone { get; init; }
    public required bool PhoneVerified { get; init; }
    public required DateOnly? DateOfBirth { get; init; }

    [Description("male, female or diverse; null if not known.")]
    public required string? Gender { get; init; }

    public required bool IsActive { get; init; }

    [Description("Whether the e-mail is verified.")]
    public required bool IsVerified { get; init; }

    public required bool IsVip { get; init; }

    [Description("bronze, silver, gold or platinum; null if not a member yet.")]
    public required string? LoyaltyTier { get; init; }

    public required long LoyaltyPoints { get; init; }
    public required bool AcceptsMarketingEmail { get; init; }
    public required bool AcceptsMarketingSms { get; init; }
    public required string PreferredLanguage { get; init; }

    [Description("ISO 4217; the shop's currency where the customer has chosen none.")]
    public required string PreferredCurrency { get; init; }

    public required int TotalOrders { get; init; }
    public required ContractMoney TotalSpent { get; init; }
    public required ContractMoney? AverageOrderValue { get; init; }
    public required DateTimeOffset? LastOrderDate { get; init; }
    public required DateTimeOffset DateJoined { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <param name="userName">Null without an account.</param>
    /// <param name="points">Those that can be spent now.</param>
    /// <param name="currency">The shop's base currency.</param>
    public static ShopCustomerAnswer Of(CustomerDetails c, string? userName, long points, string currency) => new()
    {
        Id = new(c.Id), CustomerNumber = c.Number, Username = userName, Email = c.Email, FirstName = c.GivenName, LastName = c.FamilyName,
        Phone = c.Phone, PhoneVerified = c.PhoneVerifiedAt is not null, DateOfBirth = c.DateOfBirth,
        Gender = c.Gender == Core.Customers.Gender.Unspecified ? null : c.Gender.ToString().ToLowerInvariant(),
        IsActive = c.Status == CustomerStatus.Active, IsVerified = c.EmailVerifiedAt is not null, IsVip = c.IsVip, LoyaltyTier = c.Tier,
        LoyaltyPoints = points, AcceptsMarketingEmail = c.EmailMarketing, AcceptsMarketingSms = c.SmsMarketing,
        PreferredLanguage = c.Language, PreferredCurrency = c.Currency ?? currency, TotalOrders = c.Orders.Count,
        TotalSpent = new(Money.ToDecimal(c.Orders.Spent, currency)),
        AverageOrderValue = c.Orders.Average is { } average ? new(Money.ToDecimal(average, currency)) : null,
        LastOrderDate = c.Orders.LastAt, DateJoined = c.CreatedAt, UpdatedAt = c.UpdatedAt,
    };
}

/// <summary>What may be set on a customer. A field that is absent stays as it is; null clears it.</summary>
internal record ShopCustomerBody
{
    [Description("Unique among customers, case-insensitive.")]
    public Optional<string?> Email { get; init; }

    public Optional<string?> FirstName { get; init; }
    public Optional<string?> LastName { get; init; }

    [Description("Unique among customers; with country code, or in the format of the shop's country.")]
    public Optional<string?> Phone { get; init; }

    public Optional<DateOnly?> DateOfBirth { get; init; }

    [Description("male, female or diverse; null if not known.")]
    public Optional<string?> Gender { get; init; }

    [Description("Noted in the ledger of consents.")]
    public bool? AcceptsMarketingEmail { get; init; }

    [Description("Noted in the ledger of consents.")]
    public bool? AcceptsMarketingSms { get; init; }

    [Description("BCP 47, such as en.")]
    public Optional<string?> PreferredLanguage { get; init; }

    [Description("ISO 4217, such as USD.")]
    public Optional<string?> PreferredCurrency { get; init; }

    /// <param name="form">Where the customer said what they agree to.</param>
    /// <exception cref="RuleViolationException">The gender is not known.</exception>
    public ProfileChanges Read(string form)
    {
        var errors = new List<FieldError>();
        var gender = GenderWords.Read(Gender, errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        return new()
        {
            Fields = new()
            {
                Email = Email, GivenName = FirstName, FamilyName = LastName, Phone = Phone, DateOfBirth = DateOfBirth, Gender = gender,
                Language = PreferredLanguage, Currency = PreferredCurrency,
            },
            EmailMarketing = AcceptsMarketingEmail, SmsMarketing = AcceptsMarketingSms, Form = form,
        };
    }
}

/// <summary>A customer who registers themselves.</summary>
internal sealed record ShopRegistrationBody : ShopCustomerBody
{
    [Description("3 to 150 letters, digits or . _ - +; without one it is the e-mail.")]
    public string? Username { get; init; }

    [Description("At least 10 characters, and not one that everybody tries first.")]
    public string? Password { get; init; }

    [Description("The password once more.")]
    public string? Password2 { get; init; }

    public Registration Registration() => new(Username, Password, Read(RegistrationService.Form));
}

internal sealed record ShopPasswordBody
{
    public string? OldPassword { get; init; }

    [Description("At least 10 characters, and not one that everybody tries first.")]
    public string? NewPassword { get; init; }

    [Description("The new password once more.")]
    public string? NewPassword2 { get; init; }
}

internal sealed record ShopEmailBody
{
    [Description("The e-mail to sign in with from now on.")]
    public string? Email { get; init; }

    [Description("The current password.")]
    public string? Password { get; init; }
}

internal sealed record ShopPointsBody
{
    [Description("1 or more.")]
    public required long Points { get; init; }

    public string? Reason { get; init; }
}

/// <summary>What became of the points.</summary>
internal sealed record ShopPointsAnswer(string Message, long PointsAdded, long LoyaltyPoints);

/// <summary>The tier that a customer has reached.</summary>
internal sealed record ShopTierAnswer(string Message, string? LoyaltyTier);

/// <summary>Which customers a list shows: the eighteen filters of document 2, its search and its orders.</summary>
internal sealed class ShopListQuery
{
    public const int UsualLimit = 20;

    private static readonly Dictionary<string, CustomerSort> Orders = new()
    {
        ["date_joined"] = CustomerSort.Newest, ["total_orders"] = CustomerSort.Orders, ["total_spent"] = CustomerSort.Spent,
        ["last_order_date"] = CustomerSort.LastOrder,
    };

    internal static readonly Dictionary<string, string> Activity = new()
    {
        ["true"] = "status:any:active", ["false"] = "not(status:any:active)",
    };

    internal static readonly Dictionary<string, string> Genders = Enum.GetValues<Gender>().Select(g => g.ToString().ToLowerInvariant())
        .ToDictionary(g => g, g => $"gender:any:{g}");

    [FromQuery(Name = "page"), Description("Starts at 1.")]
    public int? Page { get; init; }

    [FromQuery(Name = "limit"), Description("Customers per page; defaults to 20, at most 100.")]
    public int? Limit { get; init; }

    [FromQuery(Name = "is_active")] public bool? IsActive { get; init; }

    [FromQuery(Name = "is_verified"), Description("Whether the e-mail is verified.")]
    public bool? IsVerified { get; init; }

    [FromQuery(Name = "is_vip")] public bool? IsVip { get; init; }
    [FromQuery(Name = "phone_verified")] public bool? PhoneVerified { get; init; }

    [FromQuery(Name = "loyalty_tier"), Description("bronze, silver, gold or platinum.")]
    public string? LoyaltyTier { get; init; }

    [FromQuery(Name = "accepts_marketing_email")] public bool? AcceptsMarketingEmail { get; init; }
    [FromQuery(Name = "accepts_marketing_sms")] public bool? AcceptsMarketingSms { get; init; }
    [FromQuery(Name = "min_orders")] public int? MinOrders { get; init; }
    [FromQuery(Name = "max_orders")] public int? MaxOrders { get; init; }
    [FromQuery(Name = "min_spent")] public decimal? MinSpent { get; init; }
    [FromQuery(Name = "max_spent")] public decimal? MaxSpent { get; init; }

    [FromQuery(Name = "joined_after"), Description("A day or an instant, which is included.")]
    public string? JoinedAfter { get; init; }

    [FromQuery(Name = "joined_before"), Description("A day or an instant, which is not included.")]
    public string? JoinedBefore { get; init; }

    [FromQuery(Name = "last_order_after"), Description("A day or an instant, which is included.")]
    public string? LastOrderAfter { get; init; }

    [FromQuery(Name = "last_order_before"), Description("A day or an instant, which is not included.")]
    public string? LastOrderBefore { get; init; }

    [FromQuery(Name = "preferred_language")] public string? PreferredLanguage { get; init; }

    [FromQuery(Name = "preferred_currency"), Description("ISO 4217; who has chosen none has the shop's.")]
    public string? PreferredCurrency { get; init; }

    [FromQuery(Name = "gender"), Description("male, female, diverse or unspecified.")]
    public string? Gender { get; init; }

    [FromQuery(Name = "search"), Description("A part of a name, an e-mail or a phone; or a user name.")]
    public string? Search { get; init; }

    [FromQuery(Name = "ordering"),
        Description("date_joined, total_orders, total_spent or last_order_date; a leading - reverses the order. Defaults to -date_joined.")]
    public string? Ordering { get; init; }

    /// <param name="currency">The shop's base currency.</param>
    /// <exception cref="CrmPortal.Api.ApiException">A value is none of those that its parameter knows.</exception>
    public CustomerQuery Wanted(string currency)
    {
        var filter = new DocumentedFilter().Word("is_active", IsActive?.ToString(), Activity)
            .YesNo("email_verified", IsVerified).YesNo("vip", IsVip).YesNo("phone_verified", PhoneVerified).AnyOf("tier", LoyaltyTier)
            .YesNo("email_marketing", AcceptsMarketingEmail).YesNo("sms_marketing", AcceptsMarketingSms)
            .Range("orders", MinOrders, MaxOrders).Range("spent", MinSpent, MaxSpent)
            .Dates("created", JoinedAfter, JoinedBefore, ("joined_after", "joined_before"))
            .Dates("last_order", LastOrderAfter, LastOrderBefore, ("last_order_after", "last_order_before"))
            .Is("language", PreferredLanguage).Word("gender", Gender, Genders).Currency(PreferredCurrency, currency);
        var (sort, descending) = Sorting.Read(Ordering, Orders, (CustomerSort.Newest, true));
        return new(Search, filter.Text, sort, descending);
    }
}

/// <summary>Orders as document 2 writes them: a word, with a leading - for the other way round.</summary>
internal static class Sorting
{
    /// <exception cref="CrmPortal.Api.ApiException">There is no such order.</exception>
    public static (T Sort, bool Descending) Read<T>(string? typed, IReadOnlyDictionary<string, T> orders, (T Sort, bool Descending) usual)
    {
        if (string.IsNullOrEmpty(typed)) return usual;
        return orders.TryGetValue(typed.TrimStart('-'), out var sort) && typed.LastIndexOf('-') <= 0 ? (sort, typed[0] == '-')
            : throw CrmPortal.Api.ApiException.BadField("ordering",
                $"Order by one of {string.Join(", ", orders.Keys)}, with a leading - for the other way round.");
    }
}
