using System.Globalization;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Worklist;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Worklist;

/// <summary>Reasons in plain words.</summary>
internal static class WorklistLabels
{
    public static string Rule(WorklistRule rule, IStringLocalizer<Texts> L) => rule switch
    {
        WorklistRule.Sleeping => L["Value at risk"],
        WorklistRule.TierEnds => L["Tier ends"],
        WorklistRule.TierReached => L["Tier reached"],
        WorklistRule.Birthday => L["Birthday"],
        WorklistRule.PointsExpire => L["Points expire"],
        WorklistRule.NoSecondOrder => L["No second order"],
        _ => L["VIP without contact"],
    };

    /// <summary>A badge's colour: what is to be lost, what is to be gained.</summary>
    public static string Badge(WorklistRule rule) => rule switch
    {
        WorklistRule.Sleeping or WorklistRule.TierEnds => "badge badge-warning",
        WorklistRule.TierReached or WorklistRule.Birthday => "badge badge-success",
        WorklistRule.PointsExpire or WorklistRule.VipUnheard => "badge badge-info",
        _ => "badge badge-neutral",
    };

    public static string Sentence(WorklistReason reason, Display display, IStringLocalizer<Texts> L)
    {
        var day = reason.Day is { } at ? display.Date(at) : "–";
        return reason.Rule switch
        {
            WorklistRule.Sleeping => L["Probably gone ({0} likely to buy again), {1} at risk; last order {2}.",
                (reason.Number / 100.0).ToString("P0", CultureInfo.CurrentCulture), display.Money(reason.Amount), day],
            WorklistRule.TierEnds => L["{0} ends on {1}.", Tier(reason.Name), day],
            WorklistRule.TierReached => L["Reached {0} on {1}.", Tier(reason.Name), day],
            WorklistRule.Birthday => L["Birthday on {0}.", reason.Day is { } birthday
                ? birthday.ToString("m", CultureInfo.CurrentCulture) : "–"],
            WorklistRule.PointsExpire => L["{0} points expire, the first on {1}.", Display.Number(reason.Amount), day],
            WorklistRule.NoSecondOrder => L["First order {0} days ago, and no second one.", Display.Number(reason.Number)],
            _ => L["No order, note or other contact for {0} days.", Display.Number(reason.Number)],
        };
    }

    private static string Tier(string? code) => string.IsNullOrEmpty(code) ? "–"
        : char.ToUpper(code[0], CultureInfo.CurrentCulture) + code[1..];
}
