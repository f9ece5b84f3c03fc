using System.Net;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Api;

public sealed class IdempotencyTests
{
    private const string Body = """{"name":"Ada Lovelace"}""";

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task SameKey_SameRequest_IsDoneOnce_AndAnsweredAlike(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);

        var first = await client.SendAsync(HttpMethod.Post, "/api/customers/", Body, ("Idempotency-Key", "k"));
        var second = await client.SendAsync(HttpMethod.Post, "/api/customers", Body, ("Idempotency-Key", "k"));

        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal((first.Headers.Location, first.Headers.ETag), (second.Headers.Location, second.Headers.ETag));
        Assert.Equal(("true", 1), (second.Headers.GetValues("Idempotency-Replayed").Single(), await CountAsync(client)));
        await (await client.SendAsync(HttpMethod.Post, "/api/customers", """{"name":"Eve"}""", ("Idempotency-Key", "k")))
            .ProblemAsync(HttpStatusCode.UnprocessableEntity);
        using var other = await app.ClientAsAsync(RoleNames.Manager);
        Assert.Equal(HttpStatusCode.Created,
            (await other.SendAsync(HttpMethod.Post, "/api/customers", Body, ("Idempotency-Key", "k"))).StatusCode);
        Assert.Equal(2, await CountAsync(client));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task SameKey_ManyAtOnce_IsDoneOnce(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);

        var answers = await Task.WhenAll(Enumerable.Range(0, 16)
            .Select(_ => client.SendAsync(HttpMethod.Post, "/api/customers", Body, ("Idempotency-Key", "k"))));

