using System.Globalization;
using System.Security.Claims;
using CrmPortal.Core.Platform.Access;

namespace CrmPortal.Account;

/// <summary>The claims of a signed-in user: who they are and which session this is. What they may do is asked of the database.</summary>
internal static class SessionClaims
{
    private const string Session = "session";
    private const string Address = "address";
    private const string Locale = "locale";
    private const string Zone = "zoneinfo";
    private const string Customer = "customer";

    public static ClaimsPrincipal Principal(SessionUser user, string scheme, string? ipAddress = null) => new(new ClaimsIdentity(
        [
            new(ClaimTypes.NameIdentifier, user.UserId.ToString(CultureInfo.InvariantCulture)),
            new(ClaimTypes.Name, user.DisplayName.Length > 0 ? user.DisplayName : user.UserName),
            new(Session, user.SessionId.ToString(CultureInfo.InvariantCulture)),
            .. user.Roles.Select(r => new Claim(ClaimTypes.Role, r)),
            .. Known(Address, ipAddress), .. Known(Locale, user.Language), .. Known(Zone, user.TimeZone),
            .. Known(Customer, user.CustomerId?.ToString(CultureInfo.InvariantCulture)),
        ],
        scheme));

    public static long? SessionId(this ClaimsPrincipal principal) => Number(principal, Session);

    /// <summary>Whether the account is a customer's. What they may see is asked of the database.</summary>
    public static bool IsCustomer(this ClaimsPrincipal principal) => principal.HasClaim(c => c.Type == Customer);

    public static long? UserId(this ClaimsPrincipal principal) => Number(principal, ClaimTypes.NameIdentifier);

    /// <summary>The language that the user has chosen, or null for the browser's.</summary>
    public static string? Language(this ClaimsPrincipal principal) => principal.FindFirstValue(Locale);

    /// <summary>The IANA time zone that the user has chosen, or null for the shop's.</summary>
    public static string? TimeZone(this ClaimsPrincipal principal) => principal.FindFirstValue(Zone);

    /// <summary>The address of the request that the principal came with; a circuit has no other way to know it.</summary>
    public static string? IpAddress(this ClaimsPrincipal principal) => principal.FindFirstValue(Address);

    public static Actor Actor(this ClaimsPrincipal principal, ActorOrigin origin, string? ipAddress) =>
        principal.Identity?.IsAuthenticated == true && principal.UserId() is { } user && principal.SessionId() is { } session
            ? new(user, principal.Identity.Name ?? "", session, origin, ipAddress)
            : Core.Platform.Access.Actor.Anonymous with { Origin = origin, IpAddress = ipAddress };

    private static IEnumerable<Claim> Known(string type, string? value) => string.IsNullOrEmpty(value) ? [] : [new(type, value)];

    private static long? Number(ClaimsPrincipal principal, string type) =>
        long.TryParse(principal.FindFirstValue(type), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
