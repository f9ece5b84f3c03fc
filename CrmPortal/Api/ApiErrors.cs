using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Hosting;

namespace CrmPortal.Api;

internal static class ApiErrorsExtension
{
    public static void UseApiErrors(this WebApplication app) => app.UseWhen(c => c.Request.IsApi(), api => api.UseMiddleware<ApiErrors>());
}

/// <summary>Turns every fault and every bare refusal under <c>/api</c> into a problem that says what to do.</summary>
internal sealed partial class ApiErrors(RequestDelegate next, IDatabaseProvider provider, ILogger<ApiErrors> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            ApiRequestCheck.Demand(context);
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone.
            return;
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            await AnswerAsync(context, fault);
            return;
        }

        if (context.Response is not { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null }) return;
        await Problem.WriteAsync(context, context.Response.StatusCode, Sentence(context.Response.StatusCode));
    }

    private Task AnswerAsync(HttpContext context, Exception fault)
    {
        switch (fault)
        {
            case ApiException api:
                if (api.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds;
                return Problem.WriteAsync(context, api.Status, api.Message, api.Errors, api.IsCodeMissing ? true : null);
            case RuleViolationException violation:
                var contract = context.Contract();
                return Problem.WriteAsync(context, Status(violation, contract), violation.Message, ByField(violation, contract));
            case ConcurrencyConflictException:
                return Problem.WriteAsync(context, StatusCodes.Status412PreconditionFailed, fault.Message);
            case AccessDeniedException:
                return Problem.WriteAsync(context, StatusCodes.Status403Forbidden, fault.Message);
            case SignedOutException:
                return Problem.WriteAsync(context, StatusCodes.Status401Unauthorized, Sentence(StatusCodes.Status401Unauthorized));
            case ClaimLostException:
                context.Response.Headers.RetryAfter = "1";
                return Problem.WriteAsync(context, StatusCodes.Status409Conflict, fault.Message);
            case BadHttpRequestException { InnerException: JsonException json }:
                var (field, sentence) = Read(json);
                return Problem.WriteAsync(context, StatusCodes.Status400BadRequest, sentence, field is null
                    ? null : new Dictionary<string, string[]> { [field] = [sentence] });
            case BadHttpRequestException request:
                return Problem.WriteAsync(context, request.StatusCode, Sentence(request.StatusCode));
            case not null when provider.IsFull(fault):
                LogFull(fault);
                context.Response.Headers.RetryAfter = PageFaults.RetryAfterSeconds;
                return Problem.WriteAsync(context, StatusCodes.Status507InsufficientStorage, PageFaults.FullSentence);
            case not null when provider.IsTransient(fault):
                LogTransient(fault);
                context.Response.Headers.RetryAfter = PageFaults.RetryAfterSeconds;
                return Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable,
                    "The database is not responding at the moment; try again soon.");
            default:
                LogUnexpected(fault!);
                return Problem.WriteAsync(context, StatusCodes.Status500InternalServerError,
                    "Something went wrong on our side. Include the correlation id when you report it.");
        }
    }

    /// <summary>Contracts differ about fields that are wrong; what the state does not allow is 400 everywhere.</summary>
    private static int Status(RuleViolationException violation, ApiContract contract) =>
        violation.IsDuplicate ? StatusCodes.Status409Conflict
        : !violation.IsRefusal && violation.Errors.Any(e => e.Field.Length > 0) ? contract.InvalidStatus
        : StatusCodes.Status400BadRequest;

    /// <summary>Sentences by what the contract calls the fields.</summary>
    internal static Dictionary<string, string[]> ByField(RuleViolationException violation, ApiContract contract) => violation.Errors
        .GroupBy(e => contract.FieldName(e.Field)).ToDictionary(g => g.Key,
            g => g.Select(e => string.Format(CultureInfo.InvariantCulture, e.Message, e.Arguments)).Distinct().ToArray());

    [LoggerMessage(Level = LogLevel.Critical, Message = "The disk is full; nothing can be written")]
    private partial void LogFull(Exception fault);

    /// <summary>Which field of a body cannot be read, where that is known, and why.</summary>
    internal static (string? Field, string Sentence) Read(JsonException fault)
    {
        if (UnknownField().Match(fault.Message) is { Success: true } unknown)
            return (unknown.Groups["name"].Value, $"There is no field {unknown.Groups["name"].Value}.");
        if (DoubleField().Match(fault.Message) is { Success: true } twice)
            return (twice.Groups["name"].Value, $"The field {twice.Groups["name"].Value} is given twice.");
        return FieldOfPath().Match(fault.Path ?? "") is { Success: true } path
            ? (path.Groups["name"].Value, fault is UnreadableValueException
                ? fault.Message : $"The value of {path.Groups["name"].Value} cannot be read.")
            : (null, "The body is not the JSON that is expected.");
    }

    private static string Sentence(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "The request cannot be read.",
        StatusCodes.Status401Unauthorized => "Sign in first: send an access token as Authorization: Bearer.",
        StatusCodes.Status403Forbidden => "You may not do this.",
        StatusCodes.Status404NotFound => "There is nothing at this address.",
        StatusCodes.Status405MethodNotAllowed => "This method is not allowed here.",
        StatusCodes.Status413PayloadTooLarge => "The body is too large; the limit is 1 MB.",
        StatusCodes.Status415UnsupportedMediaType => "Send JSON: application/json in UTF-8.",
        StatusCodes.Status429TooManyRequests => "Too many requests; try again later.",
        StatusCodes.Status507InsufficientStorage => PageFaults.FullSentence,
        _ => "The request cannot be answered.",
    };

    [GeneratedRegex("^The JSON property '(?<name>.*)' could not be mapped")]
    private static partial Regex UnknownField();

    [GeneratedRegex("^Duplicate property '(?<name>.*)' encountered")]
    private static partial Regex DoubleField();

    [GeneratedRegex(@"^\$\.(?<name>\w+)")]
    private static partial Regex FieldOfPath();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database did not answer a request of the API")]
    private partial void LogTransient(Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "A request of the API failed")]
    private partial void LogUnexpected(Exception fault);
}
