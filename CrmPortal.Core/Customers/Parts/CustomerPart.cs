using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>
/// What one kind of rows that name customers contributes to the work on whole customers. It is in the folder of its feature and
/// is found there; a test fails for an entity that names a customer and has no part.
/// </summary>
internal interface ICustomerPart
{
    /// <summary>The kind of rows.</summary>
    Type Entity { get; }

    /// <summary>The place among the other kinds where all of them are listed.</summary>
    int Position { get; }

    /// <summary>Whether a customer as at a past day is shown with these rows.</summary>
    bool IsShownAsAt { get; }

    /// <summary>
    /// Whether the program computes the rows from others and would make them again: a customer who has nothing else is one whom nobody has
    /// used yet.
    /// </summary>
    bool IsComputed { get; }

    /// <summary>Why rows stay when their customer is removed permanently; null where they go.</summary>
    string? KeptBecause { get; }

    /// <summary>Removes the rows of customers who are removed permanently, or takes the person out of them.</summary>
    Task PurgeAsync(CustomerPurge purge, CancellationToken cancellationToken);

    /// <summary>Refuses a merge that would move more rows than one transaction should.</summary>
    /// <exception cref="RuleViolationException">There are too many.</exception>
    Task DemandRoomAsync(MergeMover merge, CancellationToken cancellationToken);

    /// <summary>Gives the rows of merged customers to the one who stays.</summary>
    Task MergeAsync(MergeMover merge, CancellationToken cancellationToken);

    /// <summary>Computes again what is kept beside the rows, once the rows of all kinds have moved.</summary>
    Task SettleAsync(MergeSettlement merge, CancellationToken cancellationToken);

    /// <summary>The customer's present rows that are audited.</summary>
    Task<IReadOnlyList<IAudited>> RowsAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken);

    /// <summary>What people call the rows of a history, such as a tag's name or an order's number, by the rows' keys.</summary>
    Task<IReadOnlyDictionary<long, string>> TitlesAsync(CrmDbContext db, IReadOnlyList<AuditEntry> rows,
        CancellationToken cancellationToken);
}

/// <summary>The usual part: rows with a key of their customer, which go with the customer.</summary>
internal abstract class CustomerPart<T> : ICustomerPart
    where T : class
{
    private static readonly IReadOnlyDictionary<long, string> NoTitles = new Dictionary<long, string>();

    public Type Entity => typeof(T);

    public abstract int Position { get; }

    public virtual bool IsShownAsAt => false;

    public virtual bool IsComputed => false;

    public virtual string? KeptBecause => null;

    public virtual Task PurgeAsync(CustomerPurge purge, CancellationToken cancellationToken) =>
        purge.Db.Set<T>().Where(r => purge.Ids.Contains(EF.Property<long>(r, "CustomerId"))).ExecuteDeleteAsync(cancellationToken);

    public virtual Task DemandRoomAsync(MergeMover merge, CancellationToken cancellationToken) => Task.CompletedTask;

    public virtual Task MergeAsync(MergeMover merge, CancellationToken cancellationToken) => Task.CompletedTask;

    public virtual Task SettleAsync(MergeSettlement merge, CancellationToken cancellationToken) => Task.CompletedTask;

    public virtual async Task<IReadOnlyList<IAudited>> RowsAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken) =>
        typeof(IAudited).IsAssignableFrom(typeof(T))
            ? [.. (await db.Set<T>().Where(r => EF.Property<long>(r, "CustomerId") == customerId).ToListAsync(cancellationToken))
                .Cast<IAudited>()]
            : [];

    public virtual Task<IReadOnlyDictionary<long, string>> TitlesAsync(
        CrmDbContext db, IReadOnlyList<AuditEntry> rows, CancellationToken cancellationToken) =>
        Task.FromResult(NoTitles);
}

/// <summary>All parts, found in the folders of their features.</summary>
internal static class CustomerParts
{
    public static IReadOnlyList<ICustomerPart> All { get; } =
    [
        .. typeof(ICustomerPart).Assembly.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false }
            && typeof(ICustomerPart).IsAssignableFrom(t))
            .Select(t => (ICustomerPart)Activator.CreateInstance(t)!).OrderBy(p => p.Position)
                .ThenBy(p => p.Entity.Name, StringComparer.Ordinal),
    ];

    private static readonly Dictionary<string, ICustomerPart> ByName = All.ToDictionary(p => AuditNames.Of(p.Entity));

    /// <summary>The part of a kind by its name in the audit, or null where it has none.</summary>
    public static ICustomerPart? Find(string auditName) => ByName.GetValueOrDefault(auditName);
}
