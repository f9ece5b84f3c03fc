using System.Security.Cryptography;

namespace CrmPortal.Hosting.DataProtection;

/// <summary>
/// The secret that wraps the data-protection keys of the database. It is in a file beside it, readable by the program's user
/// alone, and belongs in no backup of the database: who has one of the two can read nothing.
/// </summary>
internal sealed class KeyFile(string path)
{
    private const string Mark = "crm-key-1 ";
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private byte[]? _key;

    public string FullPath => path;

    public bool Exists => File.Exists(path);

    /// <summary>Makes the file; where another process was faster, its file stays.</summary>
    public void Create()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(draft, options))
            writer.WriteLine(Mark + Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }

    public byte[] Wrap(byte[] plain)
    {
        var wrapped = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = wrapped.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(Key(), TagBytes);
        cipher.Encrypt(nonce, plain, wrapped.AsSpan(NonceBytes, plain.Length), wrapped.AsSpan(NonceBytes + plain.Length));
        return wrapped;
    }

    /// <exception cref="CryptographicException">It was wrapped by another key, or has been changed.</exception>
    public byte[] Unwrap(byte[] wrapped)
    {
        if (wrapped.Length < NonceBytes + TagBytes) throw new CryptographicException("A wrapped key is too short.");
        var plain = new byte[wrapped.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(Key(), TagBytes);
        cipher.Decrypt(wrapped.AsSpan(0, NonceBytes), wrapped.AsSpan(NonceBytes, plain.Length), wrapped.AsSpan(NonceBytes + plain.Length),
            plain);
        return plain;
    }

    /// <exception cref="StartUpException">The file cannot be read, or holds no key.</exception>
    public byte[] Key() => _key ??= Read();

    private byte[] Read()
    {
        try
        {
            var text = File.ReadAllText(path).Trim();
            if (text.StartsWith(Mark, StringComparison.Ordinal)
                && Convert.FromBase64String(text[Mark.Length..]) is { Length: KeyBytes } key) return key;
        }
        catch (FormatException)
        {
            // Said below.
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartUpException($"The key file {path} cannot be read: {fault.Message}");
        }

        throw new StartUpException($"The key file {path} does not hold a key of CrmPortal; put the right file back in its place.");
    }
}
