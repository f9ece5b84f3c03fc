using CrmPortal.Core.Consents;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Consents;

/// <summary>The words for what customers agree to.</summary>
internal static class ConsentLabels
{
    private const string Between = " · ";

    public static string Purpose(IStringLocalizer<Texts> texts, ConsentPurpose purpose) => purpose switch
    {
        ConsentPurpose.Marketing => texts["Advertising"],
        ConsentPurpose.Profiling => texts["Personalised offers"],
        ConsentPurpose.DataSharing => texts["Sharing with partners"],
        _ => texts["Terms of business"],
    };

    /// <summary>The same, said to the customer.</summary>
    public static string OwnPurpose(IStringLocalizer<Texts> texts, ConsentPurpose purpose) => purpose switch
    {
        ConsentPurpose.Marketing => texts["Advertising"],
        ConsentPurpose.Profiling => texts["Personalised offers"],
        ConsentPurpose.DataSharing => texts["Sharing with partners"],
        _ => texts["Terms of business"],
    };

    public static string State(IStringLocalizer<Texts> texts, ConsentState? state) => state switch
    {
        ConsentState.Granted => texts["Given"],
        ConsentState.Withdrawn => texts["Withdrawn"],
        ConsentState.Requested => texts["Awaiting confirmation"],
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
        ConsentSource.Staff => texts["Recorded by staff"],
        ConsentSource.PreferencePage => texts["Preference page"],
        ConsentSource.ConfirmedLink => texts["Confirmed by link"],
        ConsentSource.Import => texts["Import"],
        ConsentSource.Api => texts["API"],
        _ => texts["Customer merge"],
    };

    /// <summary>How somebody may have said what a member of staff notes; kept in English and shown in the language of the screen.</summary>
    public static IReadOnlyList<string> Ways { get; } = ["In person", "By phone", "In writing", "By e-mail", "On a website"];

    public static string Way(IStringLocalizer<Texts> texts, string way) => way switch
    {
        "In person" => texts["In person"],
        "By phone" => texts["By phone"],
        "In writing" => texts["In writing"],
        "By e-mail" => texts["By e-mail"],
        "On a website" => texts["On a website"],
        _ => way,
    };

    /// <summary>What the ledger keeps of how and where something was said.</summary>
    public static string Evidence(string way, string? where) => string.IsNullOrWhiteSpace(where) ? way : way + Between + where.Trim();

    /// <summary>The same as people read it.</summary>
    public static string Form(IStringLocalizer<Texts> texts, string form)
    {
        if (form.Split(Between, 2) is [var way, var where] && Ways.Contains(way)) return Way(texts, way) + Between + where;
        return form switch
        {
            ConsentService.Mistake => texts["Noted by mistake"],
            "customer page" => texts["On the customer's page"],
            "confirmation page" => texts["On the confirmation page"],
            "preference page" => texts["On the preference page"],
            _ => Way(texts, form),
        };
    }
}
