using CrmPortal.Core.Data.Sqlite;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Data;

/// <summary>A work that writes masses knows that somebody waits, and gives way.</summary>
public sealed class WaitingWriterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writer_WhoHasToWait_IsSeenByTheOneWhoWrites_UntilItIsTheirTurn()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var provider = data.Get<IDatabaseProvider>();
        await using var first = provider.CreateContext(null);
        await using var second = provider.CreateContext(null);
        var writing = await first.Database.BeginTransactionAsync(Token);
        Assert.False(provider.IsSomebodyWaiting);

        var begun = Task.Run(() => second.Database.BeginTransactionAsync(Token), Token);
        while (!provider.IsSomebodyWaiting) await Task.Delay(1, Token);
        await provider.LetOthersInAsync(Token);
        Assert.False(begun.IsCompleted);

        await writing.CommitAsync(Token);
        await using var theirs = await begun;
        Assert.False(provider.IsSomebodyWaiting);
    }

    [Fact]
    public async Task Writers_GoInInTheOrderInWhichTheyCame_AlsoWithAStatementOfItsOwn()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var provider = data.Get<IDatabaseProvider>();
        await using var first = provider.CreateContext(null);
        var writing = await first.Database.BeginTransactionAsync(Token);
        var waiting = Enumerable.Range(0, 12).Select(CountAsync).ToList();
        Assert.All(waiting, w => Assert.False(w.IsCompleted));

        await writing.CommitAsync(Token);

        Assert.Equal(Enumerable.Range(1, 12).Select(n => (long)n), await Task.WhenAll(waiting));

        async Task<long> CountAsync(int number)
        {
            await using var db = provider.CreateContext(null);
            if (number % 3 == 0) return await provider.RaiseCounterAsync(db, "writers", 1, Token);
            await using var transaction = await db.Database.BeginTransactionAsync(Token);
            var count = await provider.RaiseCounterAsync(db, "writers", 1, Token);
            await transaction.CommitAsync(Token);
            return count;
        }
    }

    [Fact]
    public async Task Writer_WhoFailsOrLeaves_LetsTheNextIn()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var provider = data.Get<IDatabaseProvider>();
        await using (var db = provider.CreateContext(null))
        {
            await Assert.ThrowsAnyAsync<Exception>(() => db.Database.ExecuteSqlRawAsync("insert into Nothing (Id) values (1)", Token));
            await Assert.ThrowsAnyAsync<Exception>(() => db.Database.SqlQueryRaw<long>("insert into Nothing (Id) values (1) returning Id").ToListAsync(Token));
            await db.Database.BeginTransactionAsync(Token);
            await Assert.ThrowsAnyAsync<Exception>(() => db.Database.ExecuteSqlRawAsync("insert into Nothing (Id) values (1)", Token));
        }

        using (var enough = new CancellationTokenSource())
        {
            await using var inside = provider.CreateContext(null);
            await using var outside = provider.CreateContext(null);
            await using var transaction = await inside.Database.BeginTransactionAsync(Token);
            var begun = outside.Database.BeginTransactionAsync(enough.Token);
            await enough.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => begun);
        }

        await using var last = provider.CreateContext(null);
        await using var theirs = await last.Database.BeginTransactionAsync(Token);
        Assert.False(provider.IsSomebodyWaiting);
    }

    [Theory]
    [InlineData("UPDATE \"Customers\" SET", true)]
    [InlineData("-- Looks for events\n\nDELETE FROM x", true)]
    [InlineData("  insert into x values (1) returning Id", true)]
    [InlineData("-- update\nselect 1", false)]
    [InlineData("SELECT 'insert'", false)]
    [InlineData("-- nothing", false)]
    public void Statement_ThatWrites_IsKnown(string text, bool isWriting) => Assert.Equal(isWriting, SqliteWriters.IsWriting(text));

    [Fact]
    public async Task Writers_OfPostgres_DoNotWaitForEachOther()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Postgres);
        var provider = data.Get<IDatabaseProvider>();
        await using var first = provider.CreateContext(null);
        await using var second = provider.CreateContext(null);

        await using var one = await first.Database.BeginTransactionAsync(Token);
        await using var other = await second.Database.BeginTransactionAsync(Token);

        Assert.False(provider.IsSomebodyWaiting);
    }
}
