using CrmPortal.Core.Consents;

namespace CrmPortal.Features.Consents;

/// <summary>What shows who said something on a page without an account.</summary>
internal static class OwnEvidence
{
    public static ConsentEvidence Of(HttpContext http, string form) =>
        new(http.Connection.RemoteIpAddress?.ToString(), http.Request.Headers.UserAgent.ToString(), form);
}
