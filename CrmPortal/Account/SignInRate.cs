using System.Globalization;
using CrmPortal.Api;
using CrmPortal.Core.Platform.Access;

namespace CrmPortal.Account;

internal static class SignInRate
{
    public const string Refusal = "Too many attempts. Wait a minute and try again.";

    /// <summary>
    /// Counts an attempt of the connection's address; true, with status and <c>Retry-After</c> set, when there were too many.
    /// </summary>
    public static async Task<bool> IsExceededAsync(this SignInGuard guard, HttpContext http)
    {
        if (await guard.CountAsync(http.Connection.RemoteIpAddress, http.RequestAborted) is not { } wait) return false;
        http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        http.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return true;
    }

    /// <summary>The same for programs.</summary>
    /// <exception cref="ApiException">There were too many attempts.</exception>
    public static async Task DemandNotExceededAsync(this SignInGuard guard, HttpContext http)
    {
        if (!await guard.IsExceededAsync(http)) return;
        throw new ApiException(StatusCodes.Status429TooManyRequests, Refusal)
        {
            RetryAfter = http.Response.Headers.RetryAfter,
        };
    }
}
