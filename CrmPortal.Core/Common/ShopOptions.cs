namespace CrmPortal.Core.Common;

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
