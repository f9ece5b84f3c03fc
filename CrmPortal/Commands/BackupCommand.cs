using System.Globalization;
using CrmPortal.Core.Platform.Backup;

namespace CrmPortal.Commands;

internal sealed class BackupCommand(BackupService backups) : ICommand
{
    public static CommandForm Form { get; } =
        new("backup", "Copies the database and the documents into one file while the server runs. The key file is not included.")
    {
        Arguments = ["FILE"], Flags = ["overwrite"],
    };

    public async Task<int> RunAsync(CommandInput input, CommandOutput output, CancellationToken cancellationToken)
    {
        var file = Path.GetFullPath(input.Argument("FILE"));
        var made = await backups.BackupAsync(file, input.Flag("overwrite"), output, cancellationToken);
        output.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{file}: {made.Rows:N0} rows in {made.Tables.Count} tables, {made.Entries.Count(e => e.Name.StartsWith("documents/", StringComparison.Ordinal)):N0} documents, {new FileInfo(file).Length:N0} bytes, read back and found whole."));
        return 0;
    }
}
