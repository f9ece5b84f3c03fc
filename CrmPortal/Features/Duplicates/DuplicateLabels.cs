using System.Globalization;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Duplicates;

/// <summary>What the screen calls the reasons of a score.</summary>
internal static class DuplicateLabels
{
    public static string Of(DuplicateReason reason, IStringLocalizer<Texts> L) => reason.Kind switch
    {
        DuplicateReasonKind.SameEmail => L["Same e-mail"],
        DuplicateReasonKind.SimilarEmail => L["E-mail with one letter different"],
        DuplicateReasonKind.SamePhone => L["Same phone"],
        DuplicateReasonKind.SameExternalId => L["Same external id"],
        DuplicateReasonKind.SimilarName => reason.Value >= 1 ? L["Same name"] : L["Name {0} similar", Percent(reason.Value)],
        DuplicateReasonKind.SameAddress => L["Same address"],
        DuplicateReasonKind.SameBirthDate => L["Same date of birth"],
        DuplicateReasonKind.OtherGivenName => L["Different first name"],
        DuplicateReasonKind.OtherFamilyName => L["Different last name"],
        _ => L["Different date of birth"],
    };

    public static string List(IEnumerable<DuplicateReason> reasons, IStringLocalizer<Texts> L) =>
        string.Join(", ", reasons.Select(r => Of(r, L)));

    /// <summary>What speaks against it is shown in another colour.</summary>
    public static string Badge(DuplicateReason reason) =>
        reason.Kind is DuplicateReasonKind.OtherGivenName or DuplicateReasonKind.OtherFamilyName or DuplicateReasonKind.OtherBirthDate
            ? "badge badge-warning" : "badge badge-success";

    /// <summary>Never rounded up to "the same".</summary>
    public static string Percent(double part) => (Math.Floor(part * 100) / 100).ToString("P0", CultureInfo.CurrentCulture);
}
