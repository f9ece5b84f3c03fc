using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Hosting;

public sealed class EndpointTests
{
    /// <summary>A group that is asked twice builds all its endpoints twice, which a start and each test would pay for.</summary>
    [Fact]
    public async Task Endpoints_OfRoutingAndOfEverybodyElse_AreTheSame()
    {
        await using var app = await TestApp.StartAsync();

        var answered = await app.Server.SendAsync(c => c.Request.Path = "/api/customers", TestContext.Current.CancellationToken);

        var endpoint = Assert.IsType<RouteEndpoint>(answered.GetEndpoint());
        Assert.Contains(endpoint, app.Services.GetRequiredService<EndpointDataSource>().Endpoints);
    }
}
