using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Live;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace CrmPortal.Core.Branding;

/// <summary>Keeps <see cref="ShopIdentity"/> of this node as the database has it: read at the start, and again on hearing of a change.</summary>
public sealed partial class ShopBrandLoader(IDatabaseProvider provider, ShopIdentity identity, LiveUpdates live,
    ILogger<ShopBrandLoader> logger) : IDisposable
{
    /// <summary>What is told when something about the shop was changed.</summary>
    public const string Topic = "shop.updated";

    private IDisposable? _listening;

    /// <summary>Reads what holds, and listens from now on.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _listening ??= live.Listen(change =>
        {
            if (change.Topic == Topic) _ = ReloadAsync();
        });
        await LoadAsync(cancellationToken);
    }

    public void Dispose() => _listening?.Dispose();

    internal async Task LoadAsync(CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        var values = await db.Settings.AsNoTracking().Where(s => s.Name == ShopBrandService.NameKey || s.Name == ShopBrandService.AccentKey
            || s.Name == ShopBrandService.LogoKey).ToDictionaryAsync(s => s.Name, s => s.Value, cancellationToken);
        var logo = values.TryGetValue(ShopBrandService.LogoKey, out var stored) && stored.Split(';') is [var type, var content]
            ? new ShopLogo(type, Convert.FromBase64String(content)) : null;
        identity.Set(new(values.GetValueOrDefault(ShopBrandService.NameKey, identity.ConfiguredName),
            values.GetValueOrDefault(ShopBrandService.AccentKey), logo));
    }

    private async Task ReloadAsync()
    {
        try
        {
            await LoadAsync(CancellationToken.None);
        }
        catch (Exception fault)
        {
            LogFault(fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Name, colour and logo of the shop could not be read again; the former ones stay")]
    private partial void LogFault(Exception fault);
}
