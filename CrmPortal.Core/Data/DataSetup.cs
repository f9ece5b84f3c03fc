using CrmPortal.Core.Customers;
using CrmPortal.Core.Data.Postgres;
using CrmPortal.Core.Data.Sqlite;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CrmPortal.Core.Data;

/// <summary>The database, and what is kept for programs that ask twice.</summary>
internal static class DataSetup
{
    public static void AddData(this IServiceCollection services, DatabaseOptions database)
    {
        services.AddSingleton(database);
        services.AddSingleton<IDatabaseProvider>(s =>
        {
            IInterceptor[] interceptors = [new OutboxCommitInterceptor(s.GetRequiredService<OutboxSignal>()),
                .. s.GetServices<IInterceptor>()];
            var logging = s.GetRequiredService<ILoggerFactory>();
            return database.Provider.ToUpperInvariant() switch
            {
                "SQLITE" => new SqliteProvider(database, interceptors, logging),
                "POSTGRES" => new PostgresProvider(database, interceptors, logging),
                _ => throw new UnsuitableDatabaseException($"Database:Provider is {database.Provider}; it must be Sqlite or Postgres."),
            };
        });
        services.AddScoped(s => new SaveEnvironment(s.GetRequiredService<ICurrentUser>(), s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ShopClock>().Zone));
        services.AddScoped<IDbContextFactory<CrmDbContext>, CrmDbContextFactory>();
        services.AddSingleton<IMarkedTables, MarkedTables>();
        services.AddScoped<IdempotencyRecords>();
        services.AddScoped<DatabaseFactsService>();
        services.AddScoped<IJobHandler, AnswersCleanUp>();
    }
}
