using System.Security.Cryptography;

namespace CrmPortal.Core.Platform.Common;

/// <summary>Encrypts small secrets with the keys of the installation.</summary>
public interface ISecretProtector
{
    /// <param name="purpose">What the secret is for; it can be read back for the same purpose only.</param>
    string Protect(string purpose, string text);

    /// <exception cref="CryptographicException">The text was changed, or the keys are others.</exception>
    string Unprotect(string purpose, string text);
}
