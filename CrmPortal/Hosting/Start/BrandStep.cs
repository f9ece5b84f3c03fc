using CrmPortal.Core.Branding;

namespace CrmPortal.Hosting;

/// <summary>Knows the shop's name, colour and logo before the first page is asked for.</summary>
internal sealed class BrandStep(ShopBrandLoader loader) : IStartUpStep
{
    public int Order => 5;

    public Task RunAsync(CancellationToken cancellationToken) => loader.StartAsync(cancellationToken);
}
