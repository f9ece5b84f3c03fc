using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.History;
using CrmPortal.Core.Network;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Timeline;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Network;

/// <summary>Who is let into the network, and what went through.</summary>
public sealed class NetworkAccessTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Access_FollowsPasswordCustomerSubscriptionAndConnection(DatabaseKind kind)
    {
        await using var shop = await NetworkShop.StartAsync(kind);
        var (id, customers) = (shop.Customer.Id, shop.Administrator.Customers);

        var accepted = await shop.Access.AuthoriseAsync(new("ADA@example.net", NetworkShop.Password, null), Token);
        Assert.Equal(AccessVerdict.Accepted, accepted.Verdict);
        Assert.Equal(
            [
                ("Acct-Interim-Interval", 600L), ("Session-Timeout", 86_400L), ("WISPr-Bandwidth-Max-Down", 100_000_000L),
                ("WISPr-Bandwidth-Max-Up", 20_000_000L), ("Mikrotik-Rate-Limit", "20000k/100000k"),
            ], accepted.Attributes.Select(a => (a.Key, a.Value)));
        byte[] challenge = [1, 2, 3];
        Assert.Equal(AccessVerdict.Accepted, (await shop.Access.AuthoriseAsync(new(NetworkShop.Name, null,
            NetworkShop.Chap(NetworkShop.Password, challenge)), Token)).Verdict);
        Assert.Equal(AccessVerdict.WrongPassword, (await shop.Access.AuthoriseAsync(new(NetworkShop.Name, null,
            NetworkShop.Chap("other", challenge)), Token)).Verdict);
        Assert.Equal(AccessVerdict.WrongPassword, await shop.AskAsync(password: NetworkShop.Password + " "));
        Assert.Equal(AccessVerdict.NoPassword, await shop.AskAsync(password: null));
        Assert.Equal(AccessVerdict.UnknownName, await shop.AskAsync("nobody"));
        Assert.Equal(AccessVerdict.UnknownName, await shop.AskAsync("a\0b"));

        await shop.Connections.SuspendAsync(id, shop.Connection.Id, " Holiday ", Token);
        Assert.Equal(AccessVerdict.Suspended, await shop.AskAsync());
        Assert.Equal(AccessVerdict.WrongPassword, await shop.AskAsync(password: "guess-1"));
        await shop.Connections.ResumeAsync(id, shop.Connection.Id, Token);
        foreach (var (state, verdict) in new[]
        {
            (SubscriptionState.Suspended, AccessVerdict.SubscriptionSuspended),
            (SubscriptionState.Cancelled, AccessVerdict.SubscriptionCancelled),
            (SubscriptionState.Trial, AccessVerdict.Accepted), (SubscriptionState.Active, AccessVerdict.Accepted),
        })
        {
            await customers.UpdateAsync(id, new() { Subscription = state }, null, null, Token);
            Assert.Equal(verdict, await shop.AskAsync());
        }

        await customers.BlockAsync(id, "Fraud", Token);
        Assert.Equal(AccessVerdict.CustomerBlocked, await shop.AskAsync());
        await customers.UnblockAsync(id, Token);
        await customers.SetActiveAsync(id, false, Token);
        Assert.Equal(AccessVerdict.CustomerInactive, await shop.AskAsync());
        await customers.SetActiveAsync(id, true, Token);
        await shop.Administrator.Trash.DeleteAsync(id, Token);
        Assert.Equal(AccessVerdict.CustomerInactive, await shop.AskAsync());
        Assert.Empty(await shop.Connections.ListAsync(id, Token));

        var figures = await shop.Administrator.Get<NetworkFiguresService>().GetAsync(Token);
        Assert.Equal((4L, 2L, 4L), (figures.Answers[AccessVerdict.Accepted], figures.Answers[AccessVerdict.UnknownName],
            figures.Answers[AccessVerdict.WrongPassword] + figures.Answers[AccessVerdict.NoPassword]));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Accounting_Repeated_LateOrLost_CountsOnce(DatabaseKind kind)
    {
        await using var shop = await NetworkShop.StartAsync(kind);
        const long Gigaword = 1L << 32;
        await shop.TellAsync(UsageEvent.Start);
        await shop.TellAsync(UsageEvent.Start);
        shop.Data.Clock.Advance(TimeSpan.FromMinutes(20));
        await shop.TellAsync(UsageEvent.Interim, seconds: 1_200, up: 500, down: Gigaword + 100);
        await shop.TellAsync(UsageEvent.Interim, seconds: 600, up: 200, down: 900, delay: 600);
        Assert.Equal(1, (await shop.Administrator.Get<NetworkFiguresService>().GetAsync(Token)).Online);
        shop.Data.Clock.Advance(TimeSpan.FromMinutes(10));
        for (var i = 0; i < 3; i++) await shop.TellAsync(UsageEvent.Stop, seconds: 1_800, up: 700, down: 2 * Gigaword);
        await shop.TellAsync(UsageEvent.Start, delay: 1_800);

        var session = Assert.Single(await shop.SessionsAsync());
        Assert.Equal((700L, 2 * Gigaword, 1_800L, "User-Request", "192.0.2.17"),
            (session.Up, session.Down, session.Seconds, session.EndCause, session.Address));
        Assert.Equal(TimeSpan.FromMinutes(30), session.EndedAt - session.StartedAt);
        var day = Assert.Single(await shop.DaysAsync());
        Assert.Equal((700L, 2 * Gigaword, 1_800L, 1), (day.Up, day.Down, day.Seconds, day.Sessions));

        // A stop whose start was lost, and the same id given again after the access server was started anew.
        await shop.TellAsync(UsageEvent.Stop, "S2", seconds: 60, up: 1, down: 2);
        shop.Data.Clock.Advance(TimeSpan.FromHours(2));
        await shop.TellAsync(UsageEvent.Start);
        await shop.TellAsync(UsageEvent.Interim, seconds: 5, up: 10, down: 20);
        Assert.Equal([(700L, true), (1L, true), (10L, false)], (await shop.SessionsAsync()).Select(s => (s.Up, s.EndedAt is not null)));
        day = Assert.Single(await shop.DaysAsync());
        Assert.Equal((711L, 3), (day.Up, day.Sessions));

        await shop.Access.AccountAsync(new(UsageEvent.ServerOn, null, null, "bras-1", null, 0, 0, 0, 0, null), Token);
        Assert.Equal("NAS-Reboot", (await shop.SessionsAsync())[^1].EndCause);
        await shop.TellAsync(UsageEvent.Start, name: "nobody");
        await shop.Access.AccountAsync(null, Token);
        Assert.Equal(3, (await shop.SessionsAsync()).Count);

        var listed = Assert.Single(await shop.Connections.ListAsync(shop.Customer.Id, Token));
        Assert.Equal((711L, 10L), (listed.MonthUp, listed.LastSession!.Up));
        var moment = Assert.Single((await shop.Administrator.Get<TimelineService>().ReadAsync(shop.Customer.Id,
            new([TimelineKind.Network]), Token)).Entries);
        Assert.Equal((NetworkShop.Name, 3, 711L), (moment.Network!.AccessName, moment.Network.Sessions, moment.Network.Up));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Accounting_ManyPacketsAtOnce_LoseAndDoubleNothing(DatabaseKind kind)
    {
        await using var shop = await NetworkShop.StartAsync(kind);

        await Task.WhenAll(Enumerable.Range(1, 16).Select(i => Task.Run(async () =>
        {
            await using var system = shop.Data.AsSystem();
            await system.Get<NetworkAccessService>().AccountAsync(new(UsageEvent.Interim, NetworkShop.Name, "S1", "bras-1", null, i, i * 10,
                i * 100, 0, null), Token);
        })));

        Assert.Equal((160L, 1_600L), (Assert.Single(await shop.SessionsAsync()).Up, Assert.Single(await shop.DaysAsync()).Down));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Questions_SendFewStatements(DatabaseKind kind)
    {
        await using var shop = await NetworkShop.StartAsync(kind);
        await shop.TellAsync(UsageEvent.Start);
        await shop.AskAsync();

        shop.Data.Commands.Clear();
        await shop.AskAsync();
        var asked = shop.Data.Commands.Count;
        shop.Data.Commands.Clear();
        await shop.TellAsync(UsageEvent.Interim, seconds: 60, up: 1, down: 1);

        Assert.InRange(asked, 1, 6);
        Assert.InRange(shop.Data.Commands.Count, 1, 10);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Password_IsNowhereToBeRead_AndUndoBringsAConnectionBackWithoutIt(DatabaseKind kind)
    {
        await using var shop = await NetworkShop.StartAsync(kind);
        var id = shop.Customer.Id;

        var made = await shop.Connections.SaveAsync(id, null, new("home-100", "second", null), Token);
        Assert.Equal(16, made!.Password!.Length);
        Assert.Equal(AccessVerdict.Accepted, await shop.AskAsync("second", made.Password));
        var renewed = await shop.Connections.RenewPasswordAsync(id, made.Connection.Id, Token);
        Assert.Equal(AccessVerdict.WrongPassword, await shop.AskAsync("second", made.Password));
        Assert.Equal(AccessVerdict.Accepted, await shop.AskAsync("second", renewed!.Password));
        Assert.Null((await shop.Connections.SaveAsync(id, made.Connection.Id, new("home-100", "second", null), Token))!.Password);
        Assert.False(await shop.Data.ReadAsync(db => db.NetworkConnections.AnyAsync(c => c.ProtectedPassword.Contains("sésame"), Token)));
        Assert.False(await shop.Data.ReadAsync(db => db.AuditEntries.AnyAsync(e => e.Values != null
            && (e.Values.Contains("100%") || e.Values.Contains("Protected") || e.Values.Contains(renewed.Password!)), Token)));

        var removed = await shop.Connections.RemoveAsync(id, shop.Connection.Id, null, Token);
        Assert.Equal(AccessVerdict.UnknownName, await shop.AskAsync());
        await shop.Administrator.Get<UndoService>().UndoAsync(removed!.Value, false, Token);
        Assert.Equal(AccessVerdict.NoPassword, await shop.AskAsync());
        Assert.Equal(ConnectionState.NoPassword, (await shop.Connections.GetAsync(id, shop.Connection.Id, Token))!.State);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Connections_GoAlongWithAMerge_AndAwayWithAPurge(DatabaseKind kind)
    {
        await using var shop = await NetworkShop.StartAsync(kind);
        await shop.TellAsync(UsageEvent.Stop, seconds: 60, up: 5, down: 6);
        var survivor = await shop.Data.AddCustomerAsync("Ada", "King");

        await shop.Administrator.Get<MergeService>().MergeAsync(new(survivor.Id, [shop.Customer.Id]), Token);
        Assert.Equal(5, Assert.Single(await shop.Connections.ListAsync(survivor.Id, Token)).MonthUp);
        Assert.Equal(AccessVerdict.Accepted, await shop.AskAsync());

        await shop.Administrator.Trash.DeleteAsync(survivor.Id, Token);
        Assert.True(await shop.Administrator.Trash.PurgeAsync(survivor.Id, Token));
        Assert.Empty(await shop.SessionsAsync());
        Assert.Empty(await shop.DaysAsync());
        Assert.Equal(AccessVerdict.UnknownName, await shop.AskAsync());
        Assert.False(await shop.Data.ReadAsync(db => db.AuditEntries.AnyAsync(e => e.Values != null && e.Values.Contains(NetworkShop.Name),
            Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task CleanUp_EndsSilentSessions_AndForgetsOldOnes(DatabaseKind kind)
    {
        await using var shop = await NetworkShop.StartAsync(kind);
        await shop.TellAsync(UsageEvent.Start);
        await shop.AskAsync();
        var job = shop.Data.AsSystem().Services.GetServices<IJobHandler>().Single(j => j.Kind == "clean-up.network");

        shop.Data.Clock.Set(shop.Data.Clock.GetUtcNow().AddHours(25));
        await job.RunAsync(0, new Progress<JobProgress>(), Token);
        Assert.Equal("Lost", Assert.Single(await shop.SessionsAsync()).EndCause);
        shop.Data.Clock.Set(shop.Data.Clock.GetUtcNow().AddDays(91));
        await job.RunAsync(0, new Progress<JobProgress>(), Token);
        Assert.Empty(await shop.SessionsAsync());
        Assert.Single(await shop.DaysAsync());
        shop.Data.Clock.Set(shop.Data.Clock.GetUtcNow().AddDays(732));
        await job.RunAsync(0, new Progress<JobProgress>(), Token);
        Assert.Empty(await shop.DaysAsync());
        Assert.False(await shop.Data.ReadAsync(db => db.DailyCounters.AnyAsync(c => c.Name.StartsWith("network-"), Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task AccessName_GivenToManyAtOnce_IsOnesAlone_AndTheOthersAreTold(DatabaseKind kind)
    {
        const int Many = 6;
        await using var shop = await NetworkShop.StartAsync(kind);
        var customers = new List<long>();
        for (var i = 0; i < Many; i++)
            customers.Add((await shop.Data.AddCustomerAsync($"Customer {i}", email: $"customer{i}@example.com")).Id);

        var told = await Task.WhenAll(customers.Select(async id =>
        {
            await using var staff = shop.Data.As(shop.Administrator.Actor);
            try
            {
                await staff.Get<ConnectionService>().SaveAsync(id, null, new("home-100", "one.name", null), Token);
                return null;
            }
            catch (RuleViolationException taken)
            {
                return taken.Errors[0].Field;
            }
        }));

        Assert.Equal([.. Enumerable.Repeat(nameof(ConnectionInput.AccessName), Many - 1)], told.OfType<string>());
        Assert.Equal(1, await shop.Data.ReadAsync(db => db.NetworkConnections.CountAsync(c => c.AccessName == "one.name", Token)));
    }

    [Fact]
    public async Task Tariff_AndConnection_ThatAreWrong_AreRefused()
    {
        await using var shop = await NetworkShop.StartAsync(DatabaseKind.Sqlite);
        var (id, tariff) = (shop.Customer.Id, NetworkShop.Tariff("other"));
        await WrongAsync("Code", () => shop.Tariffs.CreateAsync(tariff with { Code = "Fast Lane" }, Token));
        await WrongAsync("Code", () => shop.Tariffs.CreateAsync(tariff with { Code = "HOME-100" }, Token));
        await WrongAsync("DownKbps", () => shop.Tariffs.CreateAsync(tariff with { DownKbps = 0 }, Token));
        await WrongAsync("MonthlyPrice", () => shop.Tariffs.CreateAsync(tariff with { MonthlyPrice = -1 }, Token));
        await WrongAsync("Currency", () => shop.Tariffs.CreateAsync(tariff with { Currency = "XXL" }, Token));
        await WrongAsync("Attributes", () => shop.Tariffs.CreateAsync(tariff with { Attributes = ["no equals sign"] }, Token));
        await WrongAsync("AccessName", () => shop.Connections.SaveAsync(id, null, new("home-100", "a b", null), Token));
        await WrongAsync("AccessName", () => shop.Connections.SaveAsync(id, null, new("home-100", "ADA@EXAMPLE.NET", null), Token));
        await WrongAsync("Password", () => shop.Connections.SaveAsync(id, null, new("home-100", "b", "short"), Token));
        await WrongAsync("Tariff", () => shop.Connections.SaveAsync(id, null, new("none", "b", null), Token));
        var home = Assert.Single(await shop.Tariffs.ListAsync(Token));
        await WrongAsync("", () => shop.Tariffs.RemoveAsync(home.Id, null, Token));
        await shop.Tariffs.ChangeAsync(home.Id, NetworkShop.Tariff("home-100") with { IsRetired = true }, home.Version, Token);
        await WrongAsync("Tariff", () => shop.Connections.SaveAsync(id, null, new("home-100", "b", null), Token));
        Assert.NotNull(await shop.Connections.SaveAsync(id, shop.Connection.Id, new("home-100", "c", null), Token));
        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => shop.Tariffs.ChangeAsync(home.Id, NetworkShop.Tariff("home-100"),
            home.Version, Token));
        Assert.Null(await shop.Connections.SaveAsync(4711, null, new("home-100", "d", null), Token));

        static async Task WrongAsync(string field, Func<Task> work) =>
            Assert.Equal(field, Assert.Single((await Assert.ThrowsAsync<RuleViolationException>(work)).Errors).Field);
    }

    [Fact]
    public async Task Attributes_OfTheTariff_StandInPlaceOfWhatFollows()
    {
        await using var shop = await NetworkShop.StartAsync(DatabaseKind.Sqlite);
        var home = Assert.Single(await shop.Tariffs.ListAsync(Token));
        await shop.Tariffs.ChangeAsync(home.Id, NetworkShop.Tariff("home-100") with
        {
            DownKbps = 10_000_000, UpKbps = null,
            Attributes = ["acct-interim-interval = 120", "Session-Timeout =", "Filter-Id = a", " Filter-Id=50% off ", ""],
        }, null, Token);

        var answer = await shop.Access.AuthoriseAsync(new(NetworkShop.Name, NetworkShop.Password, null), Token);

        // Ten gigabits do not fit into 32 bits.
        Assert.Equal([("acct-interim-interval", 120L), ("Filter-Id", "a"), ("Filter-Id", "50% off")],
            answer.Attributes.Select(a => (a.Key, a.Value)));
    }

    [Fact]
    public async Task Address_IsNotForThoseWhoMayNotSeeIt()
    {
        await using var shop = await NetworkShop.StartAsync(DatabaseKind.Sqlite);
        await shop.TellAsync(UsageEvent.Start);
        await using var staff = await shop.Data.AsRoleAsync(RoleNames.Staff);

        Assert.Null(Assert.Single(await staff.Get<ConnectionService>().ListAsync(shop.Customer.Id, Token)).LastSession!.Address);
        Assert.Equal("192.0.2.17", Assert.Single(await shop.Connections.ListAsync(shop.Customer.Id, Token)).LastSession!.Address);
    }
}
