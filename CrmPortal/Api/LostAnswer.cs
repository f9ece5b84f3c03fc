using System.Globalization;
using System.Text;
using System.Text.Json;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.AspNetCore.Routing.Patterns;

namespace CrmPortal.Api;

/// <summary>
/// Answers for a request whose work was committed and whose answer was lost with its process: with the record that it made, as
/// reading it answers, or with a sentence where the interface has no such reading.
/// </summary>
internal static class LostAnswer
{
    public const string Sentence = "This request was already carried out; its first response was lost.";

    public static async Task<RememberedAnswer> FindAsync(HttpContext context, WorkSubject made)
    {
        if (made.Id > 0 && Reading(context) is ({ } reading, { } parameter)
            && await ReadAsync(context, reading, parameter, made.Id) is { } found) return found;
        context.Response.Clear();
        var contract = context.Contract();
        return new(StatusCodes.Status200OK, "application/json; charset=utf-8", null, null,
            JsonSerializer.Serialize(contract.Enveloped(new { Message = Sentence }), contract.Json));
    }

    /// <summary>The endpoint that reads one of the records which this endpoint creates: the same address with the key behind it.</summary>
    private static (RouteEndpoint Endpoint, string Parameter)? Reading(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint creating) return null;
        var path = Literal(creating.RoutePattern);
        foreach (var endpoint in context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Get) != true) continue;
            var segments = endpoint.RoutePattern.PathSegments;
            if (segments.Count == creating.RoutePattern.PathSegments.Count + 1 && segments[^1].Parts is [RoutePatternParameterPart key]
                && Literal(endpoint.RoutePattern).StartsWith(path + "/{", StringComparison.Ordinal))
                return (endpoint, key.Name);
        }

        return null;
    }

    private static async Task<RememberedAnswer?> ReadAsync(HttpContext context, RouteEndpoint reading, string parameter, long id)
    {
        var (request, response) = (context.Request, context.Response);
        var (method, wire, creating) = (request.Method, response.Body, context.GetEndpoint());
        using var body = new MemoryStream();
        response.Body = body;
        request.Method = HttpMethods.Get;
        request.RouteValues[parameter] = id.ToString(CultureInfo.InvariantCulture);
        context.SetEndpoint(reading);
        try
        {
            await reading.RequestDelegate!(context);
            if (response.StatusCode != StatusCodes.Status200OK) return null;
            var location = $"{request.Path.ToUriComponent().TrimEnd('/')}/{id.ToString(CultureInfo.InvariantCulture)}";
            return new(StatusCodes.Status201Created, response.ContentType, location, response.Headers.ETag,
                Encoding.UTF8.GetString(body.ToArray()));
        }
        catch (Exception fault) when (fault is ApiException or AccessDeniedException)
        {
            // It is gone by now, or the caller may not read it.
            return null;
        }
        finally
        {
            response.Body = wire;
            request.Method = method;
            context.SetEndpoint(creating);
        }
    }

    private static string Literal(RoutePattern pattern) =>
        "/" + string.Join('/', pattern.PathSegments.Select(s => string.Concat(s.Parts.Select(p => p switch
    {
        RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
        RoutePatternLiteralPart literal => literal.Content,
        _ => "",
    }))));
}
