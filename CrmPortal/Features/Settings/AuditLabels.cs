using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Features.Customers;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Settings;

/// <summary>What stands in the audit log, in words.</summary>
internal static class AuditLabels
{
    public static string Kind(IStringLocalizer<Texts> L, string name) => L[AuditWords.LabelOf(name)];

    public static string Field(IStringLocalizer<Texts> L, string kind, string field) => FieldLabels.Of(kind, field, L);

    public static string Action(IStringLocalizer<Texts> L, AuditAction action) => action switch
    {
        AuditAction.Created => L["Created"],
        AuditAction.Updated => L["Edited"],
        AuditAction.Deleted => L["Deleted"],
        AuditAction.Viewed => L["Opened"],
        AuditAction.Revealed => L["Saw hidden values"],
        AuditAction.Exported => L["Exported"],
        AuditAction.SignedIn => L["Signed in"],
        _ => L["Was refused"],
    };

    public static string Badge(AuditAction action) => action switch
    {
        AuditAction.Refused or AuditAction.Deleted => "badge badge-danger",
        AuditAction.Revealed or AuditAction.Exported => "badge badge-warning",
        _ => "badge",
    };

    public static string Origin(IStringLocalizer<Texts> L, ActorOrigin origin) => origin switch
    {
        ActorOrigin.Browser => L["Browser"],
        ActorOrigin.Api => L["API"],
        ActorOrigin.Job => L["Job"],
        ActorOrigin.Command => L["Command line"],
        _ => L["The system"],
    };
}
