using CrmPortal.Core.Platform.Access;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Settings;

/// <summary>What each permission allows, in words.</summary>
internal static class PermissionLabels
{
    public static string Of(IStringLocalizer<Texts> L, string permission) => permission switch
    {
        Permissions.CustomersView => L["See customers"],
        Permissions.CustomersEdit => L["Edit customers"],
        Permissions.CustomersCreate => L["Create customers"],
        Permissions.CustomersSensitive => L["See contact data unmasked"],
        Permissions.CustomersBlock => L["Block customers"],
        Permissions.CustomersDelete => L["Delete and restore customers"],
        Permissions.CustomersMerge => L["Merge customers"],
        Permissions.CustomersExport => L["Export customers"],
        Permissions.CustomersPurge => L["Permanently delete customers"],
        Permissions.OrdersView => L["See orders"],
        Permissions.OrdersEdit => L["Edit orders"],
        Permissions.OrdersRefund => L["Refund orders"],
        Permissions.LoyaltyEarn => L["Book points"],
        Permissions.LoyaltyRedeem => L["Redeem points"],
        Permissions.LoyaltyAdjust => L["Adjust points up to a limit"],
        Permissions.LoyaltyApprove => L["Approve points adjustments"],
        Permissions.ProgrammeEdit => L["Edit the loyalty programme"],
        Permissions.TagsEdit => L["Edit tags"],
        Permissions.SegmentsView => L["See segments"],
        Permissions.SegmentsEdit => L["Edit segments"],
        Permissions.GroupsEdit => L["Edit groups"],
        Permissions.DocumentsView => L["See documents"],
        Permissions.DocumentsVerify => L["Verify documents"],
        Permissions.TicketsWork => L["Work on tickets"],
        Permissions.ChatWork => L["Work in chats"],
        Permissions.ArticlesEdit => L["Edit help articles"],
        Permissions.ImportsRun => L["Run imports"],
        Permissions.ReportsView => L["See reports"],
        Permissions.ReportsExport => L["Export reports"],
        Permissions.ExportsRaw => L["Export cells unchanged"],
        Permissions.UsersManage => L["Manage users and roles"],
        Permissions.SettingsEdit => L["Edit settings"],
        Permissions.AuditView => L["See the audit log"],
        Permissions.WebhooksManage => L["Manage webhooks"],
        Permissions.ApiKeysManage => L["Manage API keys"],
        _ => permission,
    };

    /// <summary>Built-in roles have a name in each language; others are called as they were named.</summary>
    public static string Role(IStringLocalizer<Texts> L, string name) => name switch
    {
        RoleNames.Administrator => L["Administrator"],
        RoleNames.Manager => L["Manager"],
        RoleNames.SupportAgent => L["Support agent"],
        RoleNames.Staff => L["Staff"],
        RoleNames.Customer => L["Customer"],
        _ => name,
    };
}
