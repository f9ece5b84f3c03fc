using System.Net;
using CrmPortal.Core.Access;
using CrmPortal.Core.Data;
using CrmPortal.Tests.Support;
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
        await (await client.SendAsync(HttpMethod.Post, "/api/customers", """{"name":"Eve"}""", ("Idempotency-Key", "k"))).ProblemAsync(HttpStatusCode.UnprocessableEntity);
        using var other = await app.ClientAsAsync(RoleNames.Manager);
        Assert.Equal(HttpStatusCode.Created, (await other.SendAsync(HttpMethod.Post, "/api/customers", Body, ("Idempotency-Key", "k"))).StatusCode);
        Assert.Equal(2, await CountAsync(client));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task SameKey_ManyAtOnce_IsDoneOnce(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => client.SendAsync(HttpMethod.Post, "/api/customers", Body, ("Idempotency-Key", "k"))));

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

        await (await client.SendAsync(HttpMethod.Post, "/api/customers", """{"email":"wrong"}""", ("Idempotency-Key", "k"))).ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.Created, (await client.SendAsync(HttpMethod.Post, "/api/customers", Body, ("Idempotency-Key", "k"))).StatusCode);
        foreach (var bad in new[] { " ", new string('x', 201) })
            await (await client.SendAsync(HttpMethod.Post, "/api/customers", Body, ("Idempotency-Key", bad))).ProblemAsync(HttpStatusCode.BadRequest);
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
        clock.Set(clock.GetUtcNow() + IdempotencyRecords.LongestWork + TimeSpan.FromSeconds(1));
        var retried = await records.ClaimAsync("k", "hash", default);
        Assert.Equal(ClaimOutcome.First, retried.Outcome);
        await records.RememberAsync(retried.Id, new(201, "application/json", null, null, "{}"), default);
        Assert.Equal(ClaimOutcome.Answered, (await records.ClaimAsync("k", "hash", default)).Outcome);
        await using var stranger = await app.AsRoleAsync(RoleNames.Manager);
        await stranger.Get<IdempotencyRecords>().ForgetAsync(retried.Id, default);
        Assert.Equal(ClaimOutcome.Answered, (await records.ClaimAsync("k", "hash", default)).Outcome);
        clock.Set(clock.GetUtcNow() + IdempotencyRecords.Lifetime + TimeSpan.FromSeconds(1));
        await using var system = app.AsSystem();
        await Assert.ThrowsAsync<AccessDeniedException>(() => records.RemoveExpiredAsync(default));
        Assert.Equal(1, await system.Get<IdempotencyRecords>().RemoveExpiredAsync(default));
        Assert.Equal(ClaimOutcome.First, (await records.ClaimAsync("k", "other", default)).Outcome);
    }

    private static async Task<int> CountAsync(HttpClient client) => (int)(await (await client.GetAsync("/api/customers")).ReadAsync())["total"]!;
}
