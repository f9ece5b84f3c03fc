namespace CrmPortal.Components.Ui;

/// <summary>A short message, with what can be taken back by it.</summary>
public sealed record Toast(Guid Id, string Text, long? ChangeSetId, Func<Task>? AfterUndo)
{
    /// <summary>Takes back what no change set takes back, such as a step of an order; null where the change set does, or nothing can be
    /// undone.</summary>
    public Func<Task>? Undo { get; init; }

    public bool CanUndo => ChangeSetId is not null || Undo is not null;
}

/// <summary>The short messages of a circuit.</summary>
public sealed class Toasts
{
    private readonly List<Toast> _shown = [];

    public event Action? Changed;

    public IReadOnlyList<Toast> Shown => _shown;

    /// <summary>Shows a message that offers to take back what it says.</summary>
    /// <param name="undo">Does the opposite.</param>
    public void ShowStep(string text, Func<Task> undo)
    {
        if (_shown.Count > 2) _shown.RemoveAt(0);
        _shown.Add(new(Guid.NewGuid(), text, null, null) { Undo = undo });
        Changed?.Invoke();
    }

    /// <summary>Shows a message.</summary>
    /// <param name="changeSetId">Where set, the message offers to undo this.</param>
    /// <param name="afterUndo">What the page does when it was undone.</param>
    public void Show(string text, long? changeSetId = null, Func<Task>? afterUndo = null)
    {
        if (_shown.Count > 2) _shown.RemoveAt(0);
        _shown.Add(new(Guid.NewGuid(), text, changeSetId, afterUndo));
        Changed?.Invoke();
    }

    public void Remove(Guid id)
    {
        if (_shown.RemoveAll(t => t.Id == id) > 0) Changed?.Invoke();
    }
}
