using System.Globalization;

namespace CrmPortal.Commands;

/// <summary>
/// What was written after a verb. An option whose name holds a colon (<c>--Database:Provider Postgres</c>) is a setting and goes to
/// the configuration, as does <c>--environment</c>; every other option must be one of the verb's.
/// </summary>
internal sealed class CommandInput
{
    private readonly CommandForm _form;
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _flags = new(StringComparer.Ordinal);
    private readonly List<string> _arguments = [];
    private readonly List<string> _settings = [];

    private CommandInput(CommandForm form) => _form = form;

    /// <summary>What belongs to the configuration, as it was written.</summary>
    public IReadOnlyList<string> Settings => _settings;

    /// <exception cref="UsageException">Something is unknown, missing, given twice or too much.</exception>
    public static CommandInput Parse(CommandForm form, IReadOnlyList<string> words)
    {
        var input = new CommandInput(form);
        var onlyArguments = false;
        for (var i = 0; i < words.Count; i++)
        {
            if (onlyArguments || !words[i].StartsWith("--", StringComparison.Ordinal)) input._arguments.Add(words[i]);
            else if (words[i] == "--") onlyArguments = true;
            else i = input.TakeOption(words, i);
        }

        if (input._arguments.Count < form.Arguments.Count)
            throw new UsageException($"{form.Arguments[input._arguments.Count]} is missing.");
        if (input._arguments.Count > form.Arguments.Count)
            throw new UsageException($"“{input._arguments[form.Arguments.Count]}” is too much.");
        return input;
    }

    /// <summary>The placeholder of an argument, such as <c>FILE</c>.</summary>
    public string Argument(string name) => _arguments[_form.Arguments.ToList().IndexOf(name)];

    public bool Flag(string name) => _flags.Contains(name);

    /// <summary>The value of an option, or null where it was not given.</summary>
    public string? Text(string name) => _values.GetValueOrDefault(name);

    /// <exception cref="UsageException">The option is no whole number in the range.</exception>
    public long? Number(string name, long smallest, long largest)
    {
        if (Text(name) is not { } text) return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= smallest
            && number <= largest) return number;
        throw new UsageException(string.Create(CultureInfo.InvariantCulture,
            $"--{name} is “{text}”; it must be a whole number from {smallest} to {largest}."));
    }

    /// <exception cref="UsageException">The option is no day.</exception>
    public DateOnly? Day(string name)
    {
        if (Text(name) is not { } text) return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
        throw new UsageException($"--{name} is “{text}”; it must be a day such as 2026-10-31.");
    }

    private int TakeOption(IReadOnlyList<string> words, int at)
    {
        var word = words[at];
        var sign = word.IndexOf('=', StringComparison.Ordinal);
        var name = sign < 0 ? word[2..] : word[2..sign];
        var isSetting = name.Contains(':', StringComparison.Ordinal) || name == HostDefaults.EnvironmentKey;
        if (isSetting) _settings.Add(word);
        else if (sign < 0 && _form.Flags.Contains(name))
            return _flags.Add(name) ? at : throw new UsageException($"--{name} is given twice.");
        else if (!_form.HasOption(name)) throw new UsageException($"{word} is not known here.");

        var value = sign < 0 ? (at + 1 < words.Count ? words[++at] : throw new UsageException($"{word} needs a value."))
            : word[(sign + 1)..];
        if (isSetting && sign < 0) _settings.Add(value);
        else if (!isSetting && !_values.TryAdd(name, value)) throw new UsageException($"--{name} is given twice.");
        return at;
    }
}
