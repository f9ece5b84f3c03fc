using CrmPortal.Core.Access;
using CrmPortal.Core.Audit;
using CrmPortal.Core.Backup;
using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Data;
using CrmPortal.Core.Demo;
using CrmPortal.Core.Documents;
using CrmPortal.Core.Duplicates;
using CrmPortal.Core.Fields;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Jobs;
using CrmPortal.Core.Live;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Mail;
using CrmPortal.Core.Notifications;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Outbox;
using CrmPortal.Core.Timeline;
using CrmPortal.Core.Verification;
using CrmPortal.Core.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CrmPortal.Core;

/// <summary>Puts Core together: one line for each feature, which registers its own services beside them.</summary>
public static class CoreServices
{
    public static IServiceCollection AddCrmCore(this IServiceCollection services, DatabaseOptions database)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddData(database);
        services.AddOutbox();
        services.AddLive();
        services.AddJobs();
        services.AddAccess();
        services.AddAudit();
        services.AddMailQueue();
        services.AddViews();

        services.AddCustomers();
        services.AddFields();
        services.AddNotifications();
        services.AddTimeline();
        services.AddDuplicates();
        services.AddDocuments();
        services.AddConsents();
        services.AddVerification();
        services.AddOrders();
        services.AddLoyalty();
        services.AddImports();

        services.AddBackup();
        services.AddDemo();
        return services;
    }
}
