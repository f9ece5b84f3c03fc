using System.Globalization;
using System.Net;
using CrmPortal.Core.Common;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Data;
using CrmPortal.Core.Orders;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace CrmPortal.Hosting;

/// <summary>Finds all that is wrong with the settings at once, before anything is opened.</summary>
internal static class ConfigurationCheck
{
    /// <summary>One sentence for each wrong setting; none where the program can start.</summary>
    public static IReadOnlyList<string> Faults(IConfiguration configuration)
    {
        var faults = new List<string>();
        CheckDatabase(configuration, faults);
        CheckShop(configuration.GetSection(ShopOptions.Section), faults);
        foreach (var proxy in Proxies.Named(configuration).Where(p => !IPNetwork.TryParse(p, out _) && !IPAddress.TryParse(p, out _)))
            faults.Add($"Proxies names {proxy}, which is neither an address such as 10.0.0.5 nor a network such as 10.0.0.0/24.");
        if (configuration[ApiLimitSetting] is { Length: > 0 } limit && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var requests) || requests < 1))
            faults.Add($"{ApiLimitSetting} is {limit}; it must be a number of 1 or more.");
        if (configuration[Telemetry.EndpointSetting] is { Length: > 0 } collector && !(Uri.TryCreate(collector, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0))
            faults.Add($"{Telemetry.EndpointSetting} is no address of a collector; write one such as http://localhost:4318.");
        if (configuration[Telemetry.ProtocolSetting] is { Length: > 0 } protocol && !Telemetry.Protocols.ContainsKey(protocol))
            faults.Add($"{Telemetry.ProtocolSetting} is {protocol}; it must be {string.Join(" or ", Telemetry.Protocols.Keys)}.");
        CheckFiles(configuration, faults);
        CheckSms(configuration.GetSection(SmsOptions.Section), faults);
        CheckOrders(configuration.GetSection(OrderOptions.Section), faults);
        return faults;
    }

    public const string ApiLimitSetting = "Api:RequestsPerMinute";

    private static void CheckDatabase(IConfiguration configuration, List<string> faults)
    {
        var provider = configuration["Database:Provider"] is { Length: > 0 } named ? named : new DatabaseOptions().Provider;
        var connection = configuration.GetConnectionString("Crm") ?? "";
        try
        {
            switch (provider.ToUpperInvariant())
            {
                case "SQLITE":
                    _ = new SqliteConnectionStringBuilder(connection);
                    break;
                case "POSTGRES":
                    if (string.IsNullOrWhiteSpace(connection)) faults.Add("ConnectionStrings:Crm is empty; PostgreSQL needs one, such as Host=localhost;Database=crm;Username=crm.");
                    else _ = new NpgsqlConnectionStringBuilder(connection);
                    break;
                default:
                    faults.Add($"Database:Provider is {provider}; it must be Sqlite or Postgres.");
                    break;
            }
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException)
        {
            // The text is not repeated: it may hold a password.
            faults.Add($"ConnectionStrings:Crm cannot be read as a connection string of {provider}.");
        }
    }

    private static void CheckFiles(IConfiguration configuration, List<string> faults)
    {
        if (configuration["Documents:LargestFileMegabytes"] is { Length: > 0 } size && (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var megabytes) || megabytes is < 1 or > 1_000))
            faults.Add($"Documents:LargestFileMegabytes is {size}; it must be a number between 1 and 1000.");
        if (configuration["Documents:ClamdAddress"] is { Length: > 0 } scanner && (scanner.LastIndexOf(':') is var colon && (colon < 1 || !ushort.TryParse(scanner.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _))))
            faults.Add($"Documents:ClamdAddress is {scanner}; write host and port, such as localhost:3310.");
    }

    private static void CheckSms(IConfigurationSection sms, List<string> faults)
    {
        // The address may hold a secret, so it is not repeated.
        if (sms["Url"] is { Length: > 0 } gateway && !(Uri.TryCreate(gateway, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
            faults.Add("Sms:Url is no address of a gateway; write one such as https://sms.example.com/send.");
        if (sms["ContentType"] is not { Length: > 0 } type) return;
        if (SmsBody.Of(type) is not { } form)
            faults.Add($"Sms:ContentType is {type}; it must be application/json, application/x-www-form-urlencoded, application/xml or text/plain.");
        else if (form.Usual.Length == 0 && sms["Body"] is not { Length: > 0 } && sms["Method"]?.ToUpperInvariant() is not ("GET" or "HEAD"))
            faults.Add($"Sms:Body is empty; write one for {type} in which {{to}} and {{text}} stand for phone and text.");
    }

    private static void CheckOrders(IConfigurationSection orders, List<string> faults)
    {
        if (orders["MatchBy"] is { } keys && !OrderOptions.CanRead(keys)) faults.Add($"Orders:MatchBy is {keys}; it may name card, email and phone, separated by commas.");
        if (orders["CartAbandonedAfterHours"] is { Length: > 0 } hours && (!int.TryParse(hours, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 100_000))
            faults.Add($"Orders:CartAbandonedAfterHours is {hours}; it must be a number of 1 or more.");
    }

    private static void CheckShop(IConfigurationSection shop, List<string> faults)
    {
        if (shop["TimeZone"] is { } zone && !LocalZone.IsKnown(zone))
            faults.Add($"Shop:TimeZone is {zone}, which is no known time zone; write one such as Europe/London.");
        if (shop["Currency"] is { } currency && !CustomerRules.CurrencyCodes.Contains(currency))
            faults.Add($"Shop:Currency is {currency}, which is no currency code; write one such as EUR.");
        if (shop["Country"] is { } country && !CustomerRules.CountryCodes.Contains(country))
            faults.Add($"Shop:Country is {country}, which is no country code; write one such as GB.");
        if (shop["BaseUrl"] is { Length: > 0 } address && !(Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
            faults.Add($"Shop:BaseUrl is {address}; write the whole address of the portal, such as https://crm.example.com.");
    }
}
