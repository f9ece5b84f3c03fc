using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.Platform.Audit;

/// <summary>
/// What a feature does to its rows when they are saved. It is in the folder of the feature and is found there.
/// </summary>
internal interface ISaveStep
{
    /// <summary>Completes what is derived from the rows about to be saved, and marks others that must change with them.</summary>
    /// <param name="environment">Who saves, and what time it is.</param>
    Task DeriveAsync(CrmDbContext db, SaveEnvironment environment, CancellationToken cancellationToken);

    /// <summary>Saves rows that change alike by one statement, in a save of many; they count as unchanged afterwards.</summary>
    /// <returns>How many rows were saved.</returns>
    Task<int> SaveInMassesAsync(CrmDbContext db, CancellationToken cancellationToken);
}

internal static class SaveSteps
{
    public static IReadOnlyList<ISaveStep> All { get; } =
    [
        .. typeof(ISaveStep).Assembly.GetTypes().Where(t => t.IsClass && typeof(ISaveStep).IsAssignableFrom(t))
            .OrderBy(t => t.FullName, StringComparer.Ordinal).Select(t => (ISaveStep)Activator.CreateInstance(t)!),
    ];
}
