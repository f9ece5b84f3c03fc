using CrmPortal.Api;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
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

    /// <summary>A value that cannot be read is refused by the name of its field, for which each type in an address must be known.</summary>
    [Fact]
    public async Task Parameters_OfEveryEndpoint_AreOfTypesWhoseValuesCanBeChecked()
    {
        await using var app = await TestApp.StartAsync();

        var parameters = app.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .SelectMany(e => e.Metadata.OfType<IParameterBindingMetadata>()).Where(p => p.HasTryParse).ToList();

        Assert.NotEmpty(parameters);
        Assert.DoesNotContain(parameters, p => !ReadableParameters.Knows(p.ParameterInfo.ParameterType));
    }
}
