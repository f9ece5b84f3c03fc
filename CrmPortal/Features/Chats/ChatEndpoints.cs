using System.Globalization;
using System.Text;
using System.Text.Json;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Chats;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Tickets;
using CrmPortal.Hosting;
using CrmPortal.Layout.Theme;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace CrmPortal.Features.Chats;

/// <summary>What the chat on web sites loads and sends, and the files of agents.</summary>
internal static class ChatEndpoints
{
    public const string Root = "/chat";

    /// <summary>The page within the frame, below <see cref="Root"/>.</summary>
    public const string Frame = Root + "/frame";

    private const string KeyHeader = "X-Chat-Key";
    private const long LargestCall = 32 * 1024;

    public static void AddChatScreens(this IServiceCollection services)
    {
        services.AddSettings<ChatOptions, ChatOptionsCheck>(ChatOptions.Section);
        services.AddSingleton<ChatAudience>();
        services.AddHostedService(s => s.GetRequiredService<ChatAudience>());
        services.AddSignalR().AddHubOptions<ChatHub>(o => o.MaximumReceiveMessageSize = LargestCall);
    }

    public static void MapChats(this WebApplication app)
    {
        app.MapHub<ChatHub>(ChatHub.Path, o =>
            o.Transports = HttpTransportType.WebSockets | HttpTransportType.LongPolling).AllowAnonymous();
        app.MapGet(Root + "/door.js", DoorAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapGet(Frame, FrameAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapPost(Root + "/files", ReceiveAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        app.MapGet(Root + "/files/{id:long}", HandOutAsync).AllowAnonymous().WithMetadata(FramedContent.File).ExcludeFromDescription();
        var files = app.MapGroup("/files/chats").RequireAuthorization(Permissions.ChatWork).ExcludeFromDescription();
        files.MapGet("/{id:long}", DownloadAsync).WithMetadata(FramedContent.File);
        // The token comes in a header: to look for it in the body would mean to keep the body somewhere.
        files.MapPost("/{id:long}/files", UploadAsync).DisableAntiforgery();
    }

    /// <summary>
    /// Tells the widget whether there is a chat for its page, and in which colour: as a script, since a web site that lets the widget in
    /// lets
    /// this in as well.
    /// </summary>
    private static async Task<IResult> DoorAsync(HttpContext http, VisitorChatService chats, ShopIdentity shop)
    {
        var door = await chats.DoorAsync(http.RequestAborted);
        var accent = door.IsOn ? AccentPalette.Of(shop.Current.Accent) : null;
        http.Response.Headers.CacheControl = "public, max-age=60";
        // The serializer escapes what could end the statement.
        var said = JsonSerializer.Serialize(new
        {
            on = door.IsOn, sites = door.IsOn ? door.Origins : [],
            accent = accent is null ? null : $"light-dark({accent.Light.Accent}, {accent.Dark.Accent})",
            onAccent = accent is null ? null : $"light-dark({accent.Light.OnAccent}, {accent.Dark.OnAccent})",
        });
        return TypedResults.Text($"window.crmChatDoor?.({said});\n", "text/javascript", Encoding.UTF8);
    }

    /// <summary>The page in the frame: it may be shown by the listed sites and by our own pages, and talks to us alone.</summary>
    private static async Task<IResult> FrameAsync(HttpContext http, VisitorChatService chats, IOptions<DocumentOptions> documents)
    {
        var door = await chats.DoorAsync(http.RequestAborted);
        if (!door.IsOn) return TypedResults.NotFound();
        http.Features.Set(new FramedContent("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self' " + string.Join(' ', door.Origins))
        { IsForOthers = true });
        return new RazorComponentResult<ChatFrame>(new { Door = door, documents.Value.LargestFileMegabytes });
    }

    private static async Task<IResult> ReceiveAsync([FromHeader(Name = KeyHeader)] string? key, string? name, string? messageKey,
        HttpContext http, VisitorChatService chats, AddressGuard guard, CurrentUser user, IOptions<ChatOptions> options,
        IOptions<DocumentOptions> documents, IStringLocalizer<Texts> texts)
    {
        if (await guard.CountAsync("chat-file", http.Connection.RemoteIpAddress, options.Value.FilesPerMinute, http.RequestAborted) is { } wait)
        {
            http.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return TypedResults.StatusCode(StatusCodes.Status429TooManyRequests);
        }

        user.Set(Actor.System("Chat"));
        return await TakeAsync(http, documents.Value, texts,
            () => chats.SendFileAsync(key, messageKey, name, TypeOf(name), http.Request.Body, http.RequestAborted));
    }

    private static async Task<IResult> HandOutAsync(long id, [FromHeader(Name = KeyHeader)] string? key, HttpContext http,
        VisitorChatService chats) =>
        await chats.OpenFileAsync(key, id, http.RequestAborted) is { } found ? Attachment(http, found) : TypedResults.NotFound();

    private static async Task<IResult> DownloadAsync(long id, HttpContext http, ChatService chats) =>
        await chats.OpenFileAsync(id, http.RequestAborted) is { } found ? Attachment(http, found) : TypedResults.NotFound();

    private static async Task<IResult> UploadAsync(long id, string? name, HttpContext http, ChatService chats, IAntiforgery antiforgery,
        IOptions<DocumentOptions> documents, IStringLocalizer<Texts> texts)
    {
        if (http.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(http)) return TypedResults.BadRequest();
        return await TakeAsync(http, documents.Value, texts,
            () => chats.SendFileAsync(id, name, TypeOf(name), http.Request.Body, http.RequestAborted));
    }

    private static async Task<IResult> TakeAsync(HttpContext http, DocumentOptions documents, IStringLocalizer<Texts> texts,
        Func<Task<long?>> take)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = documents.LargestFile + 1;
        try
        {
            if (http.Request.ContentLength > documents.LargestFile)
                throw new RuleViolationException("File", "The file is too large; the limit is {0} MB.", documents.LargestFileMegabytes);
            return await take() is { } id ? TypedResults.Json(new { id }, statusCode: StatusCodes.Status201Created)
                : TypedResults.NotFound();
        }
        catch (RuleViolationException violation)
        {
            return TypedResults.Json(new { message = FormErrors.Sentence(violation, texts) }, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    /// <summary>By the ending: the browser sends the file as it is.</summary>
    private static string? TypeOf(string? name) =>
        new Microsoft.AspNetCore.StaticFiles.FileExtensionContentTypeProvider().TryGetContentType(name ?? "", out var type) ? type : null;

    private static FileStreamHttpResult Attachment(HttpContext http, TicketFileContent found)
    {
        var header = new ContentDispositionHeaderValue("attachment");
        header.SetHttpFileName(found.Name);
        http.Response.Headers.ContentDisposition = header.ToString();
        return TypedResults.Stream(found.Content, found.ContentType);
    }
}
