using System.Diagnostics;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Core.Platform.Outbox;
using CrmPortal.Hosting;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CrmPortal.Tests.Outbox;

public sealed class OutboxTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Save_AndItsEvent_AreCommittedAndRolledBackTogether(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Ada", null);
        await using var system = data.AsSystem();
        var (events, changeSets) = await CountsAsync(data);

        await using (var db = system.OpenContext())
        await using (await db.Database.BeginTransactionAsync())
        {
            (await db.Customers.SingleAsync()).GivenName = "Grace";
            await db.SaveChangesAsync();
            Assert.Equal(events + 1, await db.OutboxEvents.CountAsync());
        }

        Assert.Equal((events, changeSets), await CountsAsync(data));
        Assert.Equal("Ada", (await system.Customers.GetAsync(customer.Id, CancellationToken.None))!.GivenName);
        await system.Customers.UpdateAsync(customer.Id, new() { GivenName = "Grace" }, null, null, CancellationToken.None);
        Assert.Equal((events + 1, changeSets + 1), await CountsAsync(data));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Dispatch_HandlerFails_TriesAgainLaterAndGivesUpAtLast(DatabaseKind kind)
    {
        var handler = new Handler { Fails = true };
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton<IOutboxSubscriber>(handler));
        await data.AddCustomerAsync();
        var dispatcher = data.Get<OutboxDispatcher>();

        Assert.Equal(1, await dispatcher.DispatchAsync(CancellationToken.None));
        Assert.Equal(0, await dispatcher.DispatchAsync(CancellationToken.None));
        data.Clock.Advance(TimeSpan.FromSeconds(3));
        handler.Fails = false;
        Assert.Equal(1, await dispatcher.DispatchAsync(CancellationToken.None));
        data.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, await dispatcher.DispatchAsync(CancellationToken.None));
        Assert.Equal(2, handler.Seen.Count);

        handler.Fails = true;
        await data.AddCustomerAsync();
        for (var i = 0; i < 20; i++)
        {
            await dispatcher.DispatchAsync(CancellationToken.None);
            data.Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(12, handler.Seen.Count);
        // What was given up is kept for people to see, and holds nothing else up.
        var failure = await data.ReadAsync(db => db.OutboxFailures.Include(f => f.Event).SingleAsync());
        Assert.Equal(("test", 10, null, "InvalidOperationException"), (failure.Subscriber, failure.Attempts, failure.DueAt, failure.Fault));
        Assert.Equal("customer.created", failure.Event!.Topic);
        var health = await new OutboxHealth(data.Get<IDatabaseProvider>()).CheckHealthAsync(new());
        Assert.Equal(HealthStatus.Degraded, health.Status);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Dispatch_ByTwoNodesAtOnce_HandsEachEventOverOnceAndInOrder(DatabaseKind kind)
    {
        var handler = new Handler();
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton<IOutboxSubscriber>(handler));
        await using var other = TestServices.On(data.Database, data.Clock, s => s.AddSingleton<IOutboxSubscriber>(handler));
        for (var i = 0; i < 30; i++) await data.AddCustomerAsync();

        for (var i = 0; i < 5; i++)
        {
            await Task.WhenAll(new[] { data, other }
                .Select(node => Task.Run(() => node.Get<OutboxDispatcher>().DispatchAsync(CancellationToken.None))));
            data.Clock.Advance(TimeSpan.FromSeconds(30));
            await data.AddCustomerAsync();
        }

        await data.DispatchAsync();
        await other.DispatchAsync();

        var seen = handler.Seen.ToList();
        Assert.Equal(35, seen.Count);
        Assert.Equal(seen.Select(e => e.Id).Order(), seen.Select(e => e.Id));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Dispatch_NodeThatHeldTheLeaseDied_GoesOnAfterTheLease(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var other = TestServices.On(data.Database, data.Clock);
        await data.AddCustomerAsync();
        await data.DispatchAsync();
        await data.AddCustomerAsync();
        // It died at work: what it held is not given back.
        var until = data.Clock.GetUtcNow() + TimeSpan.FromSeconds(20);
        await data.WriteAsync(db => db.OutboxSubscriptions.ExecuteUpdateAsync(s => s.SetProperty(x => x.Owner, "dead")
            .SetProperty(x => x.LeasedUntil, until)));

        Assert.Equal(0, await other.Get<OutboxDispatcher>().DispatchAsync(CancellationToken.None));
        data.Clock.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(1, await other.Get<OutboxDispatcher>().DispatchAsync(CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task SubscriberThatIsSlow_OrFails_HoldsNobodyElseUp(DatabaseKind kind)
    {
        var (slow, failing, quick) = (new Handler { Name = "slow", Gate = new() }, new Handler { Name = "failing", Fails = true },
            new Handler { Name = "quick" });
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton<IOutboxSubscriber>(slow)
            .AddSingleton<IOutboxSubscriber>(failing).AddSingleton<IOutboxSubscriber>(quick));
        await data.AddCustomerAsync();
        await data.AddCustomerAsync();
        using var stop = new CancellationTokenSource();

        var running = data.Get<OutboxDispatcher>().RunAsync(stop.Token);
        foreach (var handler in new[] { quick, failing }) await handler.HasSeenAsync(2);
        await slow.HasSeenAsync(1);
        await data.AddCustomerAsync();
        await quick.HasSeenAsync(3);
        Assert.Single(slow.Seen);
        slow.Gate.SetResult();
        await slow.HasSeenAsync(3);
        await stop.CancelAsync();
        await running;

        Assert.Equal(slow.Seen.Select(e => e.Id).Order(), slow.Seen.Select(e => e.Id));
        Assert.Equal(quick.Seen.Select(e => e.Id), slow.Seen.Select(e => e.Id));
    }

    /// <summary>However fast events come, they are looked for ten times a second at most: in more time, more often.</summary>
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task EventsThatFollowOneAnother_AreToldTogether(DatabaseKind kind)
    {
        var handler = new Handler();
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton<IOutboxSubscriber>(handler));
        using var stop = new CancellationTokenSource();
        data.Commands.Clear();
        var running = Stopwatch.StartNew();
        var dispatching = data.Get<OutboxDispatcher>().RunAsync(stop.Token);
        for (var i = 0; i < 20; i++) await data.AddCustomerAsync();
        await handler.HasSeenAsync(20);
        var rounds = data.Commands.Statements.Count(s => s.Contains(OutboxDispatcher.LookingTag, StringComparison.Ordinal)
            && s.Contains("\"OutboxFailures\"", StringComparison.Ordinal));
        Assert.InRange(rounds, 1, (running.ElapsedMilliseconds / 100) + 2);
        await stop.CancelAsync();
        await dispatching;

        Assert.Equal(20, handler.Seen.Count);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Event_CommittedAfterOneWithALargerKey_IsHandedOverToo(DatabaseKind kind)
    {
        var handler = new Handler();
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton<IOutboxSubscriber>(handler));
        await data.AddCustomerAsync();
        await data.DispatchAsync();
        await data.WriteAsync(db =>
        {
            db.OutboxEvents
                .Add(new() { Id = 1_000, Topic = "customer.updated", SubjectId = 1, Payload = "{}", CreatedAt = data.Clock.GetUtcNow() });
            return Task.CompletedTask;
        });
        await data.DispatchAsync();
        await data.WriteAsync(db =>
        {
            db.OutboxEvents
                .Add(new() { Id = 999, Topic = "customer.updated", SubjectId = 2, Payload = "{}", CreatedAt = data.Clock.GetUtcNow() });
            return Task.CompletedTask;
        });
        await data.DispatchAsync();

        Assert.Equal([1_000, 999], handler.Seen.Skip(1).Select(e => e.Id));
    }

    [Fact]
    public async Task CleanUp_KeepsWhatSomebodyHasNotTaken()
    {
        var handler = new Handler();
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite, s => s.AddSingleton<IOutboxSubscriber>(handler));
        await data.AddCustomerAsync();
        await data.DispatchAsync();
        await data.AddCustomerAsync();
        data.Clock.Advance(OutboxCleanUp.Kept + TimeSpan.FromDays(1));

        await CleanUpAsync();
        Assert.Equal(1, await data.ReadAsync(db => db.OutboxEvents.CountAsync()));
        handler.Fails = true;
        await data.DispatchAsync();
        await CleanUpAsync();
        Assert.Equal(1, await data.ReadAsync(db => db.OutboxEvents.CountAsync()));
        handler.Fails = false;
        data.Clock.Advance(TimeSpan.FromMinutes(1));
        await data.DispatchAsync();
        await CleanUpAsync();
        Assert.Equal(0, await data.ReadAsync(db => db.OutboxEvents.CountAsync()));

        Task CleanUpAsync() => new OutboxCleanUp(data.Get<IDatabaseProvider>(), data.Clock, data.Root.GetServices<IOutboxSubscriber>())
            .RunAsync(0, new Progress<JobProgress>(), default);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Change_OfACustomer_ReachesOpenPagesByFieldNamesWithoutValues(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.Get<INodeChannel>().StartAsync(CancellationToken.None);
        var customer = await data.AddCustomerAsync();
        await data.DispatchAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await data.DispatchAsync();
        var changes = new TestMailbox<LiveChange>();
        var raw = new TestMailbox<string>();
        data.Get<INodeChannel>().Received += raw.Put;
        // What was told before comes before what tells that it listens.
        await WaitUntilListeningAsync(data, raw);
        using var listening = data.Get<LiveUpdates>().Listen(change =>
        {
            if (change.Kind == "customer") changes.Put(change);
        });

        await agent.Customers.UpdateAsync(customer.Id, new() { GivenName = "Verysecret", Email = "verysecret@example.com" }, null, null,
            CancellationToken.None);
        await data.DispatchAsync();
        var edited = await changes.TakeAsync();
        await agent.Get<NoteService>().AddAsync(customer.Id, "verysecret", CancellationToken.None);
        await data.DispatchAsync();
        var noted = await changes.TakeAsync();

        Assert.Equal(("customer.updated", customer.Id, agent.UserId), (edited.Topic, edited.SubjectId, edited.ActorId));
        Assert.Equal(["Email", "GivenName"], edited.Fields.Order());
        Assert.Equal(["Note"], noted.Fields);
        Assert.DoesNotContain(raw.All, m => m.Contains("verysecret", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Listen_Disposed_HearsNoMore_AndAFaultyListenerHoldsNobodyUp()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var (heard, gone) = (0, 0);
        using var faulty = data.Get<LiveUpdates>().Listen(_ => throw new InvalidOperationException());
        using var good = data.Get<LiveUpdates>().Listen(_ => heard++);
        data.Get<LiveUpdates>().Listen(_ => gone++).Dispose();

        await data.AddCustomerAsync();
        await data.DispatchAsync();

        Assert.Equal((1, 0), (heard, gone));
    }

    private static Task<(int Events, int ChangeSets)> CountsAsync(TestServices data) =>
        data.ReadAsync(async db => (await db.OutboxEvents.CountAsync(), await db.ChangeSets.CountAsync()));

    /// <summary>PostgreSQL's channel connects beside; nothing is missed from the first message on that comes back.</summary>
    private static async Task WaitUntilListeningAsync(TestServices data, TestMailbox<string> raw)
    {
        for (var i = 0; i < 100; i++)
        {
            await data.Get<INodeChannel>().PublishAsync("hello", CancellationToken.None);
            if (await raw.TryTakeAsync(TimeSpan.FromMilliseconds(100)) is not null) return;
        }

        Assert.Fail("The channel does not deliver.");
    }

    private sealed class Handler : IOutboxSubscriber
    {
        public System.Collections.Concurrent.ConcurrentQueue<OutboxEvent> Seen { get; } = [];

        public string Name { get; init; } = "test";

        public bool Fails { get; set; }

        /// <summary>Until it is opened, each event is held.</summary>
        public TaskCompletionSource? Gate { get; init; }

        private readonly TestMailbox<OutboxEvent> _news = new();

        public async Task HandleAsync(OutboxEvent happened, CancellationToken cancellationToken)
        {
            Seen.Enqueue(happened);
            _news.Put(happened);
            if (Gate is not null) await Gate.Task.WaitAsync(cancellationToken);
            if (Fails) throw new InvalidOperationException("This handler fails.");
        }

        public async Task HasSeenAsync(int count)
        {
            while (Seen.Count < count) await _news.TakeAsync();
        }
    }
}
