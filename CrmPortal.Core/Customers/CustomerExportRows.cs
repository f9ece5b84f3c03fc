using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using CrmPortal.Core.Data;
using CrmPortal.Core.Filtering;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>
/// Reads the rows of an export by one query for each part of the list, in its order. What hangs on customers (tags, places) is
/// read for some thousand at a time, and only where it is asked for; while they are written, the next are read.
/// </summary>
internal sealed class CustomerExportRows(
    IDbContextFactory<CrmDbContext> dbFactory, Func<CrmDbContext, IReadOnlyList<IQueryable<CustomerMatch>>> list, IReadOnlyList<CustomerExportColumn> columns, bool maySeeSensitive)
{
    private const int ChunkSize = 2_000;

    public async IAsyncEnumerable<object?[]> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var reader = ThroughAsync(list(db), cancellationToken).GetAsyncEnumerator(cancellationToken);
        var next = NextAsync(reader, cancellationToken);
        try
        {
            for (var chunk = await next; chunk.Count > 0; chunk = await next)
            {
                next = NextAsync(reader, cancellationToken);
                foreach (var row in chunk) yield return row;
            }
        }
        finally
        {
            // The reader must not be closed while it reads; what it still finds or why it fails is of no interest here.
            await next.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async IAsyncEnumerable<object?[]> ThroughAsync(IReadOnlyList<IQueryable<CustomerMatch>> parts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var part in parts)
            await foreach (var row in part.Select(Projection()).AsAsyncEnumerable().WithCancellation(cancellationToken)) yield return row;
    }

    /// <summary>Reads on another thread, since an embedded database works on the one that asks.</summary>
    private Task<List<object?[]>> NextAsync(IAsyncEnumerator<object?[]> reader, CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            var chunk = new List<object?[]>(ChunkSize);
            while (chunk.Count < ChunkSize && await reader.MoveNextAsync()) chunk.Add(reader.Current);
            await CompleteAsync(chunk, cancellationToken);
            return chunk;
        },
        cancellationToken);

    /// <summary>The columns of the customer's own row, and his key behind them; null where a column comes from elsewhere or stays blank.</summary>
    private Expression<Func<CustomerMatch, object?[]>> Projection()
    {
        var match = Expression.Parameter(typeof(CustomerMatch), "m");
        var customer = Expression.Property(match, nameof(CustomerMatch.Customer));
        var values = columns.Select(Value).Append(c => c.Id).Select(v => v is null ? Expression.Constant(null) : v.Body.Replaced(v.Parameters[0], customer));
        return Expression.Lambda<Func<CustomerMatch, object?[]>>(Expression.NewArrayInit(typeof(object), values), match);
    }

    private Expression<Func<Customer, object?>>? Value(CustomerExportColumn column) =>
        maySeeSensitive ? column.Value : column.IsSensitive ? null : column.MaskedValue ?? column.Value;

    private async Task CompleteAsync(List<object?[]> chunk, CancellationToken cancellationToken)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (columns[i].Converted is not { } converted) continue;
            foreach (var row in chunk) row[i] = row[i] is { } value ? converted(value) : null;
        }

        if (chunk.Count == 0 || columns.All(c => c.Part == CustomerPart.Own)) return;
        var ids = chunk.ConvertAll(row => (long)row[^1]!);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var tags = columns.Any(c => c.Part == CustomerPart.Tags) ? await TagsAsync(db, ids, cancellationToken) : [];
        var places = columns.Any(c => c.Part is CustomerPart.City or CustomerPart.Country) ? await PlacesAsync(db, ids, cancellationToken) : [];
        for (var i = 0; i < columns.Count; i++)
        {
            if (columns[i].Part == CustomerPart.Own) continue;
            for (var k = 0; k < chunk.Count; k++)
            {
                chunk[k][i] = columns[i].Part switch
                {
                    CustomerPart.Tags => tags.GetValueOrDefault(ids[k])?.ConvertAll(t => t.Name),
                    CustomerPart.City => places.GetValueOrDefault(ids[k])?.City,
                    _ => places.GetValueOrDefault(ids[k])?.Country ?? chunk[k][i],
                };
            }
        }
    }

    // The keys go as one value, since some thousand are slow to read one by one. And both are put in order here: asked for an
    // order, a database may walk through the whole table along it.
    private static async Task<Dictionary<long, List<(long Id, string Name)>>> TagsAsync(CrmDbContext db, List<long> ids, CancellationToken cancellationToken)
    {
        var tags = new Dictionary<long, List<(long Id, string Name)>>();
        var found = db.CustomerTags.Where(t => EF.Parameter(ids).Contains(t.CustomerId)).Select(t => new { t.Id, t.CustomerId, t.Tag!.Name });
        await foreach (var tag in found.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (!tags.TryGetValue(tag.CustomerId, out var names)) tags[tag.CustomerId] = names = [];
            names.Add((tag.Id, tag.Name));
        }

        foreach (var names in tags.Values) names.Sort((left, right) => left.Id.CompareTo(right.Id));
        return tags;
    }

    /// <summary>Of several addresses the default one counts, as in the list.</summary>
    private static async Task<Dictionary<long, Place>> PlacesAsync(CrmDbContext db, List<long> ids, CancellationToken cancellationToken)
    {
        var places = new Dictionary<long, Place>(ids.Count);
        var found = db.Addresses.Where(a => EF.Parameter(ids).Contains(a.CustomerId)).Select(a => new { a.CustomerId, Place = new Place(a.Id, a.IsDefault, a.City, a.Country) });
        await foreach (var address in found.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (!places.TryGetValue(address.CustomerId, out var other) || address.Place.IsBefore(other)) places[address.CustomerId] = address.Place;
        }

        return places;
    }

    private sealed record Place(long Id, bool IsDefault, string City, string Country)
    {
        public bool IsBefore(Place other) => IsDefault == other.IsDefault ? Id < other.Id : IsDefault;
    }
}
