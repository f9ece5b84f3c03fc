using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Loyalty;

/// <summary>
/// A server that is killed in the middle of bookings keeps its word: what it acknowledged is there once, and nothing is there by half.
/// </summary>
public sealed class KilledServerTests
{
    private const int Bookings = 240;
    private const int Clients = 8;
    private const int Customers = 20;
    private const int AcknowledgedBeforeTheEnd = 80;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Bookings_OfAServerThatIsKilled_AreThereOnceWhereAcknowledged_AndOnceAfterTheyAreSentAgain(DatabaseKind kind)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        // The process has the clock of the machine, so what is prepared for it has that too.
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton(TimeProvider.System));
        var customers = new List<long>();
        for (var i = 0; i < Customers; i++) customers.Add((await data.AddCustomerAsync($"Buyer {i}")).Id);
        await using var system = data.AsSystem();
        // A shop that has run for a while: it has its programme.
        await system.Get<ProgrammeService>().CurrentAsync(cancellationToken);
        var token = (await system.Get<SessionService>()
            .StartApiAsync(await TestUsers.CreateAsync(data.Root, RoleNames.Administrator), "127.0.0.1", "tests",
            cancellationToken)).AccessToken;

        var acknowledged = new ConcurrentDictionary<int, long>();
        var count = 0;
        await using (var server = await ServerProcess.StartAsync(data.Database, cancellationToken))
        {
            await SendAsync(server, token, customers, [.. Enumerable.Range(0, Bookings)], (number, status, entry) =>
            {
                Assert.Equal(HttpStatusCode.Created, status);
                acknowledged[number] = entry;
                if (Interlocked.Increment(ref count) == AcknowledgedBeforeTheEnd) server.Kill();
            });
        }

        // Some more may have been answered before it was gone, but not all.
        Assert.InRange(acknowledged.Count, AcknowledgedBeforeTheEnd, Bookings - 1);
        await using var second = await ServerProcess.StartAsync(data.Database, cancellationToken);
        var there = await ReadAsync(data);
        Assert.All(acknowledged, a => Assert.Equal(a.Value, Assert.Single(there, t => t.Number == a.Key).EntryId));
        Assert.InRange(there.Count, acknowledged.Count, acknowledged.Count + Clients);
        await AssertAddsUpAsync(data, customers, there);

        // Only what was at work when the server died is not known to be lost yet.
        var unsettled = await SendAgainAsync([.. Enumerable.Range(0, Bookings)]);
        Assert.InRange(unsettled.Count, 0, kind == DatabaseKind.Sqlite ? 0 : Clients);
        Assert.Equal(unsettled.Count, await GiveUpForLostAsync(data));
        Assert.Empty(await SendAgainAsync(unsettled));

        var all = await ReadAsync(data);
        Assert.Equal(Enumerable.Range(0, Bookings), all.Select(t => t.Number).Order());
        Assert.All(acknowledged, a => Assert.Equal(a.Value, all.Single(t => t.Number == a.Key).EntryId));
        Assert.All(there, t => Assert.Contains(t, all));
        await AssertAddsUpAsync(data, customers, all);

        async Task<IReadOnlyList<int>> SendAgainAsync(IReadOnlyList<int> numbers)
        {
            var waiting = new ConcurrentQueue<int>();
            await SendAsync(second, token, customers, numbers, (number, status, entry) =>
            {
                if (status == HttpStatusCode.Conflict) waiting.Enqueue(number);
                else Assert.Equal((HttpStatusCode.Created, acknowledged.GetValueOrDefault(number, entry)), (status, entry));
            });
            return [.. waiting];
        }
    }

    /// <summary>Sends bookings, each with its own key, from several clients at once; a client whose server is gone stops.</summary>
    private static async Task SendAsync(ServerProcess server, string token, List<long> customers, IReadOnlyList<int> numbers,
        Action<int, HttpStatusCode, long> answered)
    {
        var waiting = new ConcurrentQueue<int>(numbers);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            using var client = server.CreateClient(token);
            try
            {
                while (waiting.TryDequeue(out var number))
                {
                    using var answer = await client.SendAsync(HttpMethod.Post, "/api/loyalty/earn",
                        $$"""{"customer_id":{{customers[number % Customers]}},"points":{{PointsOf(number)}},"description":"Booking {{number}}"}""", ("Idempotency-Key", $"till-{number}"));
                    var body = await answer.ReadAsync();
                    answered(number, answer.StatusCode, answer.IsSuccessStatusCode ? (long)body["id"]! : 0);
                }
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException)
            {
                // The server was killed.
            }
        }));
    }

    /// <summary>Different for each, so that no booking can stand in for another in a sum.</summary>
    private static long PointsOf(int number) => (number * 7) + 1;

    private static Task<List<KeptBooking>> ReadAsync(TestServices data) => data.ReadAsync(async db =>
        (await db.LoyaltyEntries.Where(e => e.Kind == EntryKind.Earned)
            .Select(e => new { e.Id, e.Points, e.Booking!.Reason, e.Account!.CustomerId }).ToListAsync())
            .ConvertAll(e => new KeptBooking(int.Parse(e.Reason.Split(' ')[1], CultureInfo.InvariantCulture), e.Id, e.CustomerId!.Value,
                e.Points)));

    private static async Task AssertAddsUpAsync(TestServices data, List<long> customers, List<KeptBooking> there)
    {
        Assert.All(there, t => Assert.Equal((customers[t.Number % Customers], PointsOf(t.Number)), (t.CustomerId, t.Points)));
        await using var system = data.AsSystem();
        Assert.Empty((await system.Get<LedgerReconciliation>().RunAsync(CancellationToken.None)).Faults);
        foreach (var (i, customer) in customers.Index())
            Assert.Equal(there.Where(t => t.Number % Customers == i).Sum(t => t.Points),
                (await system.Get<LedgerService>().BalanceAsync(customer, CancellationToken.None))!.Current);
        // Each booking has its entry, its lot and its row in the history, or is not there at all.
        Assert.Equal((there.Count, there.Count, there.Count), await data.ReadAsync(async db =>
            (await db.LoyaltyBookings.CountAsync(), await db.LoyaltyLots.CountAsync(),
                await db.ChangeSets.CountAsync(c => c.Kind == "loyalty.earn"))));
    }

    /// <summary>
    /// The time passes after which a request that nobody answered is given up for lost, whether or not its work was done; answers how many
    /// still counted as being at work.
    /// </summary>
    private static Task<int> GiveUpForLostAsync(TestServices data) => data.ReadAsync(db =>
        db.IdempotencyRecords.Where(r => r.StatusCode == null && r.ClaimedUntil > DateTimeOffset.UnixEpoch)
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.ClaimedUntil, DateTimeOffset.UnixEpoch)));

    private sealed record KeptBooking(int Number, long EntryId, long CustomerId, long Points);
}
