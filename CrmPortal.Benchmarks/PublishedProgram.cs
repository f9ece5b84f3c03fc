using System.Diagnostics;
using System.Text;

namespace CrmPortal.Benchmarks;

/// <summary>The published Release build, run as whoever installs it runs it.</summary>
internal sealed class PublishedProgram(string folder, IReadOnlyList<string> settings)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(60);

    /// <summary>Settings that say which database; they go to every command and to the server.</summary>
    public PublishedProgram With(params IReadOnlyList<string> more) => new(folder, [.. settings, .. more]);

    /// <summary>Publishes the program from the sources around this one, for this machine.</summary>
    public static async Task PublishAsync(string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet", ["publish", Path.Combine(Repository(), "CrmPortal"), "-c", "Release", "-o", folder,
            "--use-current-runtime", "--self-contained", "false", "-nologo", "-v", "q"]);
        await RunAsync(start, cancellationToken);
    }

    /// <summary>Runs one of the product's commands to its end and answers what it printed.</summary>
    public Task<string> CommandAsync(IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        RunAsync(Start(words), cancellationToken);

    public ProcessStartInfo Start(IReadOnlyList<string> words)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, "CrmPortal.dll"), .. words, "--environment", "Production",
            .. settings]) { WorkingDirectory = folder };
        start.Environment.Remove("ASPNETCORE_ENVIRONMENT");
        start.Environment.Remove("DOTNET_ENVIRONMENT");
        return start;
    }

    /// <summary>Runs a program of ours; whatever ends the wait ends the program too.</summary>
    private static async Task<string> RunAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} does not start.");
        var error = new StringBuilder();
        process.ErrorDataReceived += (_, line) => error.AppendLine(line.Data);
        process.BeginErrorReadLine();
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode == 0
                ? output : throw new InvalidOperationException($"{string.Join(' ', start.ArgumentList)} failed: {output} {error}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CrmPortal.sln"))) folder = folder.Parent;
        return folder?.FullName
            ?? throw new InvalidOperationException("The sources are not around this program; name a published build with --program.");
    }
}
