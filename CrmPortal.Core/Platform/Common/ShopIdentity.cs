using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Platform.Common;

/// <summary>The shop's picture.</summary>
public sealed record ShopLogo(string ContentType, byte[] Content)
{
    /// <summary>Another picture has another one; addresses are made of it.</summary>
    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Content))[..16];
}

/// <summary>How the shop appears: what was chosen in the settings, and the configuration's name where nothing was.</summary>
/// <param name="Accent">Such as <c>#17654f</c>; null for the program's own colour.</param>
public sealed record ShopBrand(string Name, string? Accent, ShopLogo? Logo);

/// <summary>How the shop appears at this moment, kept on each node for whatever shows its name, colour or logo.</summary>
public sealed class ShopIdentity(IOptions<ShopOptions> shop)
{
    private volatile ShopBrand? _chosen;

    public ShopBrand Current => _chosen ?? new(ConfiguredName, null, null);

    public string Name => Current.Name;

    /// <summary>The name that holds while none was chosen.</summary>
    public string ConfiguredName => shop.Value.Name;

    internal void Set(ShopBrand chosen) => _chosen = chosen;
}
