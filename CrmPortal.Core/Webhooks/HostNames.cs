using System.Net;

namespace CrmPortal.Core.Webhooks;

/// <summary>Finds the addresses of a server's name.</summary>
public interface IHostNames
{
    /// <exception cref="System.Net.Sockets.SocketException">The name is not known.</exception>
    Task<IPAddress[]> FindAsync(string host, CancellationToken cancellationToken);
}

internal sealed class HostNames : IHostNames
{
    public Task<IPAddress[]> FindAsync(string host, CancellationToken cancellationToken) =>
        Dns.GetHostAddressesAsync(host, cancellationToken);
}
