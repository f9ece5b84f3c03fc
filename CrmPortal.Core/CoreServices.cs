using CrmPortal.Core.Access;
using CrmPortal.Core.Audit;
using CrmPortal.Core.Backup;
using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Data;
using CrmPortal.Core.Data.Postgres;
using CrmPortal.Core.Data.Sqlite;
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
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace CrmPortal.Core;

/// <summary>Registers what lives in Core: one line for each feature.</summary>
public static class CoreServices
{
    public static IServiceCollection AddCrmCore(this IServiceCollection services, DatabaseOptions database)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddData(database);

        services.AddScoped<CurrentUser>();
        services.AddScoped<ICurrentUser>(s => s.GetRequiredService<CurrentUser>());
        services.AddScoped<AccessControl>();
        services.AddScoped<SessionService>();
        services.AddScoped<SignInGuard>();
        services.AddScoped<ProfileService>();
        services.AddScoped<UserService>();
        services.AddScoped<RoleService>();
        services.AddScoped<MailQueue>();

        services.AddScoped<AuditLog>();
        services.AddSingleton<ReadLog>();
        services.AddScoped<UndoService>();
        services.AddScoped<HistoryService>();
        services.AddScoped<AsAtService>();

        services.AddSingleton<CustomFieldWriter>();
        services.AddScoped<CustomerService>();
        services.AddScoped<CustomerBulkService>();
        services.AddScoped<CustomerExportService>();
        services.AddScoped<OrderExportService>();
        services.AddScoped<TagService>();
        services.AddScoped<AddressService>();
        services.AddScoped<NoteService>();
        services.AddScoped<ContactPersonService>();
        services.AddScoped<PreferenceService>();
        services.AddScoped<RelationService>();
        services.AddScoped<CustomFieldService>();
        services.AddScoped<NotificationService>();
        services.AddScoped<TimelineService>();
        services.AddScoped<SavedViewService>();
        services.AddScoped<DuplicateService>();
        services.AddScoped<MergeService>();
        services.AddScoped<IJobHandler, DuplicateScanJob>();

        services.AddScoped<AvatarService>();
        services.AddSingleton<DocumentStore>();
        services.AddSingleton<IVirusScanner, ClamdScanner>();
        services.AddScoped<DocumentService>();
        services.AddScoped<DocumentUpkeep>();
        services.AddScoped<ConsentService>();
        services.AddScoped<OwnConsentService>();
        services.AddScoped<ConsentWordingService>();
        services.AddScoped<VerificationService>();

        services.AddScoped<OrderService>();
        services.AddScoped<RecalculateService>();
        services.AddScoped<ShoppingService>();
        services.AddScoped<LedgerService>();
        services.AddScoped<TierService>();
        services.AddScoped<ProgrammeService>();
        services.AddScoped<RewardService>();
        services.AddScoped<LiabilityService>();
        services.AddScoped<WhatIfService>();
        services.AddScoped<IJobHandler, WhatIfJob>();
        services.AddScoped<TierWarnings>();
        services.AddScoped<IJobHandler, TierReview>();
        services.AddScoped<IJobHandler, PointReminders>();
        services.AddScoped<ExpiryService>();
        services.AddScoped<LedgerProof>();
        services.AddScoped<LedgerExportService>();
        services.AddScoped<IJobHandler, ExpiryJob>();
        services.AddScoped<IJobHandler, ProofJob>();
        services.AddSingleton<JobBoard>();
        services.AddSingleton<JobRunner>();
        services.AddSingleton<Scheduler>();
        services.AddScoped<JobService>();

        services.AddScoped<ImportService>();
        services.AddScoped<ImportRunner>();
        services.AddScoped<IJobHandler, ImportCheckJob>();
        services.AddScoped<IJobHandler, ImportPublishJob>();
        services.AddScoped<IJobHandler, ImportUndoJob>();

        services.AddScoped<BackupService>();
        services.AddScoped<DemoCustomers>();
        services.AddSingleton<DemoWork>();
        services.AddScoped<SeedService>();
        return services;
    }

    private static void AddData(this IServiceCollection services, DatabaseOptions database)
    {
        services.AddSingleton(database);
        services.AddSingleton<OutboxSignal>();
        services.AddSingleton<IDatabaseProvider>(s =>
        {
            IInterceptor[] interceptors = [new CommitWatcher(s.GetRequiredService<OutboxSignal>()), .. s.GetServices<IInterceptor>()];
            var logging = s.GetRequiredService<ILoggerFactory>();
            return database.Provider.ToUpperInvariant() switch
            {
                "SQLITE" => new SqliteProvider(database, interceptors, logging),
                "POSTGRES" => new PostgresProvider(database, interceptors, logging),
                _ => throw new DatabaseUnfitException($"Database:Provider is {database.Provider}; it must be Sqlite or Postgres."),
            };
        });
        services.AddScoped(s => new SaveEnvironment(s.GetRequiredService<ICurrentUser>(), s.GetRequiredService<TimeProvider>()));
        services.AddScoped<IDbContextFactory<CrmDbContext>, CrmDbContextFactory>();
        services.AddScoped<IdempotencyRecords>();

        services.AddSingleton(s => s.GetRequiredService<IDatabaseProvider>().CreateChannel());
        services.AddSingleton<LiveUpdates>();
        services.AddSingleton<IOutboxHandler, FollowNotifier>();
        services.AddSingleton<IOutboxHandler>(s => s.GetRequiredService<LiveUpdates>());
        services.AddSingleton<Presence>();
        services.AddSingleton<OutboxDispatcher>();
    }
}
