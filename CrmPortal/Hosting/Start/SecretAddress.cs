namespace CrmPortal.Hosting;

internal static class SecretAddress
{
    /// <summary>For pages whose address is a key, such as a link from a mail: it must not reach other sites or addresses.</summary>
    public static void KeepAddressSecret(this HttpContext http) => http.Response.Headers["Referrer-Policy"] = "no-referrer";
}
