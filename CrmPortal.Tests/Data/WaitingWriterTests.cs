using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;

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
