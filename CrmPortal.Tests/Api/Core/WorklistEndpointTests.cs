using System.Net;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Worklist;
using CrmPortal.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Api.Core;

/// <summary>Whom to contact today, by a program.</summary>
public sealed class WorklistEndpointTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Entry_IsClaimedReleasedDoneAndReopened(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Staff);
        using var other = await app.ClientAsAsync(RoleNames.Staff);
        var ada = await client.CustomerAsync("Ada");
        await using (var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null))
        {
            db.Add(new WorklistEntry
            {
                CustomerId = ada, Value = 12_000, ReasonsJson = WorklistEntry.Write([new(WorklistRule.Sleeping)]),
                Since = DateTimeOffset.UnixEpoch,
            });
            await db.SaveChangesAsync(Token);
        }

        var entry = Assert.Single((await client.ReadAsync("/api/worklist?reason=sleeping"))["items"]!.AsArray())!;
        Assert.Equal((ada, 120m, "sleeping"), ((long)entry["customer_id"]!, (decimal)entry["at_stake"]!, (string)entry["reasons"]![0]!));
        Assert.Empty((await client.ReadAsync("/api/worklist?reason=tier_ends"))["items"]!.AsArray());
        await client.SendAsync(HttpMethod.Get, "/api/worklist?reason=luck", null, HttpStatusCode.BadRequest);

        var root = $"/api/worklist/{(long)entry["id"]!}";
        await client.SendAsync(HttpMethod.Post, root + "/claim", null, HttpStatusCode.OK);
        // Two people do not call the same customer.
        await other.SendAsync(HttpMethod.Post, root + "/claim", null, HttpStatusCode.BadRequest);
        await client.SendAsync(HttpMethod.Post, root + "/release", null, HttpStatusCode.OK);
        await client.SendAsync(HttpMethod.Post, root + "/release", null, HttpStatusCode.NotFound);
        await other.SendAsync(HttpMethod.Post, root + "/later", """{"until":"2020-01-01"}""", HttpStatusCode.BadRequest);
        await other.SendAsync(HttpMethod.Post, root + "/done", """{"note":"Comes by on Friday"}""", HttpStatusCode.OK);
        Assert.Equal(0, (int)(await client.ReadAsync("/api/worklist"))["total"]!);
        Assert.Equal("Comes by on Friday", (string)(await client.ReadAsync($"/api/customers/{ada}/notes"))["items"]![0]!["text"]!);
        await client.SendAsync(HttpMethod.Post, root + "/reopen", null, HttpStatusCode.OK);
        await client.SendAsync(HttpMethod.Post, root + "/not-useful", null, HttpStatusCode.OK);
        await client.SendAsync(HttpMethod.Post, "/api/worklist/4711/claim", null, HttpStatusCode.NotFound);
    }
}
