using System.Collections.Concurrent;
using CrmPortal.Core.Data.Postgres;
using CrmPortal.Core.Data.Sqlite;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace CrmPortal.Tests.Data;

public sealed class DatabaseLoggingTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task TwoProgramsInOneProcess_ShareModelAndQueries_AndLogEachToItsOwn(DatabaseKind kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        var (first, second) = (new Said(), new Said());
        await using var one = Open(database, first);
        await using var other = Open(database, second);

        Assert.Same(one.Model, other.Model);
        await Assert.ThrowsAnyAsync<Exception>(() => other.Database.ExecuteSqlRawAsync("select nothing from nowhere"));
        Assert.Contains(second.Lines, line => line.Contains("from nowhere", StringComparison.Ordinal));
        Assert.Empty(first.Lines);
    }

    private static CrmDbContext Open(TestDatabase database, Said said)
    {
        var logging = LoggerFactory.Create(l => l.SetMinimumLevel(LogLevel.Error).AddProvider(said));
        IDatabaseProvider provider = database.Kind == DatabaseKind.Sqlite
            ? new SqliteProvider(database.Options, [], logging) : new PostgresProvider(database.Options, [], logging);
        return provider.CreateContext(null);
    }

    private sealed class Said : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
