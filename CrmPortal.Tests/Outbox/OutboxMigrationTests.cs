using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Outbox;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Outbox;

public sealed class OutboxMigrationTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Events_ThatWaitedBeforeTheUpdate_AreHandedOver_AndOthersAreNotAgain(DatabaseKind kind)
    {
        var seen = new Seen();
        await using var database = await TestDatabase.CreateEmptyAsync(kind);
        await using var data = TestServices.On(database, new TestClock(), s => s.AddSingleton<IOutboxSubscriber>(seen));
        // Braces would be places for parameters.
        const string Payload = "null";
        var now = kind == DatabaseKind.Sqlite ? "1" : "now()";
        await using (var db = data.Get<IDatabaseProvider>().CreateContext(null))
        {
            await db.GetService<IMigrator>()
                .MigrateAsync(db.Database.GetMigrations().Single(m => m.EndsWith("_PartVersions", StringComparison.Ordinal)));
#pragma warning disable EF1002 // Only words of this test.
            await db.Database.ExecuteSqlRawAsync($"""
                insert into "OutboxEvents" ("Topic", "SubjectId", "Payload", "CreatedAt", "ProcessedAt", "Attempts", "DueAt") values
                ('customer.created', 1, '{Payload}', {now}, {now}, 1, {now}), ('customer.updated', 1, '{Payload}', {now}, null, 0, {now})
                """);
#pragma warning restore EF1002
        }

        await data.Get<IDatabaseProvider>().PrepareAsync(default);
        await data.DispatchAsync();

        Assert.Equal("customer.updated", Assert.Single(seen.Topics));
    }

    private sealed class Seen : IOutboxSubscriber
    {
        public string Name => "test";

        public List<string> Topics { get; } = [];

        public Task HandleAsync(OutboxEvent happened, CancellationToken cancellationToken)
        {
            Topics.Add(happened.Topic);
            return Task.CompletedTask;
        }
    }
}
