using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace CrmPortal.Hosting;

/// <summary>
/// The reverse proxies whose word about the client's address and scheme is taken: the setting <c>Proxies</c>, addresses or
/// networks separated by commas. Without it, forwarded headers have no effect, since anyone can send them.
/// </summary>
internal static class Proxies
{
    public static IEnumerable<string> Named(IConfiguration configuration) =>
        (configuration["Proxies"] ?? "").Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries);

    public static void UseProxies(this WebApplication app)
    {
        var named = Named(app.Configuration).ToList();
        if (named.Count == 0) return;
        // A chain of proxies is followed for as long as each of its links is named.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
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
