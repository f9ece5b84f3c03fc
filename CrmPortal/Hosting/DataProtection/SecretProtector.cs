using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.DataProtection;

namespace CrmPortal.Hosting.DataProtection;

/// <summary>Secrets under the framework's keys, which are in the database wrapped by the key file.</summary>
internal sealed class SecretProtector(IDataProtectionProvider protection) : ISecretProtector
{
    public string Protect(string purpose, string text) => protection.CreateProtector("secret", purpose).Protect(text);

    public string Unprotect(string purpose, string text) => protection.CreateProtector("secret", purpose).Unprotect(text);
}
