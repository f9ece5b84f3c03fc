using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Metadata;

namespace CrmPortal.Core.Platform.Data;

/// <summary>
/// Queries that are translated once and not looked up by their shape with each use. A compiled query stays with the model that it was
/// first used with, so there is a set of them for each.
/// </summary>
internal sealed class CompiledQueries<T>(Func<T> compile)
    where T : class
{
    private readonly ConditionalWeakTable<IModel, T> _queries = [];

    public T For(CrmDbContext db) => _queries.GetValue(db.Model, _ => compile());
}
