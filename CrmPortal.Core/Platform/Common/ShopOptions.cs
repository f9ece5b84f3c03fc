
namespace CrmPortal.Core.Platform.Common;

/// <summary>Facts about the shop that rules and screens follow.</summary>
public sealed class ShopOptions
{
    public const string Section = "Shop";

    public string Name { get; set; } = "CrmPortal";

    /// <summary>ISO 4217.</summary>
    public string Currency { get; set; } = "EUR";

    /// <summary>ISO 3166-1 alpha-2; phones written without a country belong to it.</summary>
    public string Country { get; set; } = "GB";

    /// <summary>IANA name of the zone in which the shop's days begin.</summary>
    public string TimeZone { get; set; } = "Europe/London";

    /// <summary>The zone itself.</summary>
    /// <exception cref="TimeZoneNotFoundException"><see cref="TimeZone"/> names none.</exception>
    public LocalZone Zone => LocalZone.Of(TimeZone);

    /// <summary>The address under which people reach the portal; links in mails begin with it.</summary>
    public Uri? BaseUrl { get; set; }
}

/// <summary>What is wrong with the facts about the shop.</summary>
public sealed class ShopOptionsCheck : SettingsCheck<ShopOptions>
{
    protected override IEnumerable<string> Faults(ShopOptions options)
    {
        if (!LocalZone.IsKnown(options.TimeZone))
            yield return $"Shop:TimeZone is {options.TimeZone}, which is no known time zone; write one such as Europe/London.";
        if (!IsoCodes.Currencies.Contains(options.Currency))
            yield return $"Shop:Currency is {options.Currency}, which is no currency code; write one such as EUR.";
        if (!IsoCodes.Countries.Contains(options.Country))
            yield return $"Shop:Country is {options.Country}, which is no country code; write one such as GB.";
        if (options.BaseUrl is { OriginalString.Length: > 0 } address && !(address.IsAbsoluteUri && address.Scheme is "http" or "https"))
            yield return $"Shop:BaseUrl is {address}; write the whole address of the portal, such as https://crm.example.com.";
    }
}
