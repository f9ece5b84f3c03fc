using System.Net;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Hosting;

public sealed class StartTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Start_FreshDatabase_IsReady(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);

        using var client = await app.ClientAsAsync(RoleNames.Staff);
        var answer = await client.GetAsync("/health/ready");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
