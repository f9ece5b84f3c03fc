namespace CrmPortal.Components.Lists;

/// <summary>The lines of a list that are ticked: chosen ones, or all that the list finds.</summary>
public sealed class RowSelection
{
    private readonly HashSet<long> _ids = [];

    /// <summary>Whether all are meant that the list finds, also those of other pages.</summary>
    public bool IsAll { get; private set; }

    public IReadOnlyCollection<long> Ids => _ids;

    public bool IsEmpty => _ids.Count == 0 && !IsAll;

    public bool Has(long id) => IsAll || _ids.Contains(id);

    /// <summary>Whether every line of a page is ticked.</summary>
    public bool HasPage(IEnumerable<long>? page) => page is not null && page.Any() && page.All(Has);

    public void SelectAll() => IsAll = true;

    /// <summary>Ticks a line, or takes its tick away; of all that were meant, those of the page stay.</summary>
    public void Set(long id, bool isSelected, IEnumerable<long> page)
    {
        if (IsAll)
        {
            IsAll = false;
            _ids.UnionWith(page);
        }

        if (isSelected) _ids.Add(id);
        else _ids.Remove(id);
    }

    public void Clear()
    {
        _ids.Clear();
        IsAll = false;
    }
}
