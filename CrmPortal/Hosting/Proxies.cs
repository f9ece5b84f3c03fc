using System.Net;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace CrmPortal.Hosting;

/// <summary>The addresses and networks of reverse proxies.</summary>
internal sealed class ProxyOptions
{
    public List<string> Named { get; } = [];
}

internal sealed class ProxyOptionsCheck : SettingsCheck<ProxyOptions>
{
    protected override IEnumerable<string> Faults(ProxyOptions options) =>
        options.Named.Where(p => !IPNetwork.TryParse(p, out _) && !IPAddress.TryParse(p, out _))
            .Select(p => $"Proxies names {p}, which is neither an address such as 10.0.0.5 nor a network such as 10.0.0.0/24.");
}

/// <summary>
/// The reverse proxies whose word about the client's address and scheme is taken: the setting <c>Proxies</c>, addresses or
/// networks separated by commas. Without it, forwarded headers have no effect, since anyone can send them.
/// </summary>
internal static class Proxies
{
    public static void AddProxies(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<ProxyOptions>, ProxyOptionsCheck>();
        services.TellFaultsOf<ProxyOptions>();
        services.AddOptions<ProxyOptions>().ValidateOnStart().Configure<IConfiguration>((options, configuration) =>
            options.Named.AddRange((configuration["Proxies"] ?? "").Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries)));
    }

    public static void UseProxies(this WebApplication app)
    {
        var named = app.Services.GetRequiredService<IOptions<ProxyOptions>>().Value.Named;
        if (named.Count == 0) return;
        // A chain of proxies is followed for as long as each of its links is named.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in named)
        {
            if (IPAddress.TryParse(proxy, out var address)) options.KnownProxies.Add(address);
            else options.KnownIPNetworks.Add(IPNetwork.Parse(proxy));
        }

        app.UseForwardedHeaders(options);
    }
}
