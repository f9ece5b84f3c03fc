namespace CrmPortal.Account;

/// <summary>Addresses to go on to after a sign-in: they never lead off the site.</summary>
internal static class LocalUrl
{
    public static string Safe(string? url) =>
        url is { Length: > 0 and <= 2000 } && url[0] == '/' && (url.Length == 1 || url[1] is not ('/' or '\\')) && !url.Any(char.IsControl)
            ? url : "/";

    /// <summary>The sign-in page that leads back to a page.</summary>
    public static string SignIn(string returnUrl) => "/account/login?returnUrl=" + Uri.EscapeDataString(Safe(returnUrl));
}
