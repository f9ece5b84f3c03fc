using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Waiting;

namespace CrmPortal.Core.Imports;

/// <summary>Files that wait for somebody to go on: to say what their columns are, to start the import, or to mend what failed.</summary>
internal sealed class WaitingImports : IWaitingWork
{
    public string Kind => "imports";

    public string Permission => Permissions.ImportsRun;

    public IQueryable<long> Subjects(CrmDbContext db, Grant grant) => db.Imports
        .Where(i => i.State == ImportState.Uploaded || i.State == ImportState.Checked).Select(i => i.Id);
}
