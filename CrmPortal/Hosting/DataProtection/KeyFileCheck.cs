using System.Security.Cryptography;
using System.Xml.Linq;

namespace CrmPortal.Hosting.DataProtection;

/// <summary>Says whether the key file opens the keys that are in the database.</summary>
internal static class KeyFileCheck
{
    /// <param name="keys">The data-protection keys of the database, as XML.</param>
    /// <returns>What is wrong and what to do, or null where all is well; a missing file is well where there are no keys.</returns>
    public static string? Fault(KeyFile file, IReadOnlyList<string> keys)
    {
        if (!file.Exists)
            return keys.Count == 0
            ? null : $"The key file {file.FullPath} is missing, but the database holds keys that only it can open; put it back in its place.";
        try
        {
            foreach (var wrapped in keys.SelectMany(k => XElement.Parse(k).Descendants("wrappedKey")))
                file.Unwrap(Convert.FromBase64String(wrapped.Value));
            return null;
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException)
        {
            return $"The key file {file.FullPath} is not the one that the keys of this database were wrapped with; put the right file in its place.";
        }
    }
}
