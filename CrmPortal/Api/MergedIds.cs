using System.Globalization;
using System.Runtime.CompilerServices;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers;
using Microsoft.AspNetCore.Routing.Patterns;

namespace CrmPortal.Api;

/// <summary>Says of an endpoint that the id in its address means that very record, also when it was merged: what is removed must be
/// what was named.</summary>
internal sealed class MeansItself;

/// <summary>
/// The id of a customer who was merged leads to the one who stayed, on every endpoint below <c>customers/{id}</c>, as their number and
/// e-mail do. Ids in bodies are led by the services that take them.
/// </summary>
internal sealed class MergedIds(RequestDelegate next)
{
    private static readonly ConditionalWeakTable<RouteEndpoint, string?[]> Parameters = [];

    public async Task InvokeAsync(HttpContext context, MergedCustomers merged)
    {
        if (context.Request.IsApi() && context.GetEndpoint() is RouteEndpoint endpoint
            && endpoint.Metadata.GetMetadata<MeansItself>() is null
            && Parameters.GetValue(endpoint, static e => [NameIn(e.RoutePattern, e.Metadata.GetMetadata<ApiContract>())]) is [{ } name]
            && long.TryParse(context.Request.RouteValues[name] as string, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && await merged.LeadAsync(id, context.RequestAborted) is var lead && lead != id)
            context.Request.RouteValues[name] = lead.ToString(CultureInfo.InvariantCulture);
        await next(context);
    }

    /// <summary>The parameter that follows the segment of the contract's customers.</summary>
    private static string? NameIn(RoutePattern pattern, ApiContract? contract)
    {
        var segment = contract?.Customers.Split('/')[^1];
        for (var i = 0; i + 1 < pattern.PathSegments.Count; i++)
        {
            if (pattern.PathSegments[i] is { Parts: [RoutePatternLiteralPart { Content: var content }] }
                && content == segment
                && pattern.PathSegments[i + 1] is { Parts: [RoutePatternParameterPart parameter] }) return parameter.Name;
        }

        return null;
    }
}
