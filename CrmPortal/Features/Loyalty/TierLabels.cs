using System.Globalization;
using CrmPortal.Core.Loyalty;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Loyalty;

/// <summary>What the screens say of tiers and programmes.</summary>
internal static class TierLabels
{
    /// <summary>The name of a tier that people know by its code alone, such as in a filter.</summary>
    public static string Of(string code, IStringLocalizer<Texts> L) => code switch
    {
        "bronze" => L["Bronze"],
        "silver" => L["Silver"],
        "gold" => L["Gold"],
        "platinum" => L["Platinum"],
        _ => code,
    };

    /// <summary>What a tier brings its members; empty where that is nothing but points.</summary>
    public static string Benefits(TierRule tier, IStringLocalizer<Texts> L)
    {
        var benefits = new List<string>();
        if (tier.DiscountPercent > 0)
            benefits.Add(L["{0} % discount", tier.DiscountPercent.ToString("#,0.####", CultureInfo.CurrentCulture)]);
        if (tier.HasPrioritySupport) benefits.Add(L["Priority support"]);
        if (tier.HasFreeShipping) benefits.Add(L["Free shipping"]);
        if (tier.HasVipAccess) benefits.Add(L["VIP access"]);
        return string.Join(", ", benefits);
    }

    public static string Of(TierCause cause, IStringLocalizer<Texts> L) => cause switch
    {
        TierCause.Automatic => L["Reached"],
        TierCause.Manual => L["Set manually"],
        TierCause.ManualEnded => L["Manually set tier ended"],
        TierCause.Downgrade => L["No longer reached"],
        _ => L["Merged"],
    };

    public static string Of(TierBasis basis, IStringLocalizer<Texts> L) => basis == TierBasis.Points
        ? L["Points earned"] : L["Money spent"];

    public static string Of(TierWindow window, IStringLocalizer<Texts> L) => window switch
    {
        TierWindow.CalendarYear => L["in the calendar year"],
        TierWindow.RollingYear => L["in the last twelve months"],
        _ => L["over all time"],
    };

    public static string Of(DowngradePolicy policy, IStringLocalizer<Texts> L) => policy switch
    {
        DowngradePolicy.Never => L["Tiers are never lost"],
        DowngradePolicy.OneStep => L["One tier down, once a year"],
        _ => L["Down to the tier reached"],
    };

    public static string Of(ProgrammeState state, IStringLocalizer<Texts> L) => state switch
    {
        ProgrammeState.Draft => L["Draft"],
        ProgrammeState.Active => L["Active"],
        _ => L["Retired"],
    };

    public static string Badge(ProgrammeState state) => state switch
    {
        ProgrammeState.Draft => "badge badge-warning",
        ProgrammeState.Active => "badge badge-success",
        _ => "badge badge-neutral",
    };

    public static string Of(RedemptionState state, IStringLocalizer<Texts> L) => state switch
    {
        RedemptionState.Issued => L["Issued"],
        RedemptionState.Used => L["Used"],
        _ => L["Cancelled"],
    };

    public static string Badge(RedemptionState state) => state switch
    {
        RedemptionState.Issued => "badge badge-info",
        RedemptionState.Used => "badge badge-success",
        _ => "badge badge-neutral",
    };

    public static string Of(ExpiryKind expiry, IStringLocalizer<Texts> L) => expiry switch
    {
        ExpiryKind.AfterDays => L["After a number of days"],
        ExpiryKind.EndOfMonth => L["At the end of a month"],
        ExpiryKind.EndOfYear => L["At the end of a year"],
        _ => L["Never"],
    };

    public static string Of(PointRounding rounding, IStringLocalizer<Texts> L) => rounding switch
    {
        PointRounding.Down => L["Down"],
        PointRounding.Nearest => L["To the nearest"],
        _ => L["Up"],
    };
}
