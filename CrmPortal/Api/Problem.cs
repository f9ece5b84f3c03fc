using System.Text.Json.Serialization;
using CrmPortal.Api.Contracts;
using CrmPortal.Hosting;
using Microsoft.AspNetCore.WebUtilities;

namespace CrmPortal.Api;

/// <summary>What went wrong, as RFC 9457 writes it.</summary>
/// <param name="Type">Always <c>about:blank</c>: the status says of which kind it is.</param>
/// <param name="Title">The words of the status.</param>
/// <param name="Status">The status of the answer.</param>
/// <param name="Detail">A sentence for the person who reads it.</param>
/// <param name="CorrelationId">The id of the request in the log.</param>
internal sealed record Problem(string Type, string Title, int Status, string Detail, string CorrelationId)
{
    /// <summary>Sentences for each field that is wrong.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>True where the password is right and the code of the second factor is missing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? TwoFactorRequired { get; init; }

    public const string ContentType = "application/problem+json";

    /// <summary>Writes a problem, whatever the client says that it accepts: an error that cannot be read helps nobody.</summary>
    public static Task WriteAsync(HttpContext context, int status, string detail, IReadOnlyDictionary<string, string[]>? errors = null,
        bool? twoFactorRequired = null)
    {
        var title = ReasonPhrases.GetReasonPhrase(status);
        context.Response.StatusCode = status;
        // Whatever refused it: RFC 9110 wants it said with each 401, and the cookie's handler does not say how programs sign in.
        if (status == StatusCodes.Status401Unauthorized && context.Response.Headers.WWWAuthenticate.Count == 0)
            context.Response.Headers.WWWAuthenticate = "Bearer";
        var problem = new Problem("about:blank", title.Length > 0 ? title : "Error", status, detail,
            Correlation.Id(context)) { Errors = errors, TwoFactorRequired = twoFactorRequired };
        return context.Response.WriteAsJsonAsync(problem, context.Contract().Json, ContentType, context.RequestAborted);
    }
}

/// <summary>An answer other than the wanted one, said by an endpoint or by what runs before it.</summary>
internal sealed class ApiException(int status, string detail, IReadOnlyDictionary<string, string[]>? errors = null) : Exception(detail)
{
    public int Status { get; } = status;

    public IReadOnlyDictionary<string, string[]>? Errors { get; } = errors;

    public string? RetryAfter { get; init; }

    /// <summary>Whether signing in needs the code of the second factor too.</summary>
    public bool IsCodeMissing { get; init; }

    public static ApiException NotFound(string detail) => new(StatusCodes.Status404NotFound, detail);

    public static ApiException BadField(string field, string detail) =>
        new(StatusCodes.Status400BadRequest, detail, new Dictionary<string, string[]> { [field] = [detail] });
}
