using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.Data.Sqlite;

/// <summary>A lock on a small file beside the database. It goes with the process that holds it, however that ends.</summary>
internal sealed class SqliteUse : IAsyncDisposable
{
    private readonly FileStream _file;

    private SqliteUse(FileStream file) => _file = file;

    public static SqliteUse Of(string databaseFile, DatabaseUse use)
    {
        var path = databaseFile + ".lock";
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
            // On Unix as on Windows, None keeps all others out and ReadWrite keeps out those who ask for None.
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, use == DatabaseUse.Alone
                ? FileShare.None : FileShare.ReadWrite));
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new UnsuitableDatabaseException($"{path} cannot be written ({fault.Message})", fault);
        }
        catch (IOException fault) when (File.Exists(path))
        {
            throw new UnsuitableDatabaseException(
                use == DatabaseUse.Alone ? "a server or another command is using it; stop that first."
                    : "it is being restored; try again when that is over.", fault);
        }
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
