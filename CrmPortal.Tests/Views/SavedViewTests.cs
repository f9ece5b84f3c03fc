using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Views;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Views;

public sealed class SavedViewTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Save_OwnAndShared_AreSeenByWhomTheyAreFor(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var me = await data.AsRoleAsync(RoleNames.Staff);
        await using var other = await data.AsRoleAsync(RoleNames.Staff);
        var views = me.Get<SavedViewService>();
        await views.SaveAsync("customers", "Mine", "?q=a", false, true, CancellationToken.None);
        var shared = await views.SaveAsync("customers", " Ours ", "?q=b", true, true, CancellationToken.None);
        await views.SaveAsync("customers", "Mine", "?q=c", false, false, CancellationToken.None);
        await views.SaveAsync("orders", "Elsewhere", "", true, false, CancellationToken.None);

        var own = await views.ListAsync("customers", CancellationToken.None);
        Assert.Equal([("Mine", "?q=c", false), ("Ours", "?q=b", true)], own.Select(v => (v.Name, v.Query, v.IsDefault)));
        var theirs = Assert.Single(await other.Get<SavedViewService>().ListAsync("customers", CancellationToken.None));
        Assert.Equal(("Ours", false, false), (theirs.Name, theirs.IsMine, theirs.IsDefault));

        Assert.False(await other.Get<SavedViewService>().RemoveAsync(shared.Id, CancellationToken.None));
        Assert.True(await views.RemoveAsync(shared.Id, CancellationToken.None));
        Assert.Empty(await other.Get<SavedViewService>().ListAsync("customers", CancellationToken.None));
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData(" ", "")]
    [InlineData("a\0b", "")]
    [InlineData("a", "q=\0")]
    public async Task Save_BadNameOrQuery_IsRefused(string? name, string query)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var me = await data.AsRoleAsync(RoleNames.Staff);

        Assert.Equal("Name",
            Assert.Single((await Assert.ThrowsAsync<RuleViolationException>(() => me.Get<SavedViewService>()
            .SaveAsync("customers", name, query, false, false, CancellationToken.None))).Errors).Field);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Save_SameNameManyTimesAtOnce_LeavesOne(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var me = await data.AsRoleAsync(RoleNames.Staff);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(async () =>
        {
            await using var scope = data.As(me.Actor);
            try
            {
                await scope.Get<SavedViewService>().SaveAsync("customers", "Mine", $"?q={i}", false, true, CancellationToken.None);
            }
            catch (RuleViolationException)
            {
                // Said in a sentence that it was saved elsewhere just now.
            }
        })));

        Assert.Single(await me.Get<SavedViewService>().ListAsync("customers", CancellationToken.None));
    }
}
