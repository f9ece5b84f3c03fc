using System.Globalization;
using CrmPortal.Core.Webhooks;
using CrmPortal.Layout;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Settings;

/// <summary>Webhooks in words.</summary>
internal static class WebhookLabels
{
    public static string Kind(IStringLocalizer<Texts> L, WebhookTopicGroup group) => group switch
    {
        { AuditName: { } name } => AuditLabels.Kind(L, name),
        { Kind: "worklist" } => L["Worklist"],
        _ => L["Shop"],
    };

    public static string Action(IStringLocalizer<Texts> L, string topic) => topic.Split('.')[^1] switch
    {
        "created" => L["Created"],
        "updated" => L["Edited"],
        "deleted" => L["Deleted"],
        "merged" => L["Merged"],
        "purged" => L["Removed for good"],
        "imported" => L["Imported"],
        "members" => L["Members changed"],
        "message" => L["Message written"],
        _ => L["Edited"],
    };

    public static string State(IStringLocalizer<Texts> L, DeliveryState state) => state switch
    {
        DeliveryState.Waiting => L["Waiting"],
        DeliveryState.Failed => L["Is tried again"],
        DeliveryState.Delivered => L["Delivered"],
        _ => L["Given up"],
    };

    public static string Badge(DeliveryState state) => state switch
    {
        DeliveryState.Delivered => "badge badge-success",
        DeliveryState.Failed => "badge badge-warning",
        DeliveryState.GivenUp => "badge badge-danger",
        _ => "badge",
    };

    public static string Pause(IStringLocalizer<Texts> L, WebhookPause? pause) => pause switch
    {
        WebhookPause.Failures => L["It rests because too many attempts failed one after the other."],
        WebhookPause.Filter => L["It rests because its filter asks for something that is no longer there."],
        WebhookPause.Secret => L["It rests because it has no secret that can be read; make a new one."],
        _ => L["It was paused by hand."],
    };

    /// <summary>The page with the log of a webhook.</summary>
    public static string Address(long id, DeliveryState? state = null, int page = 1)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"{CrmUrls.Webhooks}?webhook={id}");
        if (state is { } chosen) address += $"&state={chosen.ToString().ToLowerInvariant()}";
        return page > 1 ? string.Create(CultureInfo.InvariantCulture, $"{address}&page={page}") : address;
    }
}
