using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Notifications;

/// <summary>Who is told of what: mentions in notes, and customers whom somebody follows.</summary>
public sealed class NotificationTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Mention_TellsOnce_AndNeverInAPrivateNote(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Ada", "Lovelace");
        await using var writer = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var reader = await data.AsRoleAsync(RoleNames.Staff);
        var name = reader.Actor.Name;

        await writer.Get<NoteService>().AddAsync(customer.Id, $"@{name} only for me", default, isPrivate: true);
        Assert.Equal(0, await reader.Get<NotificationService>().CountUnreadAsync(default));
        var note = await writer.Get<NoteService>().AddAsync(customer.Id, $"Ask @{name.ToUpperInvariant()}, please. @{writer.Actor.Name}",
            default);
        await writer.Get<NoteService>().UpdateAsync(customer.Id, note!.Id, $"Ask @{name} soon.", false, null, default);

        var told = Assert.Single(await reader.Get<NotificationService>().ListAsync(default));
        Assert.Equal((NotificationKind.Mentioned, "Ada Lovelace", writer.Actor.Name, false),
            (told.Kind, told.CustomerName, told.ActorName, told.IsRead));
        Assert.Empty(await writer.Get<NotificationService>().ListAsync(default));
        await writer.Get<NotificationService>().MarkReadAsync(told.Id, default);
        Assert.Equal(1, await reader.Get<NotificationService>().CountUnreadAsync(default));
        await reader.Get<NotificationService>().MarkReadAsync(null, default);
        Assert.Equal(0, await reader.Get<NotificationService>().CountUnreadAsync(default));
    }

    [Theory]
    [InlineData("ask @Ann", "Ann", true)]
    [InlineData("ask @Anna", "Ann", false)]
    [InlineData("ask @Anna and @ann.", "Ann", true)]
    [InlineData("ann@example.com", "Ann", false)]
    [InlineData("please write to info@ann-shop.example", "Ann", false)]
    [InlineData("write to info.@ann and info+@ann", "Ann", false)]
    [InlineData("(@Ann) **@Ann**", "Ann", true)]
    [InlineData("info@ann.example, and @Ann", "Ann", true)]
    [InlineData("ask @Jose\u0301 Ruiz", "Jos\u00e9 Ruiz", true)]
    [InlineData("@李雷你好", "李雷", false)]
    [InlineData("@李雷 你好", "李雷", true)]
    public void Mention_IsTheWholeName(string text, string name, bool expected) => Assert.Equal(expected, Mentions.Names(text, name));

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Follow_TellsOfOthersChanges_UntilLookedAt(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await data.DispatchAsync();
        await using var follower = await data.AsRoleAsync(RoleNames.Staff);
        await using var other = await data.AsRoleAsync(RoleNames.Staff);
        var notifications = follower.Get<NotificationService>();
        await notifications.FollowAsync(customer.Id, true, default);
        await notifications.FollowAsync(customer.Id, true, default);

        await follower.Customers.UpdateAsync(customer.Id, new() { GivenName = "Own" }, null, null, default);
        await data.DispatchAsync();
        Assert.Equal(0, await notifications.CountUnreadAsync(default));
        await other.Customers.UpdateAsync(customer.Id, new() { GivenName = "A" }, null, null, default);
        await other.Get<NoteService>().AddAsync(customer.Id, "x", default);
        await data.DispatchAsync();
        Assert.Equal(1, await notifications.CountUnreadAsync(default));
        await notifications.MarkReadAsync(null, default);
        await notifications.FollowAsync(customer.Id, false, default);
        await other.Customers.UpdateAsync(customer.Id, new() { GivenName = "B" }, null, null, default);
        await data.DispatchAsync();
        Assert.Equal((0, false),
            (await notifications.CountUnreadAsync(default), await notifications.IsFollowingAsync(customer.Id, default)));
    }

    [Fact]
    public async Task PrivateNote_IsThereForItsAuthorAlone_AndItsTextInNoHistory()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync();
        await using var author = await data.AsRoleAsync(RoleNames.Staff);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var note = (await author.Get<NoteService>().AddAsync(customer.Id, "secret words", default, isPrivate: true))!;
        var shared = (await author.Get<NoteService>().AddAsync(customer.Id, "for all", default))!;
        var notes = manager.Get<NoteService>();

        Assert.Equal("for all", Assert.Single((await notes.ListAsync(customer.Id, new(1, 10), default)).Items).Text);
        Assert.Equal((1, 2), (await notes.CountAsync(customer.Id, default), await author.Get<NoteService>()
            .CountAsync(customer.Id, default)));
        Assert.Null(await notes.GetAsync(customer.Id, note.Id, default));
        Assert.Null(await notes.PinAsync(customer.Id, note.Id, true, default));
        Assert.Null(await notes.RemoveAsync(customer.Id, note.Id, default));
        await Assert.ThrowsAsync<RuleViolationException>(() => notes.UpdateAsync(customer.Id, shared.Id, "mine now", false, null, default));
        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => author.Get<NoteService>()
            .UpdateAsync(customer.Id, shared.Id, "x", false, shared.Version + 1, default));
        var (history, _) = await manager.Get<HistoryService>().ForCustomerAsync(customer.Id, null, 50, default);
        Assert.DoesNotContain(history.SelectMany(h => h.Items).SelectMany(i => i.Fields),
            f => f.After?.Contains("secret", StringComparison.Ordinal) == true);
    }
}
