using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.History;

/// <summary>
/// A kind of work so large that the records which it made are removed in masses when it is undone, such as an import. It is in the
/// folder of its feature and is found there.
/// </summary>
internal interface IMassUndo
{
    /// <summary>Of the change sets of such work.</summary>
    string Kind { get; }

    /// <summary>Whether undoing was begun and never came to its end, as when the program stopped.</summary>
    Task<bool> IsBrokenOffAsync(CrmDbContext db, long changeSetId, CancellationToken cancellationToken);

    /// <summary>Removes what the work created and nobody has touched since, in the running transaction, with an audit row each.</summary>
    /// <param name="undoId">The change set of the undoing.</param>
    /// <returns>How many records went, and the customers whose figures must be computed again.</returns>
    Task<(int Removed, IReadOnlyList<long> Customers)> RemoveCreatedAsync(CrmDbContext db, long changeSetId, long undoId,
        CancellationToken cancellationToken);

    /// <summary>Notes that all of it is undone. Only with the last of it, so that a job which starts again goes on.</summary>
    Task EndAsync(CrmDbContext db, long changeSetId);
}

internal static class MassUndo
{
    private static readonly IReadOnlyList<IMassUndo> All =
    [
        .. typeof(IMassUndo).Assembly.GetTypes().Where(t => t.IsClass && typeof(IMassUndo).IsAssignableFrom(t))
            .Select(t => (IMassUndo)Activator.CreateInstance(t)!),
    ];

    /// <summary>The kinds of change sets that are undone on a page of their own, and never by a keystroke.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. All.Select(u => u.Kind)];

    public static IMassUndo? Of(string kind) => All.FirstOrDefault(u => u.Kind == kind);
}
