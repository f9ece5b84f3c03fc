using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Api.Contracts;

/// <summary>
/// Writes what a handler answers as the endpoint's contract writes it: results know the JSON of the whole program only. Files, bare
/// statuses and results with a media type of their own go out as they are.
/// </summary>
internal sealed class ContractAnswers : IEndpointFilter
{
    private const string JsonType = "application/json; charset=utf-8";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        while (result is INestedHttpResult nested) result = nested.Result;
        if (result is not IValueHttpResult { Value: { } value } || result is IContentTypeHttpResult) return result;
        // Created and accepted have a location, which no interface shows.
        if (result.GetType().GetProperty(nameof(Created<>.Location))?.GetValue(result) is string { Length: > 0 } location)
            context.HttpContext.Response.Headers.Location = location;
        var contract = context.HttpContext.Contract();
        var answer = contract.Enveloped(value);
        return result is IStatusCodeHttpResult { StatusCode: StatusCodes.Status200OK }
            && WrittenAnswer.Of(context.HttpContext, answer) is { } written
            ? TypedResults.Bytes(written, JsonType)
            : TypedResults.Json(answer, contract.Json, statusCode: (result as IStatusCodeHttpResult)?.StatusCode);
    }
}
