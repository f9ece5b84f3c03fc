using CrmPortal.Account;
using CrmPortal.Core.Chats;
using CrmPortal.Core.SelfService;
using CrmPortal.Core.Tickets;
using CrmPortal.Features.Tickets;
using CrmPortal.Hosting;

namespace CrmPortal.Features.SelfService;

/// <summary>What the pages of a customer send and hand out: messages with files, files, and a copy of their data.</summary>
internal static class OwnEndpoints
{
    public static void AddOwnPages(this IServiceCollection services)
    {
        services.AddOptions<SelfServiceOptions>().BindConfiguration(SelfServiceOptions.Section);
        services.AddScoped<OwnMessageDoor>();
    }

    public static void MapOwnPages(this WebApplication app)
    {
        var own = app.MapGroup(OwnUrls.Home).RequireAuthorization(AccountPolicies.OwnAccount).ExcludeFromDescription();
        // The token stands in the form, which is read as it comes.
        own.MapPost("/messages/new/send", (HttpContext http, OwnMessageDoor door) => door.SendAsync(null, http)).DisableAntiforgery();
        own.MapPost("/messages/{id:long}/send", (long id, HttpContext http, OwnMessageDoor door) => door.SendAsync(id, http))
            .DisableAntiforgery();
        own.MapGet("/messages/{id:long}/files/{fileId:long}", OpenFileAsync).WithMetadata(FramedContent.File);
        own.MapGet("/messages/chats/{id:long}/files/{fileId:long}", OpenChatFileAsync).WithMetadata(FramedContent.File);
        own.MapGet("/data/file", OpenDataAsync);
    }

    private static async Task<IResult> OpenFileAsync(long id, long fileId, HttpContext http, CustomerRequestService requests) =>
        await requests.OpenFileAsync(id, fileId, http.RequestAborted) is { } found ? TicketFileEndpoints.Attachment(http, found)
            : TypedResults.NotFound();

    private static async Task<IResult> OpenChatFileAsync(long id, long fileId, HttpContext http, CustomerChatService chats) =>
        await chats.OpenFileAsync(id, fileId, http.RequestAborted) is { } found ? TicketFileEndpoints.Attachment(http, found)
            : TypedResults.NotFound();

    private static async Task<IResult> OpenDataAsync(HttpContext http, CustomerProfileService profiles, PersonalDataService data)
    {
        http.Response.Headers.ContentDisposition = "attachment; filename=my-data.json";
        return await profiles.OwnIdAsync(http.RequestAborted) is { } own && await PersonalDataAnswer.WriteAsync(http, data, own)
            ? TypedResults.Empty : TypedResults.NotFound();
    }
}
