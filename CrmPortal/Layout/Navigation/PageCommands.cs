namespace CrmPortal.Layout;

/// <summary>Something that the command palette can do.</summary>
public sealed record PageCommand(string Icon, string Label, Func<Task> Run)
{
    /// <summary>What else it is found by.</summary>
    public string Words { get; init; } = "";

    /// <summary>What tells it from others of the same name.</summary>
    public string? Hint { get; init; }
}

/// <summary>What the page that is open adds to the command palette.</summary>
public sealed class PageCommands
{
    public IReadOnlyList<PageCommand> Current { get; private set; } = [];

    public void Set(params IReadOnlyList<PageCommand> commands) => Current = commands;
}
