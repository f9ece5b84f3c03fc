using System.Net;
using System.Net.Sockets;

namespace CrmPortal.Core.Webhooks;

/// <summary>Tells addresses of the public internet from those of this machine, of local networks, and of no network at all.</summary>
internal static class PublicAddresses
{
    /// <summary>What is not public of IPv4 (the special-purpose registry of IANA), and what clouds use of it for themselves.</summary>
    private static readonly IPNetwork[] Version4 =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
        }.Select(n => IPNetwork.Parse(n)),
    ];

    /// <summary>Of IPv6 only this is given out to anybody; the rest is refused whatever it may become.</summary>
    private static readonly IPNetwork Given6 = IPNetwork.Parse("2000::/3");

    /// <summary>What is not public within it: special purposes, documentation, and addresses that carry one of IPv4.</summary>
    private static readonly IPNetwork[] Version6 =
        [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20" }.Select(n => IPNetwork.Parse(n))];

    public static bool Contains(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily switch
        {
            AddressFamily.InterNetwork => !Array.Exists(Version4, n => n.Contains(address)),
            AddressFamily.InterNetworkV6 => Given6.Contains(address) && !Array.Exists(Version6, n => n.Contains(address)),
            _ => false,
        };
    }
}
