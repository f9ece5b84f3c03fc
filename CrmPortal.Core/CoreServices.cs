using CrmPortal.Core.Analytics;
using CrmPortal.Core.Branding;
using CrmPortal.Core.Chats;
using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Data;
using CrmPortal.Core.Demo;
using CrmPortal.Core.Glance;
using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.History;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Backup;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Core.Platform.Mail;
using CrmPortal.Core.Platform.Outbox;
using CrmPortal.Core.Platform.Views;
using CrmPortal.Core.Platform.Waiting;
using CrmPortal.Core.Reports;
using CrmPortal.Core.Segments;
using CrmPortal.Core.SelfService;
using CrmPortal.Core.Tickets;
using CrmPortal.Core.Timeline;
using CrmPortal.Core.Upkeep;
using CrmPortal.Core.Verification;
using CrmPortal.Core.Webhooks;
using CrmPortal.Core.Worklist;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CrmPortal.Core;

/// <summary>Puts Core together: one line for each feature, which registers its own services beside them. Small kinds are found.</summary>
public static class CoreServices
{
    public static IServiceCollection AddCrmCore(this IServiceCollection services, DatabaseOptions database)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ShopClock>();
        services.AddData(database);
        services.AddOutbox();
        services.AddLive();
        services.AddJobs();
        services.AddAccess();
        services.AddAudit();
        services.AddMailQueue();
        services.AddViews();
        services.AddWaiting();

        services.AddCustomers();
        services.AddFields();
        services.AddNotifications();
        services.AddHistory();
        services.AddTimeline();
        services.AddGlance();
        services.AddDuplicates();
        services.AddDocuments();
        services.AddBranding();
        services.AddConsents();
        services.AddVerification();
        services.AddSelfService();
        services.AddOrders();
        services.AddLoyalty();
        services.AddImports();
        services.AddOverview();
        services.AddAnalytics();
        services.AddSegments();
        services.AddReports();
        services.AddTickets();
        services.AddChats();
        services.AddWorklist();
        services.AddHelpCentre();
        services.AddWebhooks();
        services.AddKinds();

        services.AddUpkeep();
        services.AddBackup();
        services.AddDemo();
        return services;
    }
}
