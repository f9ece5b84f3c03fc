using System.Globalization;
using CrmPortal.Core.Platform.Backup;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Hosting.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Commands;

internal sealed class RestoreCommand(BackupService backups, IDatabaseProvider provider, KeyFile keyFile) : ICommand
{
    public static CommandForm Form { get; } =
        new("restore", "Replaces the database and the documents with a backup; the server must be stopped.")
    {
        Arguments = ["FILE"], Flags = ["replace"],
    };

    public async Task<int> RunAsync(CommandInput input, CommandOutput output, CancellationToken cancellationToken)
    {
        var file = Path.GetFullPath(input.Argument("FILE"));
        var restored = await backups.RestoreAsync(file, input.Flag("replace"), output, cancellationToken);
        output.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{file} of {restored.MadeAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC is restored: {restored.Rows:N0} rows in {restored.Tables.Count} tables."));
        var keys = await KeysAsync(cancellationToken);
        output.Out.WriteLine(KeyFileCheck.Fault(keyFile, keys)
            ?? $"{(keys.Count > 0 ? "The key file fits" : "No key file is needed for it")}. The server can be started; it brings the database up to its own version by itself.");
        return 0;
    }

    private async Task<List<string>> KeysAsync(CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        return await db.DataKeys.Select(k => k.Xml).ToListAsync(cancellationToken);
    }
}
