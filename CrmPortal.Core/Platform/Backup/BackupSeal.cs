using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace CrmPortal.Core.Platform.Backup;

/// <summary>
/// The last bytes of a backup: a mark and the hash of everything before it. They are the comment of the ZIP archive, so that
/// other programs still open it. With them any change of the file is found before one byte of it is interpreted.
/// </summary>
internal static class BackupSeal
{
    private const string Mark = "crm-backup-1 ";
    private const int HashLength = 64;

    /// <summary>The comment of an archive that is not sealed yet.</summary>
    public static string Blank { get; } = Mark + new string('0', HashLength);

    /// <summary>Puts the hash into the place that <see cref="Blank"/> kept.</summary>
    public static async Task SetAsync(FileStream file, CancellationToken cancellationToken)
    {
        var hash = await HashAsync(file, cancellationToken);
        file.Position = file.Length - HashLength;
        await file.WriteAsync(Encoding.ASCII.GetBytes(hash), cancellationToken);
    }

    /// <exception cref="BackupException">The file is no backup, or has been changed since it was made.</exception>
    public static async Task CheckAsync(FileStream file, CancellationToken cancellationToken)
    {
        if (file.Length == 0) throw new BackupException("It is empty.");
        var end = new byte[Blank.Length];
        if (file.Length > end.Length)
        {
            file.Position = file.Length - end.Length;
            await file.ReadExactlyAsync(end, cancellationToken);
        }

        var text = Encoding.Latin1.GetString(end);
        if (!text.StartsWith(Mark, StringComparison.Ordinal))
            throw new BackupException(await StartsAsZipAsync(file, cancellationToken)
                ? "It is cut off, or no backup of CrmPortal." : "It is no backup of CrmPortal.");
        if (text[Mark.Length..] != await HashAsync(file, cancellationToken))
            throw new BackupException("It is damaged: it has been changed since it was made.");
    }

    private static async Task<bool> StartsAsZipAsync(FileStream file, CancellationToken cancellationToken)
    {
        var start = new byte[2];
        file.Position = 0;
        return await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken) == start.Length
            && start is [(byte)'P', (byte)'K'];
    }

    private static async Task<string> HashAsync(FileStream file, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        try
        {
            file.Position = 0;
            for (var left = file.Length - HashLength; left > 0;)
            {
                var read = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), cancellationToken);
                if (read == 0) throw new BackupException("It is cut off.");
                hash.AppendData(buffer, 0, read);
                left -= read;
            }

            return Convert.ToHexStringLower(hash.GetCurrentHash());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
