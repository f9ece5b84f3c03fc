using System.Globalization;
using System.Net;
using CrmPortal.Api;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.AspNetCore.Diagnostics;

namespace CrmPortal.Hosting;

/// <summary>What people see instead of a page that failed or does not exist. The API answers for itself.</summary>
internal static partial class PageFaults
{
    public const string ErrorPath = "/error";
    public const string RetryAfterSeconds = "5";
    public const string FullSentence = "The disk of the server is full; nothing was changed.";

    /// <summary>Not within a branch: what is asked for again has to find its route again.</summary>
    public static void UsePageFaults(this WebApplication app)
    {
        app.Use(LastResortAsync);
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandlingPath = ErrorPath, CreateScopeForErrors = true, StatusCodeSelector = fault =>
                Status(fault, app.Services.GetRequiredService<IDatabaseProvider>()),
        });
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use(async (context, next) =>
        {
            await next(context);
            if (context.Features.Get<IStatusCodePagesFeature>() is { } feature) feature.Enabled = IsMissingPage(context);
        });
    }

    /// <summary>Only a missing page gets the error page; scripts and API clients get the status alone.</summary>
    private static bool IsMissingPage(HttpContext context) =>
        context.Response.StatusCode == StatusCodes.Status404NotFound && HttpMethods.IsGet(context.Request.Method)
            && !context.Request.IsApi() && !context.Request.Path.Value!.StartsWith("/_", StringComparison.Ordinal);

    private static int Status(Exception fault, IDatabaseProvider provider) => fault switch
    {
        BadHttpRequestException request => request.StatusCode,
        AccessDeniedException => StatusCodes.Status403Forbidden,
        SignedOutException => StatusCodes.Status401Unauthorized,
        _ when provider.IsFull(fault) => StatusCodes.Status507InsufficientStorage,
        _ when provider.IsTransient(fault) => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>Answers when even the error page fails, as it may while the database does not answer.</summary>
    private static async Task LastResortAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone.
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            LogLastResort(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(PageFaults)), fault);
            context.Response.Clear();
            context.Response.StatusCode = Status(fault, context.RequestServices.GetRequiredService<IDatabaseProvider>());
            var isFull = context.Response.StatusCode == StatusCodes.Status507InsufficientStorage;
            if (isFull || context.Response.StatusCode == StatusCodes.Status503ServiceUnavailable)
                context.Response.Headers.RetryAfter = RetryAfterSeconds;
            var sentence = isFull ? FullSentence : "The portal cannot answer at the moment. Try again soon.";
            context.Response.ContentType = "text/html; charset=utf-8";
            var id = WebUtility.HtmlEncode(Correlation.Id(context));
            await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"""
                <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>CrmPortal</title></head>
                <body><main><h1>Something went wrong</h1><p>{sentence} Number of the fault: {id}</p></main></body></html>
                """));
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A page failed, and so did the error page")]
    private static partial void LogLastResort(ILogger logger, Exception fault);
}
