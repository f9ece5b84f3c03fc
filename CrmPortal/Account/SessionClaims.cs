using System.Globalization;
using System.Security.Claims;
using CrmPortal.Core.Access;

namespace CrmPortal.Account;

/// <summary>The claims of a signed-in user: who he is and which session this is. What he may do is asked of the database.</summary>
internal static class SessionClaims
{
    private const string Session = "session";

    public static ClaimsPrincipal Principal(SessionUser user, string scheme) => new(new ClaimsIdentity(
        [
            new(ClaimTypes.NameIdentifier, user.UserId.ToString(CultureInfo.InvariantCulture)),
            new(ClaimTypes.Name, user.DisplayName.Length > 0 ? user.DisplayName : user.UserName),
            new(Session, user.SessionId.ToString(CultureInfo.InvariantCulture)),
            .. user.Roles.Select(r => new Claim(ClaimTypes.Role, r)),
        ],
        scheme));

    public static long? SessionId(this ClaimsPrincipal principal) => Number(principal, Session);

    public static long? UserId(this ClaimsPrincipal principal) => Number(principal, ClaimTypes.NameIdentifier);

    public static Actor Actor(this ClaimsPrincipal principal, ActorOrigin origin, string? ipAddress) =>
        principal.Identity?.IsAuthenticated == true && principal.UserId() is { } user && principal.SessionId() is { } session
            ? new(user, principal.Identity.Name ?? "", session, origin, ipAddress)
            : Core.Access.Actor.Anonymous with { Origin = origin, IpAddress = ipAddress };

    private static long? Number(ClaimsPrincipal principal, string type) =>
        long.TryParse(principal.FindFirstValue(type), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
