using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.Demo;

/// <summary>Writes rows in masses, in the running transaction and past the change tracker.</summary>
internal sealed class DemoWriter(CrmDbContext db, IDatabaseProvider provider, CancellationToken cancellationToken)
{
    public async Task<Queue<long>> KeysAsync<T>(int count)
        where T : class => count == 0 ? [] : new(await provider.ReserveKeysAsync<T>(db, count, cancellationToken));

    public Task WriteAsync<T>(IReadOnlyCollection<T> rows)
        where T : class => provider.BulkWriteAsync(db, rows, cancellationToken);

    /// <summary>Makes a row of each source, in their order, with a key of its own, and writes them.</summary>
    public async Task<List<T>> MakeAsync<TSource, T>(IReadOnlyCollection<TSource> sources, Func<TSource, long, T> make)
        where T : class
    {
        var keys = await KeysAsync<T>(sources.Count);
        var made = sources.Select(source => make(source, keys.Dequeue())).ToList();
        await WriteAsync<T>(made);
        return made;
    }

    /// <summary>The same of rows that are made once their key is known.</summary>
    public Task<List<T>> MakeAsync<T>(IReadOnlyCollection<Func<long, T>> rows)
        where T : class => MakeAsync(rows, (make, id) => make(id));
}
