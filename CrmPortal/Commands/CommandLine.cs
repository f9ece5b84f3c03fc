using System.Data.Common;
using System.Runtime.InteropServices;
using CrmPortal.Account;
using CrmPortal.Api;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Backup;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Hosting;
using CrmPortal.Layout;
using Microsoft.Extensions.Logging.Console;

namespace CrmPortal.Commands;

/// <summary>
/// Runs a verb instead of the server: <c>CrmPortal VERB …</c>. It has the settings and services of the server, but nothing
/// listens and nothing runs by itself. Exit codes: 0 done, 1 could not be done, 2 wrongly written, unless a verb has its own.
/// </summary>
internal static class CommandLine
{
    private const int Misuse = 2;

    private static readonly Verb[] Verbs =
    [
        Verb.Of<BackupCommand>(),
        Verb.Of<RestoreCommand>(),
        Verb.Of<ImportCommand>(),
        Verb.Of<SeedCommand>(),
        Verb.Of<RecalculateCommand>(),
        Verb.Of<MailCommand>(),
    ];

    /// <summary>Whether the arguments name a verb; settings begin with a dash.</summary>
    public static bool Finds(string[] args) => args.Length > 0 && (!args[0].StartsWith('-') || args[0] is "--help" or "-h");

    public static async Task<int> RunAsync(string[] args)
    {
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return await RunAsync(args, new(Console.Out, Console.Error), stop.Token);
    }

    public static async Task<int> RunAsync(string[] args, CommandOutput output, CancellationToken cancellationToken)
    {
        if (args[0] is "help" or "--help" or "-h")
        {
            WriteHelp(output.Out);
            return 0;
        }

        if (Verbs.FirstOrDefault(v => v.Form.Name == args[0]) is not { } verb)
        {
            output.Error.WriteLine($"There is no command “{args[0]}”.");
            WriteHelp(output.Error);
            return Misuse;
        }

        try
        {
            return await RunAsync(verb, CommandInput.Parse(verb.Form, args[1..]), output, cancellationToken);
        }
        catch (UsageException fault)
        {
            output.Error.WriteLine(fault.Message);
            output.Error.WriteLine($"Usage: CrmPortal {verb.Form.Usage}");
            return verb.Form.Misuse;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            output.Error.WriteLine("Stopped.");
            return verb.Form.Fault;
        }
        catch (Exception fault) when (Sentence(fault) is { } sentence)
        {
            output.Error.WriteLine(sentence);
            return verb.Form.Fault;
        }
    }

    private static async Task<int> RunAsync(Verb verb, CommandInput input, CommandOutput output, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder([.. input.Settings]);
        builder.AddCrmSettings();
        builder.Services.AddCrmHosting(builder.Configuration, builder.Environment);
        builder.Services.AddCrmAccounts();
        builder.Services.AddCrmApi();
        builder.Services.AddCrmScreens();
        // Only results go to standard output.
        builder.Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);

        await using var app = builder.Build();
        var faults = app.Services.SettingsFaults();
        if (faults.Count > 0) throw new CommandException(string.Join(Environment.NewLine, faults));
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(Actor.Command(verb.Form.Name));
        if (!verb.Form.UsesDatabase) return await verb.RunAsync(scope.ServiceProvider, input, output, cancellationToken);

        var provider = scope.ServiceProvider.GetRequiredService<IDatabaseProvider>();
        try
        {
            await using var use = await provider.UseAsync(DatabaseUse.Shared, cancellationToken);
            await DatabaseStart.PrepareAsync(provider, cancellationToken);
            return await verb.RunAsync(scope.ServiceProvider, input, output, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && DatabaseSentence(provider, fault) is { } sentence)
        {
            throw new CommandException(sentence);
        }
    }

    /// <summary>What the database or its disk refused, in one sentence without values, or null for any other fault.</summary>
    internal static string? DatabaseSentence(IDatabaseProvider provider, Exception fault) => fault switch
    {
        _ when provider.IsFull(fault) => "The disk is full; unfinished work was not saved.",
        _ when provider.IsTransient(fault) => "The database is busy or not responding; try again later.",
        UnsuitableDatabaseException => null,
        _ when fault.GetBaseException() is DbException database =>
            $"The database reported a fault: {database.Message.ReplaceLineEndings(" ")}",
        _ => null,
    };

    /// <summary>What went wrong in one sentence, or null for a fault of the program itself.</summary>
    private static string? Sentence(Exception fault) => fault switch
    {
        CommandException or BackupException or RuleViolationException or StartUpException => fault.Message,
        UnsuitableDatabaseException => $"The database cannot be used: {fault.Message}",
        _ when DiskSpace.IsFull(fault) => "The disk is full; unfinished work was not saved.",
        IOException or UnauthorizedAccessException => fault.Message,
        // A command without a database of the portal may read one all the same, as a restore does.
        _ when fault.GetBaseException() is DbException database =>
            $"The database reported a fault: {database.Message.ReplaceLineEndings(" ")}",
        _ => null,
    };

    private static void WriteHelp(TextWriter writer)
    {
        writer.WriteLine("CrmPortal [--urls http://localhost:5080] [settings]");
        writer.WriteLine("    Starts the server.");
        foreach (var form in Verbs.Select(v => v.Form))
        {
            writer.WriteLine($"CrmPortal {form.Usage}");
            writer.WriteLine($"    {form.Summary}");
        }

        writer.WriteLine("Settings such as --Database:DataFolder DIR can be added to any command.");
    }

    /// <summary>A verb of the list: how it is written, and how it is run with the services of a scope.</summary>
    private sealed record Verb(CommandForm Form, Func<IServiceProvider, CommandInput, CommandOutput, CancellationToken, Task<int>> RunAsync)
    {
        public static Verb Of<TCommand>()
            where TCommand : ICommand =>
            new(TCommand.Form, (services, input, output, cancellationToken) => ActivatorUtilities.CreateInstance<TCommand>(services)
                .RunAsync(input, output, cancellationToken));
    }
}
