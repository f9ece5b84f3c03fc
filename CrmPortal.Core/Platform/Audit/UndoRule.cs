using System.Text.Json;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace CrmPortal.Core.Platform.Audit;

/// <summary>What becomes of one change while its change set is taken back.</summary>
internal enum UndoOutcome
{
    /// <summary>The usual way is right: a new row goes, a removed one comes again, fields get their old values.</summary>
    Usual,

    /// <summary>The change was taken back.</summary>
    TakenBack,

    /// <summary>There is nothing to take back.</summary>
    LeftAlone,

    /// <summary>The row stays as it is, which whoever undoes is told.</summary>
    Kept,

    /// <summary>The row is removed at the end if nothing uses it then.</summary>
    PutOff,
}

/// <summary>One change that is to be taken back.</summary>
/// <param name="Row">The row as it is now; null where it is not there.</param>
/// <param name="Grant">Of whoever undoes.</param>
internal sealed record UndoStep(CrmDbContext Db, AuditEntry Entry, object? Row, Grant Grant, DateTimeOffset Now);

/// <summary>
/// What is particular about taking back changes of one kind of rows. It stands in the folder of its feature and is found there; a kind
/// without a rule is taken back in the usual way.
/// </summary>
internal interface IUndoRule
{
    /// <summary>The kind of rows.</summary>
    Type Entity { get; }

    /// <summary>Takes a change back in the way of its kind, or says that it stays.</summary>
    Task<UndoOutcome> TakeBackAsync(UndoStep step, CancellationToken cancellationToken);

    /// <summary>Which fields keep their present value, by their name and the old value; null where all may get the old one.</summary>
    /// <param name="row">The row before its first field gets its old value.</param>
    /// <param name="values">The fields that the change set holds of it.</param>
    Func<string, object?, bool>? Guard(object row, JsonElement values, Grant grant);

    /// <summary>Adjusts the rest of a row after fields got their old values.</summary>
    void Follow(EntityEntry row, IReadOnlySet<string> reverted);

    /// <summary>Whether somebody made another row since in the place of one that would come again.</summary>
    bool IsReplaced(CrmDbContext db, object row);

    /// <summary>Removes those of the rows that were put off which nobody uses; the caller saves.</summary>
    Task RemoveUnusedAsync(CrmDbContext db, IReadOnlyList<long> ids, CancellationToken cancellationToken);
}

/// <summary>A rule that differs from the usual way only in what it says.</summary>
internal abstract class UndoRule<T> : IUndoRule
    where T : class
{
    public Type Entity => typeof(T);

    public virtual Task<UndoOutcome> TakeBackAsync(UndoStep step, CancellationToken cancellationToken) =>
        Task.FromResult(TakeBack(step, step.Row as T));

    public virtual Func<string, object?, bool>? Guard(object row, JsonElement values, Grant grant) => null;

    public virtual void Follow(EntityEntry row, IReadOnlySet<string> reverted)
    {
    }

    public virtual bool IsReplaced(CrmDbContext db, object row) => false;

    public virtual Task RemoveUnusedAsync(CrmDbContext db, IReadOnlyList<long> ids, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    protected virtual UndoOutcome TakeBack(UndoStep step, T? row) => UndoOutcome.Usual;

    /// <summary>Takes the mark of a verification away that was of the newer value, unless the change set says when it was.</summary>
    protected static void Unverify(EntityEntry row, IReadOnlySet<string> reverted, string[] fields, params string[] marks)
    {
        if (!reverted.Overlaps(fields)) return;
        foreach (var mark in marks.Where(m => !reverted.Contains(m))) row.Property(mark).CurrentValue = null;
    }
}

/// <summary>All rules, found in the folders of their features.</summary>
internal static class UndoRules
{
    private static readonly Dictionary<string, IUndoRule> ByName = typeof(IUndoRule).Assembly.GetTypes()
        .Where(t => t is { IsClass: true, IsAbstract: false } && typeof(IUndoRule).IsAssignableFrom(t))
        .Select(t => (IUndoRule)Activator.CreateInstance(t)!).ToDictionary(r => AuditNames.Of(r.Entity));

    /// <summary>The rule of a kind by its name in the audit, or null where it has none.</summary>
    public static IUndoRule? Find(string auditName) => ByName.GetValueOrDefault(auditName);
}
