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
        Permissions.TicketsManage => L["Manage support"],
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
        Permissions.TariffsEdit => L["Edit tariffs"],
        Permissions.NetworkAccess => L["Ask who is let into the network"],
        _ => permission,
    };

    /// <summary>The areas of the permissions, as keys of the texts, in the order in which settings show them.</summary>
    public static IReadOnlyList<PermissionArea> Areas { get; } =
    [
        new("Customers", [Permissions.CustomersView, Permissions.CustomersCreate, Permissions.CustomersEdit, Permissions.CustomersSensitive,
            Permissions.CustomersBlock, Permissions.CustomersMerge, Permissions.CustomersDelete, Permissions.CustomersPurge,
            Permissions.TagsEdit]),
        new("Documents", [Permissions.DocumentsView, Permissions.DocumentsVerify]),
        new("Orders", [Permissions.OrdersView, Permissions.OrdersEdit, Permissions.OrdersRefund]),
        new("Loyalty", [Permissions.LoyaltyEarn, Permissions.LoyaltyRedeem, Permissions.LoyaltyAdjust, Permissions.LoyaltyApprove,
            Permissions.ProgrammeEdit]),
        new("Support", [Permissions.TicketsWork, Permissions.ChatWork, Permissions.TicketsManage]),
        new("Segments", [Permissions.SegmentsView, Permissions.SegmentsEdit, Permissions.GroupsEdit]),
        new("Network access", [Permissions.TariffsEdit, Permissions.NetworkAccess]),
        new("Help centre", [Permissions.ArticlesEdit]),
        new("Figures and files", [Permissions.ReportsView, Permissions.ReportsExport, Permissions.CustomersExport, Permissions.ExportsRaw,
            Permissions.ImportsRun]),
        new("Administration", [Permissions.UsersManage, Permissions.ApiKeysManage, Permissions.WebhooksManage,
            Permissions.SettingsEdit, Permissions.AuditView]),
    ];

    /// <summary>What a permission allows, in a sentence.</summary>
    public static string Explain(IStringLocalizer<Texts> L, string permission) => permission switch
    {
        Permissions.CustomersView => L["Open the list, the page and the history of customers."],
        Permissions.CustomersEdit => L["Change what stands on a customer, write notes, tag and follow."],
        Permissions.CustomersCreate => L["Add customers one by one."],
        Permissions.CustomersSensitive =>
            L["See e-mails, phones and addresses in full; everybody else sees them masked."],
        Permissions.CustomersBlock => L["Block customers, so that they get no messages, and unblock them."],
        Permissions.CustomersDelete => L["Move customers to the trash and bring them back."],
        Permissions.CustomersMerge => L["Make one record of several of the same person."],
        Permissions.CustomersExport => L["Take lists of customers along as files."],
        Permissions.CustomersPurge => L["Remove customers for good, with all that is known of them."],
        Permissions.OrdersView => L["Open orders and see what customers bought."],
        Permissions.OrdersEdit => L["Write orders and change their status."],
        Permissions.OrdersRefund => L["Give money back for orders or lines of them."],
        Permissions.LoyaltyEarn => L["Give points for a purchase."],
        Permissions.LoyaltyRedeem => L["Take points in payment and hand out rewards."],
        Permissions.LoyaltyAdjust =>
            L["Correct points by hand; beyond the limit of the role somebody else approves."],
        Permissions.LoyaltyApprove => L["Decide about corrections that others asked for."],
        Permissions.ProgrammeEdit => L["Change rules, tiers and rewards of the loyalty programme."],
        Permissions.TagsEdit => L["Create, rename, merge and remove tags."],
        Permissions.SegmentsView => L["See how customers are distributed among segments and how they move."],
        Permissions.SegmentsEdit => L["Calculate scores anew and change segments."],
        Permissions.GroupsEdit => L["Change groups and their perks, and add or remove members by hand."],
        Permissions.DocumentsView => L["Open the documents of customers."],
        Permissions.DocumentsVerify => L["Accept or reject documents that customers brought."],
        Permissions.ArticlesEdit => L["Write articles of the help centre, and see internal ones and what visitors say."],
        Permissions.ImportsRun => L["Bring in customers and orders from files, and stop or retry jobs."],
        Permissions.ReportsView => L["Open figures on orders, points and what they may cost."],
        Permissions.ReportsExport => L["Take figures along as files."],
        Permissions.ExportsRaw =>
            L["Export cells that begin like a formula as they are; spreadsheets may run them."],
        Permissions.TicketsWork => L["See, answer and change the tickets of all customers."],
        Permissions.ChatWork => L["Take chats of visitors of the web sites, and read earlier ones."],
        Permissions.TicketsManage => L["Change queues, service levels, mailboxes, macros and everyone's saved replies."],
        Permissions.UsersManage => L["Invite people, give them roles, and decide what roles may do."],
        Permissions.ApiKeysManage => L["Give programs keys that act for oneself; those who manage users do so for everybody."],
        Permissions.TariffsEdit => L["Change what access to the network is sold for."],
        Permissions.NetworkAccess =>
            L["For RADIUS servers: ask whether a password is right, and tell what went through."],
        Permissions.WebhooksManage => L["Say which other programs are told what happens, and see what they were told."],
        Permissions.SettingsEdit => L["Change the settings of the shop, custom fields and consent wordings."],
        Permissions.AuditView => L["See who saw or changed what, and export it."],
        _ => "",
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

/// <summary>Permissions that settings show under one heading.</summary>
/// <param name="Title">A key of the texts.</param>
internal sealed record PermissionArea(string Title, IReadOnlyList<string> Permissions)
{
    /// <summary>Those that settings offer.</summary>
    public IEnumerable<string> Offered => Permissions.Where(Core.Platform.Access.Permissions.Offered.Contains);
}
