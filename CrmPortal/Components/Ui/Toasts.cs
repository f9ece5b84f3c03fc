namespace CrmPortal.Components.Ui;

/// <summary>A short message, with what can be undone by it.</summary>
/// <param name="TakeBack">How what is no change set is undone, such as by an entry against another.</param>
public sealed record Toast(Guid Id, string Text, long? ChangeSetId, Func<Task>? AfterUndo, Func<Task>? TakeBack = null)
{
    public bool CanUndo => ChangeSetId is not null || TakeBack is not null;
}

/// <summary>The short messages of a circuit.</summary>
public sealed class Toasts
{
    private readonly List<Toast> _shown = [];

    public event Action? Changed;

    public IReadOnlyList<Toast> Shown => _shown;

    /// <summary>Shows a message.</summary>
    /// <param name="changeSetId">Where set, the message offers to undo this.</param>
    /// <param name="afterUndo">What the page does when it was undone.</param>
    public void Show(string text, long? changeSetId = null, Func<Task>? afterUndo = null)
    {
        if (_shown.Count > 2) _shown.RemoveAt(0);
        _shown.Add(new(Guid.NewGuid(), text, changeSetId, afterUndo));
        Changed?.Invoke();
    }

    /// <summary>Shows a message about something that is undone in a way of its own.</summary>
    /// <param name="takeBack">Throws <see cref="Core.Platform.Common.RuleViolationException"/> where it can no longer be.</param>
    public void Show(string text, Func<Task> takeBack)
    {
        if (_shown.Count > 2) _shown.RemoveAt(0);
        _shown.Add(new(Guid.NewGuid(), text, null, null, takeBack));
        Changed?.Invoke();
    }

    public void Remove(Guid id)
    {
        if (_shown.RemoveAll(t => t.Id == id) > 0) Changed?.Invoke();
    }
}
