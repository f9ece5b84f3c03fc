using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace CrmPortal.Api;

/// <summary>Rejects requests that no endpoint of the API accepts, before anything reads them.</summary>
internal static class ApiRequestCheck
{
    /// <exception cref="ApiException">The request holds U+0000, an encoding other than UTF-8, or too much.</exception>
    public static void Demand(HttpContext context)
    {
        var request = context.Request;
        // SQLite takes U+0000 in a text and PostgreSQL does not; no name, number or search needs it.
        if (request.Path.Value?.Contains('\0') == true
            || request.Query.Any(p => p.Key.Contains('\0') || p.Value.Any(v => v?.Contains('\0') == true)))
            throw new ApiException(StatusCodes.Status400BadRequest, "The address contains a character that cannot be stored.");

        // The framework's JSON reader fails on an encoding that it does not know, which would look like a fault of ours.
        if (request.ContentType is { Length: > 0 } type
            && (!MediaTypeHeaderValue.TryParse(type, out var media)
                || (media.Charset.HasValue && !media.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
                && !media.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase))))
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, "Send JSON: application/json in UTF-8.");

        var largest = context.GetEndpoint()?.Metadata.GetMetadata<TakesFiles>()?.LargestBody(context) ?? ApiSetup.LargestBody;
        if (request.ContentLength > largest)
            throw new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = largest;
    }
}

/// <summary>Marks an endpoint that takes a file: its body may be larger, and is read once, as it comes.</summary>
internal sealed record TakesFiles(Func<HttpContext, long> LargestBody);
