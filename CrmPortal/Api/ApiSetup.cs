using CrmPortal.Api.Contracts;
using CrmPortal.Features.Analytics;
using CrmPortal.Features.Chats;
using CrmPortal.Features.Consents;
using CrmPortal.Features.Customers;
using CrmPortal.Features.Documents;
using CrmPortal.Features.Duplicates;
using CrmPortal.Features.HelpCentre;
using CrmPortal.Features.Imports;
using CrmPortal.Features.Loyalty;
using CrmPortal.Features.Network;
using CrmPortal.Features.Orders;
using CrmPortal.Features.Reports;
using CrmPortal.Features.Segments;
using CrmPortal.Features.SelfService;
using CrmPortal.Features.Settings;
using CrmPortal.Features.Tickets;
using CrmPortal.Features.Verification;
using CrmPortal.Features.Webhooks;
using CrmPortal.Features.Worklist;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Json;

namespace CrmPortal.Api;

/// <summary>
/// The parts that every endpoint of the REST API shares: JSON, errors, limits, documents. Endpoints are with their feature.
/// </summary>
internal static class ApiSetup
{
    public const string Root = "/api";
    public const long LargestBody = 1024 * 1024;

    public static void AddCrmApi(this IServiceCollection services)
    {
        // What belongs to no contract, and the descriptions of types, which each document then spells as its contract does.
        services.Configure<JsonOptions>(o => ApiContract.Core.Configure(o.SerializerOptions));
        // What cannot be bound is thrown, so that it becomes an answer that says what is wrong.
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusedPermissions>();
        services.AddCors();
        services.AddApiRateLimit();
        services.AddApiMount(ApiContract.Core, MapCore);
        services.AddScoped<ShopCustomerSight>();
        services.AddApiMount(ApiContract.Shop, MapShop);
        services.AddApiMount(ApiContract.RetailV1, MapRetail);
        services.AddScoped<CustomerV2Sight>();
        services.AddApiMount(ApiContract.V2, MapV2);
    }

    /// <summary>Comes after authorization: what is remembered belongs to a user who might ask for it.</summary>
    public static void UseCrmApi(this WebApplication app)
    {
        app.UseReadableParameters();
        app.UseMiddleware<MergedIds>();
        app.UseMiddleware<Idempotency>();
    }

    public static void MapCrmApi(this WebApplication app)
    {
        var mounts = app.Services.GetServices<ApiMount>().ToList();
        app.MapApiDocuments(mounts);
        foreach (var mount in mounts) mount.Map(app.MapContract(mount.Contract));
    }

    public static bool IsApi(this HttpRequest request) => request.Path.StartsWithSegments(Root);

    private static void MapCore(RouteGroupBuilder api)
    {
        api.MapCustomers();
        api.MapExport();
        api.MapDocuments();
        api.MapConsents();
        api.MapVerification();
        api.MapCustomerParts();
        api.MapTags();
        api.MapMerging();
        api.MapDuplicates();
        api.MapHistory();
        api.MapLoyalty();
        api.MapProgramme();
        api.MapRewards();
        api.MapAdjustments();
        api.MapRfm();
        api.MapLifetimeValue();
        api.MapGroups(ApiContract.Core, "");
        api.MapGroupChoices();
        api.MapSegments();
        api.MapAnalytics();
        var customers = api.MapGroup("/customers").WithTags("Customers");
        customers.MapBulk(ApiContract.Core, "");
        customers.MapBulkWork();
        customers.MapCustomerRows();
        customers.MapTrash();
        customers.MapStats();
        api.MapStatsOf("");
        api.MapOrders();
        api.MapOrderLists();
        api.MapShopping();
        api.MapArticles();
        api.MapTickets();
        api.MapTicketMessages();
        api.MapTicketTools();
        api.MapFeedback();
        api.MapMailIntake();
        api.MapChats();
        api.MapWebhooks();
        api.MapImports();
        api.MapJobs();
        api.MapReports();
        api.MapAudit();
        api.MapWorklist();
        api.MapFields();
        api.MapPersonalData();
        api.MapCustomerAccounts();
        api.MapTariffs();
        api.MapConnections();
        api.MapNetworkAccess();
    }

    private static void MapShop(RouteGroupBuilder shop)
    {
        shop.MapShopCustomers();
        shop.MapShopSelfService();
        shop.MapOwnRequests();
        shop.MapOwnChoices();
        shop.MapShopAddresses();
        shop.MapGroups(ApiContract.Shop, "Shop");
        shop.MapStatsOf("Shop");
        shop.MapShopPurchases();
    }

    private static void MapV2(RouteGroupBuilder customers)
    {
        customers.WithTags("Customers v2");
        customers.MapCustomersV2();
        customers.MapStatsV2();
    }

    private static void MapRetail(RouteGroupBuilder retail)
    {
        retail.WithTags("Retail customers");
        retail.MapRetailCustomers();
        retail.MapLoyalty(ApiContract.RetailV1, "Retail");
        retail.MapRfm(ApiContract.RetailV1, "Retail");
        retail.MapLifetimeValue(ApiContract.RetailV1, "Retail");
        retail.MapAnalytics(ApiContract.RetailV1, "Retail");
        retail.MapBulk(ApiContract.RetailV1, "Retail");
    }
}
