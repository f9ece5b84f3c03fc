using CrmPortal.Core.Loyalty;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Loyalty;

/// <summary>What the screen calls the choices of the ledger.</summary>
internal static class LoyaltyLabels
{
    public static string Kind(EntryKind kind, IStringLocalizer<Texts> L) => kind switch
    {
        EntryKind.Earned => L["Points earned"],
        EntryKind.Redeemed => L["Points redeemed"],
        EntryKind.Adjusted => L["Points adjusted"],
        EntryKind.Expired => L["Points expired"],
        EntryKind.Reversed => L["Points reversed"],
        _ => L["Points written off"],
    };

    public static string Badge(EntryKind kind) => kind switch
    {
        EntryKind.Earned => "badge badge-success",
        EntryKind.Redeemed => "badge badge-info",
        EntryKind.Adjusted => "badge badge-warning",
        _ => "badge badge-neutral",
    };

    public static string State(AdjustmentState state, IStringLocalizer<Texts> L) => state switch
    {
        AdjustmentState.Waiting => L["Pending"],
        AdjustmentState.Approved => L["Approved"],
        AdjustmentState.Rejected => L["Rejected"],
        _ => L["Withdrawn"],
    };

    public static string Badge(AdjustmentState state) => state switch
    {
        AdjustmentState.Waiting => "badge badge-warning",
        AdjustmentState.Approved => "badge badge-success",
        _ => "badge badge-neutral",
    };

    /// <summary>A number of points with its sign.</summary>
    public static string Signed(long points) => points.ToString("+#,0;−#,0;0", System.Globalization.CultureInfo.CurrentCulture);
}
