using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Core.Platform.Filtering;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>
/// Reads the rows of an export by one query for each part of the list, in its order. What belongs to customers (tags, places) is
/// read for some thousand at a time, and only where it is asked for. The steps work side by side: while some rows are written,
/// the next are completed, and those after them are read.
/// </summary>
internal sealed class CustomerExportRows(
    IDbContextFactory<CrmDbContext> dbFactory, Func<CrmDbContext, IReadOnlyList<IQueryable<CustomerMatch>>> list,
        IReadOnlyList<CustomerExportColumn> columns, CustomFieldWriter customFields, bool maySeeSensitive)
{
    private const int ChunkSize = 500;

    public async IAsyncEnumerable<object?[]> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var chunk in Prefetch.Of(token => CompleteAsync(Prefetch.Of(ReadChunksAsync, token), token), cancellationToken))
        {
            foreach (var row in chunk) yield return row;
        }
    }

    private async IAsyncEnumerable<List<object?[]>> ReadChunksAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var chunk = new List<object?[]>(ChunkSize);
        foreach (var part in list(db))
        {
            await foreach (var row in part.Select(Projection()).AsAsyncEnumerable().WithCancellation(cancellationToken))
            {
                chunk.Add(row);
                if (chunk.Count < ChunkSize) continue;
                yield return chunk;
                chunk = new(ChunkSize);
            }
        }

        if (chunk.Count > 0) yield return chunk;
    }

    private async IAsyncEnumerable<List<object?[]>> CompleteAsync(IAsyncEnumerable<List<object?[]>> chunks,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var parts = new CustomerExportParts(await dbFactory.CreateDbContextAsync(cancellationToken), customFields);
        await foreach (var chunk in chunks.WithCancellation(cancellationToken))
        {
            await CompleteAsync(chunk, parts, cancellationToken);
            yield return chunk;
        }
    }

    /// <summary>
    /// The columns of the customer's own row, and their key behind them; null where a column comes from elsewhere or stays blank.
    /// </summary>
    private Expression<Func<CustomerMatch, object?[]>> Projection()
    {
        var match = Expression.Parameter(typeof(CustomerMatch), "m");
        var customer = Expression.Property(match, nameof(CustomerMatch.Customer));
        var values = columns.Select(Value).Append(c => c.Id)
            .Select(v => v is null ? Expression.Constant(null) : v.Body.Replaced(v.Parameters[0], customer));
        return Expression.Lambda<Func<CustomerMatch, object?[]>>(Expression.NewArrayInit(typeof(object), values), match);
    }

    private Expression<Func<Customer, object?>>? Value(CustomerExportColumn column) =>
        maySeeSensitive ? column.Value : column.IsSensitive ? null : column.MaskedValue ?? column.Value;

    private async Task CompleteAsync(List<object?[]> chunk, CustomerExportParts parts, CancellationToken cancellationToken)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (columns[i].Converted is not { } converted) continue;
            foreach (var row in chunk) row[i] = row[i] is { } value ? converted(value) : null;
        }

        if (columns.All(c => c.Part == CustomerPart.Own)) return;
        var ids = chunk.ConvertAll(row => (long)row[^1]!);
        var tags = columns.Any(c => c.Part == CustomerPart.Tags) ? await parts.TagsAsync(ids, cancellationToken) : [];
        var places = columns.Any(c => c.Part is CustomerPart.City or CustomerPart.Country)
            ? await parts.PlacesAsync(ids, cancellationToken) : [];
        var notes = columns.Any(c => c.Part == CustomerPart.Note) ? await parts.NotesAsync(ids, cancellationToken) : [];
        var added = columns.Select(c => c.Field).OfType<CustomField>().ToList();
        var values = added.Count > 0 ? await parts.AddedFieldsAsync(ids, added, cancellationToken) : [];
        for (var i = 0; i < columns.Count; i++)
        {
            if (columns[i].Part == CustomerPart.Own) continue;
            for (var k = 0; k < chunk.Count; k++)
            {
                chunk[k][i] = columns[i].Part switch
                {
                    CustomerPart.Tags => tags.GetValueOrDefault(ids[k]),
                    CustomerPart.Note => notes.GetValueOrDefault(ids[k]),
                    CustomerPart.AddedField => values.GetValueOrDefault((ids[k], columns[i].Field!.Id)),
                    CustomerPart.City => places.GetValueOrDefault(ids[k])?.City,
                    _ => places.GetValueOrDefault(ids[k])?.Country,
                } ?? columns[i].Otherwise;
            }
        }
    }
}
