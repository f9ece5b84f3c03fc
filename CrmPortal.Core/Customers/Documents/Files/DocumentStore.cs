using System.Security.Cryptography;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.Customers.Documents;

/// <summary>A content that was written, and how to read it again.</summary>
/// <param name="StoredName">The name of its file.</param>
/// <param name="WrappedKey">Its key, which only this installation can unwrap.</param>
internal sealed record StoredContent(string StoredName, string WrappedKey, long Size, string Hash);

/// <summary>
/// The folder of documents. Each content has a random key of its own, which lies wrapped in the database: without its row a file
/// says nothing, so that a file which is left behind by a crash is rubbish and no leak.
/// </summary>
public sealed class DocumentStore(DatabaseOptions options, ISecretProtector secrets)
{
    private const string Purpose = "document";
    private const int NameBytes = 16;

    /// <summary>Encrypts a content as it comes in.</summary>
    /// <exception cref="RuleViolationException">It is larger than <paramref name="largest"/>; reading has stopped there and nothing is
    /// kept.</exception>
    internal Task<StoredContent> SaveAsync(Stream content, long largest, CancellationToken cancellationToken) => WriteAsync(async file =>
    {
        var buffer = new byte[EncryptedFile.PieceBytes];
        int read;
        while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (file.Written + read > largest) throw TooLarge(largest);
            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }, cancellationToken);

    /// <summary>Encrypts what is written; a failure leaves nothing behind.</summary>
    internal async Task<StoredContent> WriteAsync(Func<EncryptedWriteStream, Task> write, CancellationToken cancellationToken)
    {
        var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NameBytes));
        var key = RandomNumberGenerator.GetBytes(EncryptedFile.KeyBytes);
        try
        {
            var target = Create(name);
            await using var file = new EncryptedWriteStream(target, key);
            await write(file);
            await file.FinishAsync(cancellationToken);
            // Before the row that names it: after a power cut a row without its content would be a loss.
            await Task.Run(() => target.Flush(flushToDisk: true), CancellationToken.None);
            return new(name, secrets.Protect(Purpose, Convert.ToBase64String(key)), file.Written, file.Hash());
        }
        catch
        {
            Delete(name);
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Opens a content for reading from any position.</summary>
    /// <exception cref="IOException">The file is not there.</exception>
    /// <exception cref="CryptographicException">The key is another's, or the file was changed; the latter may show while
    /// reading.</exception>
    internal Stream Open(string storedName, string wrappedKey)
    {
        var key = Convert.FromBase64String(secrets.Unprotect(Purpose, wrappedKey));
        var file = new FileStream(PathOf(storedName),
            new FileStreamOptions { Share = FileShare.Read | FileShare.Delete, Options = FileOptions.Asynchronous, BufferSize = 0 });
        try
        {
            return new EncryptedReadStream(file, key);
        }
        catch
        {
            file.Dispose();
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Removes a content; that it is gone already is no fault.</summary>
    internal void Delete(string storedName)
    {
        if (File.Exists(PathOf(storedName))) File.Delete(PathOf(storedName));
    }

    internal static RuleViolationException TooLarge(long largest) => new("File", "The file is too large; the limit is {0} MB.",
        largest / (1024 * 1024));

    // A folder for each of the first bytes keeps folders small.
    private string PathOf(string storedName)
    {
        if (storedName.Length != NameBytes * 2 || !storedName.All(char.IsAsciiHexDigitLower))
            throw new ArgumentException("This is not the name of a content.", nameof(storedName));
        return Path.Combine(options.DocumentFolder, storedName[..2], storedName);
    }

    private FileStream Create(string storedName)
    {
        var path = PathOf(storedName);
        var own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        else Directory.CreateDirectory(Path.GetDirectoryName(path)!, own | UnixFileMode.UserExecute);
        var file = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous,
            BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) file.UnixCreateMode = own;
        return new FileStream(path, file);
    }
}
