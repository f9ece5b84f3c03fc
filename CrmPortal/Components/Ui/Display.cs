using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Options;

namespace CrmPortal.Components.Ui;

/// <summary>Shows values in the user's culture and time zone.</summary>
public sealed class Display(IStringLocalizer<Texts> texts, TimeProvider clock, IOptions<ShopOptions> shop)
{
    private static readonly Dictionary<string, string> Symbols = new(StringComparer.Ordinal) { ["EUR"] = "€", ["GBP"] = "£", ["USD"] = "$",
        ["JPY"] = "¥", ["INR"] = "₹", ["KRW"] = "₩", ["UAH"] = "₴", ["TRY"] = "₺", ["VND"] = "₫", ["ILS"] = "₪" };

    private LocalZone _zone = shop.Value.Zone;

    /// <summary>The zone in which times are shown.</summary>
    public string Zone => _zone.Id;

    /// <summary>
    /// The name of the user's or the browser's zone where it is not known here, so that the shop's zone is shown instead.
    /// </summary>
    public string? UnknownZone { get; private set; }

    /// <summary>Sets the zone by its IANA name; an unknown one leaves the shop's.</summary>
    public void SetZone(string? name)
    {
        if (string.IsNullOrEmpty(name)) return;
        if (LocalZone.TryFind(name, out var zone)) (_zone, UnknownZone) = (zone, null);
        else UnknownZone = name;
    }

    /// <summary>The user's day of an instant at which something happened.</summary>
    public string Date(DateTimeOffset instant) => Date(_zone.DayOf(instant));

    /// <summary>
    /// The shop's day of an instant that stands for a day of business, which is the same day for whoever looks from wherever.
    /// </summary>
    public string ShopDay(DateTimeOffset instant) => Date(shop.Value.Zone.DayOf(instant));

    /// <summary>The last day of what is over at an instant, by the shop's days.</summary>
    public string LastShopDay(DateTimeOffset end) => ShopDay(end.AddTicks(-1));

    public string Date(DateOnly day) => day.ToString("d", CultureInfo.CurrentCulture);

    /// <summary>The day of an instant where the user is.</summary>
    public DateOnly Day(DateTimeOffset instant) => _zone.DayOf(instant);

    /// <summary>A day with its weekday, such as "Friday, 17 May 2026".</summary>
    public static string LongDate(DateOnly day) => day.ToString("D", CultureInfo.CurrentCulture);

    public string TimeOfDay(DateTimeOffset instant) => Local(instant).ToString("t", CultureInfo.CurrentCulture);

    public string Time(DateTimeOffset instant) => Local(instant).ToString("g", CultureInfo.CurrentCulture);

    /// <summary>How long ago, for what happened within a week; else the date.</summary>
    public string Ago(DateTimeOffset instant)
    {
        var passed = clock.GetUtcNow() - instant;
        if (passed < TimeSpan.FromMinutes(1)) return texts["just now"];
        if (passed < TimeSpan.FromHours(1)) return texts["{0} min ago", (int)passed.TotalMinutes];
        if (passed < TimeSpan.FromDays(1)) return texts["{0} h ago", (int)passed.TotalHours];
        if (passed >= TimeSpan.FromDays(7)) return Date(instant);
        var days = _zone.DayOf(clock.GetUtcNow()).DayNumber - _zone.DayOf(instant).DayNumber;
        return days == 1 ? texts["yesterday"] : texts["{0} days ago", days];
    }

    /// <summary>A phone as people in the shop's country write it.</summary>
    public string? Phone(string? stored) => PhoneNumber.Format(stored, shop.Value.Country);

    public static string Number(long number) => number.ToString("N0", Format());

    /// <summary>An amount with its currency, such as <c>£1,234.50</c>.</summary>
    /// <param name="minor">In minor units of the currency.</param>
    public static string Money(long minor, string currency) => Amount(Core.Platform.Common.Money.ToDecimal(minor, currency), currency,
        Core.Platform.Common.Money.MinorDigits(currency));

    /// <summary>An amount in the shop's base currency, in minor units.</summary>
    public string Money(long minor) => Money(minor, shop.Value.Currency);

    /// <summary>An amount in the shop's base currency, in major units.</summary>
    public string Amount(decimal amount) => Money(Core.Platform.Common.Money.ToMinor(amount, shop.Value.Currency));

    /// <summary>The shop's base currency, ISO 4217.</summary>
    public string BaseCurrency => shop.Value.Currency;

    /// <summary>A price of 1/10,000 of the currency, with as many decimals as it needs.</summary>
    public static string Price(long price, string currency)
    {
        var digits = 4;
        for (var rest = price; digits > Core.Platform.Common.Money.MinorDigits(currency) && rest % 10 == 0; rest /= 10) digits--;
        return Amount((decimal)price / Core.Platform.Common.Money.PriceScale, currency, digits);
    }

