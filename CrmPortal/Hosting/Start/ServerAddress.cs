using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace CrmPortal.Hosting;

/// <summary>
/// Where people reach the portal, for links in mails: the setting, or the server's own first address; never what a request claims.
/// </summary>
internal sealed class ServerAddress(IServer server, IOptions<ShopOptions> shop)
{
    public Uri Base => shop.Value.BaseUrl ?? Own;

    /// <summary>The address of a page.</summary>
    /// <param name="pathAndQuery">Without a slash at the front.</param>
    public Uri Page(string pathAndQuery) => new(new Uri(Base.AbsoluteUri.TrimEnd('/') + "/"), pathAndQuery);

    private Uri Own
    {
        get
        {
            var first = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost";
            // "All interfaces" is not an address that a link can hold.
            foreach (var all in new[] { "://*", "://+", "://[::]", "://0.0.0.0" })
                first = first.Replace(all, "://localhost", StringComparison.Ordinal);
            return new Uri(first);
        }
    }
}
