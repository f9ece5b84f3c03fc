using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.History;

/// <content>What is known of an undoing while it runs.</content>
public sealed partial class UndoService
{
    /// <summary>The state of one undoing over its batches.</summary>
    private sealed class UndoOperation(Grant grant, bool alsoChangedLater)
    {
        public Grant Grant { get; } = grant;

        public bool AlsoChangedLater { get; } = alsoChangedLater;

        public IMassUndo? Mass { get; set; }

        /// <summary>Whether it undoes a merge, or makes one again.</summary>
        public bool IsMerge { get; set; }

        /// <summary>Customers of the merge who are gone permanently.</summary>
        public HashSet<long> Missing { get; } = [];

        /// <summary>What removed rows of the batch depend on and what is not there any more.</summary>
        public HashSet<(string Type, long Id)> Gone { get; set; } = [];

        /// <summary>Rows that go in the end where nobody uses them.</summary>
        public HashSet<(string Type, long Id)> PutOff { get; } = [];

        public int Undone { get; set; }

        public List<FieldConflict> Kept { get; } = [];

        public long? ChangeSetId { get; set; }

        /// <summary>The row before which the next batch begins.</summary>
        public long Last { get; private set; } = long.MaxValue;

        public int BatchRows { get; private set; }

        public bool IsDone { get; private set; }

        public void Reached(List<AuditEntry> entries, bool isLast) =>
            (Last, BatchRows, IsDone) = (entries.Count > 0 ? entries[^1].Id : Last, entries.Count, isLast);

        /// <summary>Notes that a row stays as it is; answers that it was not taken back.</summary>
        public bool Keep(string entityType)
        {
            Kept.Add(new(entityType, null, null, null));
            return false;
        }

        public void Keep(string entityType, string field, object? before, object? current, object? after) =>
            Kept.Add(HistoryService.MaySee(entityType, field, Grant)
                ? new(field, before?.ToString(), current?.ToString(), after?.ToString()) : new(field, null, null, null));
    }
}