    /// <summary>
    /// How much more or less it is than before, such as "+12 %"; a share of nothing, of a loss or of very little says nothing.
    /// </summary>
    public static string? Change(long now, long before)
    {
        if (before <= 0 || now < 0) return null;
        var change = Math.Round((now - before) * 100m / before, MidpointRounding.AwayFromZero);
        return Math.Abs(change) is 0 or > 999 ? null
            : (change > 0 ? "+" : "−") + (Math.Abs(change) / 100).ToString("P0", CultureInfo.CurrentCulture);
    }

    private static string Amount(decimal amount, string currency, int digits)
    {
        var format = Format();
        format.CurrencyDecimalDigits = digits;
        if (Symbols.TryGetValue(currency, out var symbol)) return amount.ToString("C", WithSymbol(format, symbol));
        // A currency without a sign of its own is named by its code, which needs a blank.
        format.NumberDecimalDigits = digits;
        return $"{amount.ToString("N", format)}\u00a0{currency}";
    }

    /// <summary>The user's way to write numbers, with the sign for minus that is as wide as a plus instead of a hyphen.</summary>
    private static NumberFormatInfo Format()
    {
        var format = (NumberFormatInfo)CultureInfo.CurrentCulture.NumberFormat.Clone();
        if (format.NegativeSign == "-") format.NegativeSign = "−";
        return format;
    }

    private static NumberFormatInfo WithSymbol(NumberFormatInfo format, string symbol)
    {
        format.CurrencySymbol = symbol;
        return format;
    }

    /// <summary>The one or two letters that stand for a name.</summary>
    public static string Initials(string name)
    {
        var words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0) return "?";
        var first = StringInfo.GetNextTextElement(words[0]);
        return (words.Length == 1 ? first : first + StringInfo.GetNextTextElement(words[^1])).ToUpper(CultureInfo.CurrentCulture);
    }

    public string Status(CustomerStatus status) => status switch
    {
        CustomerStatus.Active => texts["Active"],
        CustomerStatus.Inactive => texts["Inactive"],
        _ => texts["Blocked"],
    };

    public static string StatusBadge(CustomerStatus status) => status switch
    {
        CustomerStatus.Active => "badge badge-success",
        CustomerStatus.Inactive => "badge badge-neutral",
        _ => "badge badge-danger",
    };

    public string Status(OrderStatus status) => status switch
    {
        OrderStatus.Pending => texts["Pending"],
        OrderStatus.Paid => texts["Paid"],
        OrderStatus.Shipped => texts["Shipped"],
        OrderStatus.Delivered => texts["Delivered"],
        OrderStatus.Completed => texts["Completed"],
        _ => texts["Cancelled"],
    };

    public static string StatusBadge(OrderStatus status) => status switch
    {
        OrderStatus.Pending => "badge badge-warning",
        OrderStatus.Paid or OrderStatus.Shipped => "badge badge-info",
        OrderStatus.Delivered or OrderStatus.Completed => "badge badge-success",
        _ => "badge badge-neutral",
    };

    public string Source(CustomerSource source) => source switch
    {
        CustomerSource.Whatsapp => "WhatsApp",
        CustomerSource.Referral => texts["Referral"],
        CustomerSource.Website => texts["Website"],
        CustomerSource.SocialMedia => texts["Social media"],
        _ => texts["Other"],
    };

    public string Gender(Gender gender) => gender switch
    {
        Core.Customers.Gender.Female => texts["Female"],
        Core.Customers.Gender.Male => texts["Male"],
        Core.Customers.Gender.Diverse => texts["Diverse"],
        _ => texts["Not stated"],
    };

    public string AddressType(AddressType type) => type switch
    {
        Core.Customers.AddressType.Billing => texts["Billing"],
        Core.Customers.AddressType.Shipping => texts["Shipping"],
        _ => texts["Service"],
    };

    /// <summary>A language's name in the language of the screen.</summary>
    public static string Language(string tag) => CultureNames.Language(tag);

    /// <summary>A country's name in the language of the screen.</summary>
    public static string Country(string code) => CultureNames.Country(code);

    /// <summary>An instant as a control for local times takes it.</summary>
    public string LocalInput(DateTimeOffset instant) => Local(instant).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);

    /// <summary>The instant of what was typed into such a control, or null where it is none.</summary>
    public DateTimeOffset? Instant(string? local)
    {
        if (!DateTime.TryParse(local, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return null;
        return _zone.InstantOf(time);
    }

    private DateTime Local(DateTimeOffset instant) => _zone.TimeOf(instant);
}
