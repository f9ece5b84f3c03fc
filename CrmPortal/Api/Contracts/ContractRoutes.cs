using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace CrmPortal.Api.Contracts;

/// <summary>A contract and the endpoints that are under its address. One registration is all that a new contract needs.</summary>
internal sealed record ApiMount(ApiContract Contract, Action<RouteGroupBuilder> Map);

internal static class ContractRoutes
{
    /// <summary>Mounts a contract, with its document.</summary>
    public static void AddApiMount(this IServiceCollection services, ApiContract contract, Action<RouteGroupBuilder> map)
    {
        services.AddSingleton(new ApiMount(contract, map));
        services.AddApiDocument(contract);
    }

    /// <summary>The group of a contract's endpoints, with all that every endpoint of the API shares.</summary>
    public static RouteGroupBuilder MapContract(this IEndpointRouteBuilder routes, ApiContract contract)
    {
        var group = new Routes(routes, contract).MapGroup(ApiSetup.Root + contract.Prefix).RequireAuthorization().DisableAntiforgery()
            .WithMetadata(contract, new RememberedAnswers());
        group.DemandWholeLists();
        group.AddEndpointFilter<RouteGroupBuilder, ContractAnswers>();
        return group;
    }

    /// <summary>
    /// The contract of the endpoint that answers. Where no endpoint takes the request, for its address, method or media type, it is the one
    /// that the address is below.
    /// </summary>
    public static ApiContract Contract(this HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<ApiContract>()
        ?? context.RequestServices.GetServices<ApiMount>().Select(m => m.Contract).Where(c => c.Holds(context.Request.Path))
            .MaxBy(c => c.Prefix.Length)
        ?? ApiContract.Core;

    /// <summary>Handlers below read bodies with the JSON that is found here when they are built.</summary>
    private sealed class Routes(IEndpointRouteBuilder routes, ApiContract contract) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider { get; } = new Services(routes.ServiceProvider, Options.Create(contract.JsonOptions));

        public ICollection<EndpointDataSource> DataSources => routes.DataSources;

        public IApplicationBuilder CreateApplicationBuilder() => routes.CreateApplicationBuilder();
    }

    /// <summary>The program's services, with the JSON of a contract in place of the program's.</summary>
    private sealed class Services(IServiceProvider services, IOptions<JsonOptions> json) : IServiceProvider
    {
        public object? GetService(Type serviceType) =>
            serviceType == typeof(IOptions<JsonOptions>) ? json : services.GetService(serviceType);
    }
}
