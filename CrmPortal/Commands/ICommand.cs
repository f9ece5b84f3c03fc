namespace CrmPortal.Commands;

/// <summary>One verb of the command line. It gets services of a scope of its own through its constructor.</summary>
internal interface ICommand
{
    static abstract CommandForm Form { get; }

    /// <summary>Does the work; the answer is the exit code.</summary>
    /// <exception cref="CommandException">It cannot be done; the sentence is shown and the program ends with 1.</exception>
    Task<int> RunAsync(CommandInput input, CommandOutput output, CancellationToken cancellationToken);
}

/// <summary>How a verb is written, and what it does in one line.</summary>
/// <param name="Name">The verb.</param>
/// <param name="Summary">What it does, in a sentence.</param>
internal sealed record CommandForm(string Name, string Summary)
{
    /// <summary>The required arguments after the verb, in capitals, such as <c>FILE</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Options that take a value, with the word that stands for it: <c>customers N</c>.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Options without a value.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>Whether the database is migrated and kept from a restore while the verb runs.</summary>
    public bool UsesDatabase { get; init; }

    /// <summary>The exit code where it was written wrongly; programs that call the verb may know others than people do.</summary>
    public int Misuse { get; init; } = 2;

    /// <summary>The exit code where it could not be done.</summary>
    public int Fault { get; init; } = 1;

    public string Usage => string.Join(' ', [Name, .. Arguments, .. Options.Select(o => $"[--{o}]"), .. Flags.Select(f => $"[--{f}]")]);

    public bool HasOption(string name) => Options.Any(o => o.Split(' ')[0] == name);
}

/// <summary>The verb was not written as it must be; the sentence and the usage are shown, and the program ends with its code.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The verb cannot do its work; the sentence is shown and the program ends with its code for that.</summary>
internal sealed class CommandException(string message) : Exception(message);

/// <summary>Where a verb writes: results on the one, progress and faults on the other.</summary>
internal sealed record CommandOutput(TextWriter Out, TextWriter Error) : IProgress<string>
{
    /// <summary>Opens what is piped in.</summary>
    public Func<Stream> Input { get; init; } = Console.OpenStandardInput;

    public void Report(string value) => Error.WriteLine(value);
}
