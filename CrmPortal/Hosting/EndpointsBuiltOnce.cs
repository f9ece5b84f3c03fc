using Microsoft.Extensions.Primitives;

namespace CrmPortal.Hosting;

/// <summary>
/// Endpoints that do not change while the program runs. Routing and authorization each ask every source for them, and a group builds its
/// endpoints anew for each who asks, with a compiled handler for every one.
/// </summary>
internal sealed class EndpointsBuiltOnce(EndpointDataSource source) : EndpointDataSource
{
    private readonly Lazy<IReadOnlyList<Endpoint>> _endpoints = new(() => source.Endpoints);

    public override IReadOnlyList<Endpoint> Endpoints => _endpoints.Value;

    public override IChangeToken GetChangeToken() => source.GetChangeToken();

    /// <summary>Keeps what has been mapped up to here; pages, which may change while they are being written, come after it.</summary>
    public static void Keep(WebApplication app)
    {
        var sources = ((IEndpointRouteBuilder)app).DataSources;
        List<EndpointDataSource> mapped = [.. sources];
        sources.Clear();
        EndpointsBuiltOnce[] kept = [.. mapped.Select(s => new EndpointsBuiltOnce(s))];
        foreach (var source in kept) sources.Add(source);
        WorkAhead.Begin(() =>
        {
            foreach (var source in kept) _ = source.Endpoints;
        });
    }
}
