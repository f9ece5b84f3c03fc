using CrmPortal.Core.Overview;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Exports;

/// <summary>The months of the shop as files.</summary>
internal static class ShopExport
{
    public static string Url(string format) => $"{ExportEndpoints.Root}/shop.{format}";

    public static Task SendAsync(HttpContext context, string format, ShopOverviewService figures, IStringLocalizer<Texts> texts) =>
        ExportAnswer.SendAsync(context, "shop", format, (audience, cancellationToken) =>
            figures.ExportAsync(format, texts["The shop by month"], audience, cancellationToken));
}
