namespace CrmPortal.Core.Platform.Access;

/// <summary>The names of all permissions, and the roles that hold them by default.</summary>
/// <remarks>An administrator edits the permissions of a role; services demand a permission by these names.</remarks>
public static class Permissions
{
    public const string CustomersView = "customers.view";
    public const string CustomersEdit = "customers.edit";
    public const string CustomersCreate = "customers.create";
    public const string CustomersSensitive = "customers.sensitive";
    public const string CustomersBlock = "customers.block";
    public const string CustomersDelete = "customers.delete";
    public const string CustomersMerge = "customers.merge";
    public const string CustomersExport = "customers.export";
    public const string CustomersPurge = "customers.purge";
    public const string OrdersView = "orders.view";
    public const string OrdersEdit = "orders.edit";
    public const string OrdersRefund = "orders.refund";
    public const string LoyaltyEarn = "loyalty.earn";
    public const string LoyaltyRedeem = "loyalty.redeem";
    public const string LoyaltyAdjust = "loyalty.adjust";
    public const string LoyaltyApprove = "loyalty.approve";
    public const string ProgrammeEdit = "programme.edit";
    public const string TagsEdit = "tags.edit";
    public const string SegmentsView = "segments.view";
    public const string SegmentsEdit = "segments.edit";
    public const string GroupsEdit = "groups.edit";
    public const string DocumentsView = "documents.view";
    public const string DocumentsVerify = "documents.verify";
    public const string TicketsWork = "tickets.work";
    public const string TicketsManage = "tickets.manage";
    public const string ChatWork = "chat.work";
    public const string ArticlesEdit = "articles.edit";
    public const string ImportsRun = "imports.run";
    public const string ReportsView = "reports.view";
    public const string ReportsExport = "reports.export";
    public const string ExportsRaw = "exports.raw";
    public const string UsersManage = "users.manage";
    public const string SettingsEdit = "settings.edit";
    public const string AuditView = "audit.view";
    public const string WebhooksManage = "webhooks.manage";
    public const string ApiKeysManage = "api-keys.manage";
    public const string TariffsEdit = "tariffs.edit";
    public const string NetworkAccess = "network.access";

    private static readonly string[] StaffOnly =
    [
        CustomersView, CustomersEdit, CustomersCreate, OrdersView, LoyaltyRedeem, SegmentsView,
        LoyaltyEarn, OrdersEdit, OrdersRefund,
    ];

    private static readonly string[] Agent =
    [
        CustomersView, CustomersEdit, CustomersCreate, OrdersView, LoyaltyRedeem, SegmentsView,
        CustomersSensitive, DocumentsView, TicketsWork, ChatWork, ArticlesEdit, CustomersBlock, LoyaltyAdjust,
    ];

    private static readonly string[] ManagerAdds =
    [
        LoyaltyApprove, ProgrammeEdit, TagsEdit, SegmentsEdit, GroupsEdit, CustomersDelete, CustomersMerge,
        DocumentsVerify, ImportsRun, ReportsView, ReportsExport, CustomersExport, TicketsManage, TariffsEdit,
    ];

    private static readonly string[] AdministratorAdds =
        [CustomersPurge, ExportsRaw, UsersManage, SettingsEdit, AuditView, WebhooksManage, ApiKeysManage, NetworkAccess];

    /// <summary>The roles that every database starts with; <c>Customer</c> has no staff permission.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> DefaultRoles { get; } =
        new Dictionary<string, IReadOnlyList<string>>
        {
            [RoleNames.Administrator] = [.. StaffOnly.Union(Agent).Union(ManagerAdds).Union(AdministratorAdds)],
            [RoleNames.Manager] = [.. StaffOnly.Union(Agent).Union(ManagerAdds)],
            [RoleNames.SupportAgent] = Agent,
            [RoleNames.Staff] = StaffOnly,
            [RoleNames.Customer] = [],
        };

    /// <summary>How many points the holders of a role may adjust at once by default; other roles none.</summary>
    public static IReadOnlyDictionary<string, long> DefaultAdjustmentLimits { get; } =
        new Dictionary<string, long> { [RoleNames.SupportAgent] = 500, [RoleNames.Manager] = 5_000, [RoleNames.Administrator] = 50_000 };

    /// <summary>Every permission that a role may hold.</summary>
    public static IReadOnlyList<string> All { get; } = DefaultRoles[RoleNames.Administrator];

    /// <summary>
    /// What nothing asks for yet. Roles keep it, so that it holds from the day on which something does; settings do not offer it.
    /// </summary>
    public static IReadOnlyList<string> Unused { get; } = [];

    /// <summary>The permissions that settings offer, in the order in which they show them.</summary>
    public static IReadOnlyList<string> Offered { get; } = [.. All.Except(Unused)];
}

/// <summary>The names of the built-in roles.</summary>
public static class RoleNames
{
    public const string Administrator = "Administrator";
    public const string Manager = "Manager";
    public const string SupportAgent = "SupportAgent";
    public const string Staff = "Staff";
    public const string Customer = "Customer";
}
