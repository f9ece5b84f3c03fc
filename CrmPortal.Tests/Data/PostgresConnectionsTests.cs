using CrmPortal.Core.Customers;
using CrmPortal.Core.Data.Postgres;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CrmPortal.Tests.Data;

public sealed class PostgresConnectionsTests
{
    [Fact]
    public void WhatTheOperatorSays_Holds()
    {
        var usual = new NpgsqlConnectionStringBuilder(PostgresConnections.Usual("Host=localhost;Database=crm"));
        var said = new NpgsqlConnectionStringBuilder(PostgresConnections.Usual(
            "Host=localhost;Database=crm;Max Auto Prepare=0;Auto Prepare Min Usages=9;No Reset On Close=false;Maximum Pool Size=7"));

        Assert.Equal((200, 2, true, 40), Of(usual));
        Assert.Equal((0, 9, false, 7), Of(said));

        static (int, int, bool, int) Of(NpgsqlConnectionStringBuilder b) =>
            (b.MaxAutoPrepare, b.AutoPrepareMinUsages, b.NoResetOnClose, b.MaxPoolSize);
    }

    [Fact]
    public async Task StatementsThatComeAgain_AreKeptByTheServer()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Postgres);
        await using var db = data.Get<IDatabaseProvider>().CreateContext(null);
        await db.Database.OpenConnectionAsync();

        for (var i = 0; i < 10; i++) await db.Customers.Where(c => c.Id == i).Select(c => c.Number).ToListAsync();

        Assert.Contains(await db.Database.SqlQueryRaw<string>("select statement as \"Value\" from pg_prepared_statements").ToListAsync(),
            statement => statement.Contains("\"Number\"", StringComparison.Ordinal));
    }
}
