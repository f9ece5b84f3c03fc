using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Api;

/// <summary>Marks endpoints whose answers are remembered for a client that sends <c>Idempotency-Key</c>.</summary>
internal sealed class RememberedAnswers;

/// <summary>Marks an endpoint among those whose answer is not remembered, since it is a secret.</summary>
internal sealed class NotRemembered;

/// <summary>Marks endpoints whose service keeps the key with its booking, for ever, and answers a repeat with that booking.</summary>
internal sealed class OwnKeys;

internal static class IdempotencyDescriptions
{
    public static RouteHandlerBuilder KeepsItsKeys(this RouteHandlerBuilder route) => route.WithMetadata(new OwnKeys());
}

/// <summary>
/// Answers a repeated POST with what the first one was answered, so that a client that lost the answer may ask again without
/// doing the work twice. That a key is used is written with the work itself; what failed changed nothing and may be tried again.
/// </summary>
internal sealed partial class Idempotency(RequestDelegate next, TimeProvider clock, ILogger<Idempotency> logger)
{
    public const string Header = "Idempotency-Key";
    public const string ReplayedHeader = "Idempotency-Replayed";
    private const int LongestKey = 200;
    private static readonly TimeSpan RenewEvery = IdempotencyRecords.ClaimTime / 3;

    public async Task InvokeAsync(HttpContext context, IdempotencyRecords records, CurrentUser currentUser)
    {
        var request = context.Request;
        if (!HttpMethods.IsPost(request.Method) || request.Headers[Header].Count == 0
            || context.GetEndpoint()?.Metadata is not { } metadata || metadata.GetMetadata<RememberedAnswers>() is null
            || metadata.GetMetadata<NotRemembered>() is not null)
        {
            await next(context);
            return;
        }

        var key = request.Headers[Header].ToString().Trim();
        if (key.Length is 0 or > LongestKey || key.Any(c => c is < ' ' or > '~'))
            throw new ApiException(StatusCodes.Status400BadRequest, $"{Header} must have between 1 and {LongestKey} characters of ASCII.");
        var claim = await records.ClaimAsync(key, await HashAsync(context), context.RequestAborted);
        switch (claim.Outcome)
        {
            case ClaimOutcome.OtherRequest:
                throw new ApiException(StatusCodes.Status422UnprocessableEntity, $"This {Header} was sent before with another request.");
            case ClaimOutcome.AtWork:
                throw AtWork();
            case ClaimOutcome.Answered:
                await ReplayAsync(context, claim.Answer!);
                break;
            case ClaimOutcome.Done when context.GetEndpoint()!.Metadata.GetMetadata<OwnKeys>() is not null:
                await next(context);
                break;
            case ClaimOutcome.Done:
                await ReplayAsync(context, await LostAnswer.FindAsync(context, claim.Subject!));
                break;
            default:
                currentUser.WorkFor(claim.Request!);
                await AnswerAsync(context, records, claim.Request!);
                break;
        }
    }

    private async Task AnswerAsync(HttpContext context, IdempotencyRecords records, KeyedRequest request)
    {
        var wire = context.Response.Body;
        using var body = new MemoryStream();
        context.Response.Body = body;
        var isRemembered = false;
        using var ended = new CancellationTokenSource();
        var renewing = RenewAsync(records, request, ended.Token);
        try
        {
            await next(context);
            if (context.Response.StatusCode is >= 200 and < 300)
                isRemembered = await RememberAsync(records, request, context.Response, body);
        }
        catch (ClaimLostException)
        {
            throw AtWork();
        }
        finally
        {
            context.Response.Body = wire;
            await ended.CancelAsync();
            await renewing;
            if (!isRemembered) await ReleaseAsync(records, request);
        }

        body.Position = 0;
        await body.CopyToAsync(wire, context.RequestAborted);
    }

    /// <summary>Keeps the answer even if the client has gone, for it will ask again. Whether it could be kept.</summary>
    private async Task<bool> RememberAsync(IdempotencyRecords records, KeyedRequest request, HttpResponse response, MemoryStream body)
    {
        var text = Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length);
        var answer = new RememberedAnswer(response.StatusCode, response.ContentType, response.Headers.Location, response.Headers.ETag,
            text);
        try
        {
            await records.RememberAsync(request, answer, CancellationToken.None);
            return true;
        }
        catch (Exception fault)
        {
            // The work is done; this client at least gets its response.
            LogNotKept(fault);
            return false;
        }
    }

    private async Task ReleaseAsync(IdempotencyRecords records, KeyedRequest request)
    {
        try
        {
            await records.ForgetAsync(request, CancellationToken.None);
        }
        catch (Exception fault)
        {
            // It expires unless it is renewed.
            LogNotKept(fault);
        }
    }

    /// <summary>Keeps the claim while the work lasts.</summary>
    private async Task RenewAsync(IdempotencyRecords records, KeyedRequest request, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(RenewEvery, clock);
        while (!ended.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(ended);
                await records.RenewAsync(request, ended);
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                LogNotKept(fault);
            }
        }
    }

    private static ApiException AtWork() =>
        new(StatusCodes.Status409Conflict, $"A request with this {Header} is still at work.") { RetryAfter = "1" };

    private static Task ReplayAsync(HttpContext context, RememberedAnswer answer)
    {
        context.Response.StatusCode = answer.StatusCode;
        context.Response.ContentType = answer.ContentType;
        context.Response.Headers.Location = answer.Location;
        context.Response.Headers.ETag = answer.ETag;
        context.Response.Headers[ReplayedHeader] = "true";
        return context.Response.WriteAsync(answer.Body, context.RequestAborted);
    }

    private static async Task<string> HashAsync(HttpContext context)
    {
        var request = context.Request;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path.ToUriComponent().TrimEnd('/')}{request.QueryString}\n"));
        if (context.GetEndpoint()!.Metadata.GetMetadata<TakesFiles>() is not null)
        {
            // To compare a file it would have to lie somewhere, and it lies nowhere in the clear: its length has to do.
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{request.ContentLength}")));
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }

        request.EnableBuffering();
        var buffer = new byte[8192];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, context.RequestAborted)) > 0) hash.AppendData(buffer, 0, read);
        request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What became of a request with an idempotency key could not be written")]
    private partial void LogNotKept(Exception fault);
}
