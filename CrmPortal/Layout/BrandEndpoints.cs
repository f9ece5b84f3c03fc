using CrmPortal.Core.Platform.Common;
using CrmPortal.Hosting;

namespace CrmPortal.Layout;

/// <summary>The shop's logo, for pages with and without a sign-in.</summary>
internal static class BrandEndpoints
{
    public static string Address(ShopLogo logo) => $"/brand/{logo.Hash}";

    public static void MapBrand(this WebApplication app) => app.MapGet("/brand/{hash}", Open).AllowAnonymous()
        .WithMetadata(new PrivatelyCached(TimeSpan.FromDays(365))).ExcludeFromDescription();

    private static IResult Open(string hash, ShopIdentity shop) => shop.Current.Logo is { } logo && logo.Hash == hash
        ? Results.Bytes(logo.Content, logo.ContentType) : Results.NotFound();
}
