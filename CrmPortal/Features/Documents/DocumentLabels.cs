using CrmPortal.Core.Customers.Documents;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Documents;

/// <summary>The words for what a document is and how far it is checked.</summary>
internal static class DocumentLabels
{
    public static string Kind(IStringLocalizer<Texts> texts, DocumentKind kind) => kind switch
    {
        DocumentKind.Identity => texts["Proof of identity"],
        DocumentKind.Address => texts["Proof of address"],
        DocumentKind.Contract => texts["Contract"],
        DocumentKind.Invoice => texts["Invoice"],
        DocumentKind.Photo => texts["Photo"],
        _ => texts["Other document"],
    };

    public static string Status(IStringLocalizer<Texts> texts, DocumentStatus status) => status switch
    {
        DocumentStatus.Verified => texts["Verified"],
        DocumentStatus.Rejected => texts["Rejected"],
        _ => texts["Pending"],
    };

    public static string StatusBadge(DocumentStatus status) => status switch
    {
        DocumentStatus.Verified => "badge badge-success",
        DocumentStatus.Rejected => "badge badge-danger",
        _ => "badge",
    };
}
