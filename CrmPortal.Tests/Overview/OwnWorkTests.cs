using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Overview;

/// <summary>The own day of whoever works with customers. It is the tenth of March 2026.</summary>
public sealed class OwnWorkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task MentionsAndFollowedChanges_AreOnesOwn(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, bob, gone) = (await data.AddCustomerAsync("Ada"), await data.AddCustomerAsync("Bob"),
            await data.AddCustomerAsync("Gone"));
        await data.DispatchAsync();
        await using var me = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var other = await data.AsRoleAsync(RoleNames.Manager);
        foreach (var id in new[] { ada.Id, bob.Id, gone.Id }) await me.Get<NotificationService>().FollowAsync(id, true, Token);
        await other.Get<NoteService>().AddAsync(bob.Id, $"Ask @{me.Actor.Name}", Token);
        await other.Customers.UpdateAsync(ada.Id, new() { GivenName = "Adele" }, null, null, Token);
        await other.Trash.DeleteAsync(gone.Id, Token);
        await data.DispatchAsync();

        var work = await me.Get<OwnWorkService>().GetAsync(Token);

        var mention = Assert.Single(work.Mentions);
        Assert.Equal((bob.Id, "Bob Lovelace", other.Actor.Name, false),
            (mention.CustomerId, mention.CustomerName, mention.ActorName, mention.IsRead));
        Assert.Equal(["Adele Lovelace", "Bob Lovelace"], work.Followed.Select(f => f.CustomerName).Order());
        var others = await other.Get<OwnWorkService>().GetAsync(Token);
        Assert.Equal((0, 0), (others.Mentions.Count, others.Followed.Count));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Opened_AreThoseOneOpenedLast_EachOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var me = await data.AsRoleAsync(RoleNames.Staff);
        await using var other = await data.AsRoleAsync(RoleNames.Staff);
        var customers = new List<CustomerDetails>();
        for (var i = 0; i < 9; i++) customers.Add(await data.AddCustomerAsync($"C{i}", null));
        foreach (var customer in customers.Append(customers[3]))
        {
            await me.Customers.GetAsync(customer.Id, Token);
            await data.Get<ProfileAccessLog>().FlushAsync(Token);
        }

        await other.Customers.GetAsync(customers[0].Id, Token);
        await data.Get<ProfileAccessLog>().FlushAsync(Token);
        await using var system = data.AsSystem();
        await system.Trash.DeleteAsync(customers[8].Id, Token);

        Assert.Equal(["C3", "C7", "C6", "C5", "C4", "C2"],
            (await me.Get<OwnWorkService>().GetAsync(Token)).Opened.Select(o => o.Name));
        Assert.Equal(["C0"], (await other.Get<OwnWorkService>().GetAsync(Token)).Opened.Select(o => o.Name));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Birthdays_AreThoseOfTheWeek_AlsoOverTheNewYear(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();
        foreach (var (name, born) in new[] { ("Yesterday", "1990-03-09"), ("Today", "1980-03-10"), ("Last", "2001-03-16"),
            ("Too late", "1990-03-17"), ("Leap", "1992-02-29"), ("Silvester", "1970-12-31"), ("First", "1970-01-02") })
            await system.Customers.CreateAsync(new() { GivenName = name,
                DateOfBirth = DateOnly.ParseExact(born, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) }, Token);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        Assert.Equal([("Today", new DateOnly(2026, 3, 10)), ("Last", new DateOnly(2026, 3, 16))], await BirthdaysAsync());
        data.Clock.Set(new(2026, 12, 29, 12, 0, 0, TimeSpan.Zero));
        Assert.Null((await (await data.AsRoleAsync(RoleNames.Staff)).Get<OwnWorkService>().GetAsync(Token)).Birthdays);
        Assert.Equal([("Silvester", new DateOnly(2026, 12, 31)), ("First", new DateOnly(2027, 1, 2))], await BirthdaysAsync());
        data.Clock.Set(new(2027, 2, 25, 12, 0, 0, TimeSpan.Zero));
        Assert.Equal([("Leap", new DateOnly(2027, 2, 28))], await BirthdaysAsync());

        async Task<IEnumerable<(string, DateOnly)>> BirthdaysAsync()
        {
            await using var looker = await data.AsRoleAsync(RoleNames.SupportAgent);
            return (await looker.Get<OwnWorkService>().GetAsync(Token)).Birthdays!.Select(b => (b.CustomerName, b.Day));
        }
    }

    [Fact]
    public async Task Statements_AreFew()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        data.Commands.Clear();

        await agent.Get<OwnWorkService>().GetAsync(Token);

        // Notifications, what was opened, the names of both, birthdays.
        Assert.Equal(4, data.Commands.Count);
    }
}
