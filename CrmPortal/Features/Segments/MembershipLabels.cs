using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Segments;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Segments;

/// <summary>Memberships and perks in words.</summary>
internal static class MembershipLabels
{
    /// <summary>Why somebody came or left.</summary>
    public static string Cause(MembershipCause cause, string? byName, IStringLocalizer<Texts> L) => cause switch
    {
        MembershipCause.FirstCount => L["Fitted at the first count"],
        MembershipCause.Rules => L["Something about the customer changed"],
        MembershipCause.RulesChanged => L["The rules were changed"],
        MembershipCause.Night => L["Found at the nightly count"],
        MembershipCause.AddedByHand => byName is null ? L["Added by hand"] : L["Added by {0}", byName],
        MembershipCause.RemovedByHand => byName is null ? L["Removed by hand"] : L["Removed by {0}", byName],
        MembershipCause.Merged => L["Merged into another customer"],
        _ => L["Moved to the trash"],
    };

    /// <summary>What members have, one thing after the other; empty without any.</summary>
    public static IReadOnlyList<string> Perks(GroupPerks perks, IStringLocalizer<Texts> L)
    {
        var said = new List<string>();
        if (perks.DiscountPercent > 0) said.Add(L["{0} % discount", Number(perks.DiscountPercent)]);
        if (perks.PrioritySupport) said.Add(L["Priority support"]);
        if (perks.FreeShipping) said.Add(L["Free shipping"]);
        return said;
    }

    public static string Number(decimal percent) => percent.ToString("0.##", System.Globalization.CultureInfo.CurrentCulture);
}
