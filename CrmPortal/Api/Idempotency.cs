using System.Security.Cryptography;
using System.Text;
using CrmPortal.Core.Access;
using CrmPortal.Core.Data;

namespace CrmPortal.Api;

/// <summary>Marks endpoints whose answers are remembered for a client that sends <c>Idempotency-Key</c>.</summary>
internal sealed class RememberedAnswers;

/// <summary>
/// Answers a repeated POST with what the first one was answered, so that a client that lost the answer may ask again without
/// doing the work twice. Only successes are remembered: what failed changed nothing and may be tried again.
/// </summary>
internal sealed class Idempotency(RequestDelegate next)
{
    public const string Header = "Idempotency-Key";
    public const string ReplayedHeader = "Idempotency-Replayed";
    private const int LongestKey = 200;

    public async Task InvokeAsync(HttpContext context, IdempotencyRecords records)
    {
        var request = context.Request;
        if (!HttpMethods.IsPost(request.Method) || request.Headers[Header].Count == 0 || context.GetEndpoint()?.Metadata.GetMetadata<RememberedAnswers>() is null
            // To compare a file it would have to lie somewhere, and it lies nowhere in the clear.
            || context.GetEndpoint()!.Metadata.GetMetadata<TakesFiles>() is not null)
        {
            await next(context);
            return;
        }

        var key = request.Headers[Header].ToString().Trim();
        if (key.Length is 0 or > LongestKey || key.Any(c => c is < ' ' or > '~'))
            throw new ApiFault(StatusCodes.Status400BadRequest, $"{Header} must have between 1 and {LongestKey} characters of ASCII.");
        request.EnableBuffering();
        var claim = await records.ClaimAsync(key, await HashAsync(request, context.RequestAborted), context.RequestAborted);
        switch (claim.Outcome)
        {
            case ClaimOutcome.OtherRequest:
                throw new ApiFault(StatusCodes.Status422UnprocessableEntity, $"This {Header} was sent before with another request.");
            case ClaimOutcome.AtWork:
                throw new ApiFault(StatusCodes.Status409Conflict, $"A request with this {Header} is still at work.") { RetryAfter = "1" };
            case ClaimOutcome.Answered:
                await ReplayAsync(context, claim.Answer!);
                break;
            default:
                await AnswerAsync(context, records, claim.Id);
                break;
        }
    }

    private async Task AnswerAsync(HttpContext context, IdempotencyRecords records, long id)
    {
        var wire = context.Response.Body;
        using var body = new MemoryStream();
        context.Response.Body = body;
        var isRemembered = false;
        try
        {
            await next(context);
            if (context.Response.StatusCode is >= 200 and < 300)
            {
                var headers = context.Response.Headers;
                // Written even if the client has gone: it will ask again.
                await records.RememberAsync(id, new(context.Response.StatusCode, context.Response.ContentType, headers.Location, headers.ETag, Encoding.UTF8.GetString(body.ToArray())), CancellationToken.None);
                isRemembered = true;
            }
        }
        finally
        {
            context.Response.Body = wire;
            if (!isRemembered) await records.ForgetAsync(id, CancellationToken.None);
        }

        body.Position = 0;
        await body.CopyToAsync(wire, context.RequestAborted);
    }

    private static Task ReplayAsync(HttpContext context, RememberedAnswer answer)
    {
        context.Response.StatusCode = answer.StatusCode;
        context.Response.ContentType = answer.ContentType;
        context.Response.Headers.Location = answer.Location;
        context.Response.Headers.ETag = answer.ETag;
        context.Response.Headers[ReplayedHeader] = "true";
        return context.Response.WriteAsync(answer.Body, context.RequestAborted);
    }

    private static async Task<string> HashAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path.ToUriComponent().TrimEnd('/')}{request.QueryString}\n"));
        var buffer = new byte[8192];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0) hash.AppendData(buffer, 0, read);
        request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
