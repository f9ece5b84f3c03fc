using CrmPortal.Features.Chats;

namespace CrmPortal.Hosting;

/// <summary>
/// Lets only pages of this site talk to circuits. Browsers send cookies along with a WebSocket of a foreign page, so the
/// cookie alone does not show who asks.
/// </summary>
internal static class CircuitOrigin
{
    public static void UseCircuitOrigin(this WebApplication app) => app.Use((context, next) =>
    {
        if (!IsSocket(context.Request.Path) || context.Request.Headers.Origin.Count == 0 || IsOwn(context.Request))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    });

    // The chat's frame is a page of this site as well, whatever page is around it.
    private static bool IsSocket(PathString path) => path.StartsWithSegments("/_blazor") || path.StartsWithSegments(ChatHub.Path);

    // The scheme is not compared: behind a proxy that ends TLS the server itself sees http.
    private static bool IsOwn(HttpRequest request) =>
        Uri.TryCreate(request.Headers.Origin, UriKind.Absolute, out var origin)
            && origin.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);
}