        Assert.Equal(1, await CountAsync(client));
        Assert.Contains(answers, a => a.StatusCode == HttpStatusCode.Created);
        foreach (var waiting in answers.Where(a => a.StatusCode != HttpStatusCode.Created))
        {
            await waiting.ProblemAsync(HttpStatusCode.Conflict);
            Assert.NotNull(waiting.Headers.RetryAfter);
        }
    }

    [Fact]
    public async Task Failure_IsNotRemembered()
    {
        await using var app = await TestApp.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Manager);

        await (await client.SendAsync(HttpMethod.Post, "/api/customers", """{"email":"wrong"}""", ("Idempotency-Key", "k")))
            .ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.Created,
            (await client.SendAsync(HttpMethod.Post, "/api/customers", Body, ("Idempotency-Key", "k"))).StatusCode);
        foreach (var bad in new[] { " ", new string('x', 201) })
            await (await client.SendAsync(HttpMethod.Post, "/api/customers", Body, ("Idempotency-Key", bad)))
                .ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Answer_OlderThanADay_AndWorkOfAStoppedServer_AreForgotten(DatabaseKind kind)
    {
        var clock = new TestClock();
        await using var app = await TestApp.StartAsync(kind, configure: s => s.AddSingleton<TimeProvider>(clock));
        await using var scope = await app.AsRoleAsync(RoleNames.Manager);
        var records = scope.Get<IdempotencyRecords>();

        var first = await records.ClaimAsync("k", "hash", default);
        Assert.Equal((ClaimOutcome.First, ClaimOutcome.AtWork), (first.Outcome, (await records.ClaimAsync("k", "hash", default)).Outcome));
        clock.Set(clock.GetUtcNow() + (IdempotencyRecords.ClaimTime / 2));
        await records.RenewAsync(first.Request!, default);
        clock.Set(clock.GetUtcNow() + (IdempotencyRecords.ClaimTime / 2) + TimeSpan.FromSeconds(1));
        Assert.Equal(ClaimOutcome.AtWork, (await records.ClaimAsync("k", "hash", default)).Outcome);
        clock.Set(clock.GetUtcNow() + IdempotencyRecords.ClaimTime);
        var retried = await records.ClaimAsync("k", "hash", default);
        Assert.Equal(ClaimOutcome.First, retried.Outcome);
        // What the first one still says is heard no more.
        await records.RememberAsync(first.Request!, new(201, "application/json", null, null, "late"), default);
        await records.ForgetAsync(first.Request!, default);
        Assert.Equal(ClaimOutcome.AtWork, (await records.ClaimAsync("k", "hash", default)).Outcome);
        await records.RememberAsync(retried.Request!, new(201, "application/json", null, null, "{}"), default);
        Assert.Equal("{}", (await records.ClaimAsync("k", "hash", default)).Answer!.Body);
        await using var stranger = await app.AsRoleAsync(RoleNames.Manager);
        await stranger.Get<IdempotencyRecords>().ForgetAsync(retried.Request!, default);
        Assert.Equal(ClaimOutcome.Answered, (await records.ClaimAsync("k", "hash", default)).Outcome);
        clock.Set(clock.GetUtcNow() + IdempotencyRecords.Lifetime + TimeSpan.FromSeconds(1));
        await using var system = app.AsSystem();
        await Assert.ThrowsAsync<AccessDeniedException>(() => records.RemoveExpiredAsync(default));
        Assert.Equal(1, await system.Get<IdempotencyRecords>().RemoveExpiredAsync(default));
        Assert.Equal(ClaimOutcome.First, (await records.ClaimAsync("k", "other", default)).Outcome);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Work_CommittedBeforeTheProcessEnded_IsNotDoneAgain_AndIsAnswered(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var customer = (long)(await client.CreateCustomerAsync(Body))["id"]!;
        (string Path, string Request, string List)[] creations =
        [
            ("/api/customers", """{"name":"Grace Hopper","email":"grace@example.com","tags":["navy"]}""", "/api/customers"),
            ($"/api/customers/{customer}/notes", """{"text":"Called"}""", $"/api/customers/{customer}/notes"),
            ($"/api/customers/{customer}/contacts", """{"given_name":"Anne"}""", $"/api/customers/{customer}/contacts"),
            ($"/api/customers/{customer}/addresses", """{"line1":"1 High Street","city":"London","postal_code":"N1 1AA","country":"GB"}""",
                $"/api/customers/{customer}/addresses"),
        ];

        foreach (var (path, request, list) in creations)
        {
            var first = await client.SendAsync(HttpMethod.Post, path, request, ("Idempotency-Key", path));
            Assert.True(first.StatusCode == HttpStatusCode.Created, $"{path}: {await first.Content.ReadAsStringAsync()}");
            var made = await first.ReadAsync();
            // As a power cut leaves it: the work is committed, its answer was not kept, and the claim ended with its process.
            await ForgetAnswerAsync(app, path);
            var before = await client.GetStringAsync(list);

            var again = await client.SendAsync(HttpMethod.Post, path, request, ("Idempotency-Key", path));

            Assert.True(again.StatusCode == HttpStatusCode.Created, $"{path}: {await again.Content.ReadAsStringAsync()}");
            Assert.Equal(((long)made["id"]!, "true"),
                ((long)(await again.ReadAsync())["id"]!, again.Headers.GetValues("Idempotency-Replayed").Single()));
            Assert.Equal(first.Headers.Location!.ToString().TrimEnd('/'), again.Headers.Location!.ToString());
            Assert.Equal(before, await client.GetStringAsync(list));
        }

        // Where no reading answers, a sentence does; nothing is done again either.
        var block = $"/api/customers/{customer}/deactivate";
        Assert.Equal(HttpStatusCode.OK,
            (await client.SendAsync(HttpMethod.Post, block, """{"reason":"Moved away"}""", ("Idempotency-Key", "d"))).StatusCode);
        await ForgetAnswerAsync(app, "d");
        var version = (await client.GetAsync($"/api/customers/{customer}")).Headers.ETag;
        Assert.Equal(HttpStatusCode.OK,
            (await client.SendAsync(HttpMethod.Post, block, """{"reason":"Moved away"}""", ("Idempotency-Key", "d"))).StatusCode);
        Assert.Equal(version, (await client.GetAsync($"/api/customers/{customer}")).Headers.ETag);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Request_FromWhomAnotherTookOver_CommitsNothing(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var slow = await data.AsRoleAsync(RoleNames.Manager);
        await using var retry = data.As(slow.Actor);
        var first = await slow.Get<IdempotencyRecords>().ClaimAsync("k", "hash", default);
        slow.Get<CurrentUser>().WorkFor(first.Request!);
        data.Clock.Advance(IdempotencyRecords.ClaimTime + TimeSpan.FromSeconds(1));
        var second = await retry.Get<IdempotencyRecords>().ClaimAsync("k", "hash", default);
        retry.Get<CurrentUser>().WorkFor(second.Request!);

        await retry.Customers.CreateAsync(new() { GivenName = "Ada" }, default);
        await Assert.ThrowsAsync<ClaimLostException>(() => slow.Customers.CreateAsync(new() { GivenName = "Ada" }, default));

        Assert.Equal(1, await data.ReadAsync(db => db.Customers.CountAsync()));
        // A claim that is given up after the work was committed leaves the key used.
        await retry.Get<IdempotencyRecords>().ForgetAsync(second.Request!, default);
        var asked = await retry.Get<IdempotencyRecords>().ClaimAsync("k", "hash", default);
        Assert.Equal((ClaimOutcome.Done, "Customer"), (asked.Outcome, asked.Subject!.Type));
    }

    [Fact]
    public async Task Claims_OfAProcessThatEnded_AreFreeAtTheNextStart_WhereThereIsOneProcess()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseKind.Sqlite);
        var clock = new TestClock();
        await using var ended = TestServices.On(database, clock);
        await using var user = await ended.AsRoleAsync(RoleNames.Manager);
        await user.Get<IdempotencyRecords>().ClaimAsync("k", "hash", default);

        await using var started = TestServices.On(database, clock);
        await using var system = started.AsSystem();
        await system.Get<IdempotencyRecords>().ForgetUnfinishedAsync(default);

        await using var again = started.As(user.Actor);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(ClaimOutcome.First, (await again.Get<IdempotencyRecords>().ClaimAsync("k", "hash", default)).Outcome);
        await Assert.ThrowsAsync<AccessDeniedException>(() => again.Get<IdempotencyRecords>().ForgetUnfinishedAsync(default));
    }

    [Fact]
    public async Task Refusal_ThatIsAudited_LeavesTheKeyFree()
    {
        await using var app = await TestApp.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Staff);
        await (await client.SendAsync(HttpMethod.Post, "/api/loyalty/adjust", """{"customer_id":1,"points":5,"reason":"x"}""",
            ("Idempotency-Key", "k"))).ProblemAsync(HttpStatusCode.Forbidden);

        await using var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        Assert.Equal(0, await db.IdempotencyRecords.CountAsync());
    }

    private static async Task ForgetAnswerAsync(TestApp app, string key)
    {
        await using var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        var forgotten = await db.IdempotencyRecords.Where(r => r.Key == key && r.WorkedAt != null).ExecuteUpdateAsync(r => r
            .SetProperty(x => x.StatusCode, (int?)null).SetProperty(x => x.Body, (string?)null).SetProperty(x => x.Location, (string?)null)
            .SetProperty(x => x.ETag, (string?)null).SetProperty(x => x.ClaimedUntil, DateTimeOffset.UnixEpoch));
        Assert.Equal(1, forgotten);
    }

    private static async Task<int> CountAsync(HttpClient client) => (int)(await (await client.GetAsync("/api/customers"))
        .ReadAsync())["total"]!;
}
