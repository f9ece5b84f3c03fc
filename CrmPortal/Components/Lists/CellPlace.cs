namespace CrmPortal.Components.Lists;

/// <summary>A cell of a list, by the key of its line and the name of its column.</summary>
public sealed record CellPlace(long Id, string Column);
