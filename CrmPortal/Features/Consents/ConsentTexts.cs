using CrmPortal.Core.Consents;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Consents;

/// <summary>The words for what customers agree to.</summary>
internal static class ConsentTexts
{
    public static string Purpose(IStringLocalizer<Texts> texts, ConsentPurpose purpose) => purpose switch
    {
        ConsentPurpose.Marketing => texts["Advertising"],
        ConsentPurpose.Profiling => texts["Offers made for the customer"],
        ConsentPurpose.DataSharing => texts["Sharing with partners"],
        _ => texts["Terms of business"],
    };

    /// <summary>The same, said to the customer himself.</summary>
    public static string OwnPurpose(IStringLocalizer<Texts> texts, ConsentPurpose purpose) => purpose switch
    {
        ConsentPurpose.Marketing => texts["Advertising"],
        ConsentPurpose.Profiling => texts["Offers made for you"],
        ConsentPurpose.DataSharing => texts["Sharing with partners"],
        _ => texts["Terms of business"],
    };

    public static string State(IStringLocalizer<Texts> texts, ConsentState? state) => state switch
    {
        ConsentState.Granted => texts["Given"],
        ConsentState.Withdrawn => texts["Withdrawn"],
        ConsentState.Requested => texts["Waits for confirmation"],
        _ => texts["Never asked"],
    };

    public static string StateBadge(ConsentState? state) => state switch
    {
        ConsentState.Granted => "badge badge-success",
        ConsentState.Requested => "badge badge-warning",
        _ => "badge",
    };

    public static string Source(IStringLocalizer<Texts> texts, ConsentSource source) => source switch
    {
        ConsentSource.Staff => texts["Noted by staff"],
        ConsentSource.PreferencePage => texts["Own preference page"],
        ConsentSource.ConfirmedLink => texts["Confirmed by link"],
        ConsentSource.Import => texts["Import"],
        ConsentSource.Api => texts["A program"],
        _ => texts["Merge of customers"],
    };
}
