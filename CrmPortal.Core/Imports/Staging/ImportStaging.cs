using System.Runtime.CompilerServices;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Imports;

/// <summary>
/// Which staged rows are read, and in which order: those that name customers or all in the file's order, or group by group.
/// </summary>
internal enum RowOrder { Customers, Groups }

/// <summary>Checks the rows of a file one by one and stages them, in batches that let others save in between.</summary>
internal sealed class ImportStaging(IDatabaseProvider provider, ShopOptions shop, TimeProvider clock)
{
    private const int BatchSize = 5_000;
    private const int ReadAtOnce = 2_000;
    private const int ClearedAtOnce = 20_000;
    private const int RejectedAtOnce = 500;

    /// <summary>Stages every row again; what an earlier check staged goes first.</summary>
    /// <param name="ownFields">The fields that the shop added and that the plan may name.</param>
    /// <param name="rejections">Counts why rows are rejected.</param>
    /// <returns>What the rows of each order say together; nothing of customers.</returns>
    public async Task<OrderChecks> StageAsync(Import import, ImportPlan plan, IReadOnlyCollection<CustomField> ownFields,
        ImportTally rejections, IProgress<int> progress, CancellationToken cancellationToken)
    {
        await ClearAsync(import.Id, onlyGood: false, cancellationToken);
        var format = ImportJson.Read<FileFormat>(import.Format);
        var profile = ImportJson.Read<FileProfile>(import.Profile);
        var cells = new RowReader(plan, profile);
        var today = shop.Zone.DayOf(clock.GetUtcNow());
        var customers = new CustomerRowReader(plan, new(plan, ownFields), cells, profile, shop, today);
        var orders = new OrderRowReader(plan, cells, customers, shop, clock.GetUtcNow());
        var checks = new OrderChecks(plan, shop);
        StagedOrderLine? previous = null;
        var staged = 0;
        // While one batch is written, the next one is read and checked.
        await foreach (var batch in Prefetch.Of(ReadBatchesAsync, cancellationToken))
        {
            await using var db = provider.CreateContext(null);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            await provider.BulkWriteAsync(db, batch, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            progress.Report(staged += batch.Count);
        }

        return checks;

        async IAsyncEnumerable<List<ImportRow>> ReadBatchesAsync([EnumeratorCancellation] CancellationToken stopping)
        {
            var batch = new List<ImportRow>(BatchSize);
            var isHeader = format.HasHeader;
            var foot = new List<CsvRow>();
            await using var reading = provider.CreateContext(null);
            await using var file = ImportFileStore.Open(reading, import.Id);
            await foreach (var row in CsvRows.ReadAsync(file, format, stopping))
            {
                if (row.IsBlank) continue;
                if (isHeader)
                {
                    isHeader = false;
                    continue;
                }

                // Lines below the table are known as such only once no row follows them.
                if (FootLine.Is(row, profile.Columns.Count))
                {
                    foot.Add(row);
                    continue;
                }

                foreach (var held in foot) batch.Add(Read(held));
                foot.Clear();
                batch.Add(Read(row));
                if (batch.Count < BatchSize) continue;
                yield return batch;
                batch = new(BatchSize);
            }

            checks.FootLines = foot.Count;
            if (batch.Count > 0) yield return batch;
        }

        ImportRow Read(CsvRow row)
        {
            cells.Begin(row);
            var (key, data, namesCustomer) = import.Kind == ImportKind.Customers ? ReadCustomer() : ReadOrderLine(row.Number);
            if (cells.Fault is { } fault) rejections.Add(fault.Message, [.. fault.Arguments.Select(Text)]);
            return new()
            {
                ImportId = import.Id, RowNumber = row.Number, NamesCustomer = namesCustomer, GroupKey = cells.Fault is null ? key : null,
                    Data = cells.Fault is null ? data : null,
                Reason = cells.Fault?.Message, ReasonArguments = cells.Fault is { Arguments.Length: > 0 } wrong
                    ? ImportJson.Write(wrong.Arguments.Select(Text)) : null,
            };
        }

        (string?, string?, bool) ReadCustomer()
        {
            var customer = customers.Read();
            if (cells.Fault is null && !customer.HasName && customer.Number is null)
                cells.Reject("The row does not identify a customer: it has no name, e-mail, phone or external id.");
            return (customer.KeyOf(plan.Match), cells.Fault is null ? ImportJson.Write(customer) : null, true);
        }

        (string?, string?, bool) ReadOrderLine(int rowNumber)
        {
            if (orders.Read() is not { } line)
            {
                if (orders.Order is { } refused) checks.Refuse(refused, rowNumber);
                return (null, null, false);
            }

            checks.Add(line, orders.IsNegative, rowNumber);
            // The customer is in the first of the lines that follow each other and name the same; the others need not repeat them.
            var isRepeated = previous is not null && previous.Order == line.Order && ReferenceEquals(previous.Customer, line.Customer);
            previous = line;
            return (line.Order, ImportJson.Write(isRepeated ? line with { Customer = null } : line), line.Customer is not null
                && !isRepeated);
        }
    }

    /// <summary>The good rows; while some are worked on, the next ones are read.</summary>
    public async IAsyncEnumerable<(int RowNumber, string? GroupKey, T Value)> ReadAsync<T>(long importId, RowOrder order,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var chunk in Prefetch.Of(stopping => ReadChunksAsync<T>(importId, order, stopping), cancellationToken))
            foreach (var row in chunk) yield return row;
    }

    private async IAsyncEnumerable<List<(int RowNumber, string? GroupKey, T Value)>> ReadChunksAsync<T>(long importId, RowOrder order,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A connection of its own: the rows are committed, and the other one writes meanwhile.
        await using var db = provider.CreateContext(null);
        db.Database.SetCommandTimeout(ImportRunner.Patience);
        var rows = db.ImportRows.AsNoTracking().Where(r => r.ImportId == importId && r.Reason == null);
        if (order == RowOrder.Customers) rows = rows.Where(r => r.NamesCustomer);
        rows = order == RowOrder.Groups ? rows.OrderBy(r => r.GroupKey).ThenBy(r => r.RowNumber) : rows.OrderBy(r => r.RowNumber);
        var chunk = new List<(int, string?, T)>(ReadAtOnce);
        await foreach (var row in rows.Select(r => new { r.RowNumber, r.GroupKey, r.Data }).AsAsyncEnumerable()
            .WithCancellation(cancellationToken))
        {
            chunk.Add((row.RowNumber, row.GroupKey, ImportJson.Read<T>(row.Data!)));
            if (chunk.Count < ReadAtOnce) continue;
            yield return chunk;
            chunk = new(ReadAtOnce);
        }

        if (chunk.Count > 0) yield return chunk;
    }

    /// <summary>The good rows of orders that cannot be imported, each with the reason.</summary>
    public async Task<List<RejectedRow>> RowsOfAsync(long importId, Dictionary<string, FieldError> faults,
        CancellationToken cancellationToken)
    {
        var found = new List<RejectedRow>();
        if (faults.Count == 0) return found;
        await using var db = provider.CreateContext(null);
        db.Database.SetCommandTimeout(ImportRunner.Patience);
        var rows = db.ImportRows.AsNoTracking().Where(r => r.ImportId == importId && r.Reason == null).OrderBy(r => r.RowNumber)
            .Select(r => new { r.RowNumber, r.GroupKey });
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(cancellationToken))
            if (row.GroupKey is { } order && faults.TryGetValue(order, out var fault)) found
                .Add(new(row.RowNumber, fault.Message, [.. fault.Arguments.Select(Text)]));
        return found;
    }

    /// <summary>Marks rows as rejected that only the comparison with others showed to be wrong.</summary>
    public async Task RejectAsync(long importId, IReadOnlyList<RejectedRow> rejected, CancellationToken cancellationToken)
    {
        if (rejected.Count == 0) return;
        await using var db = provider.CreateContext(null);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        foreach (var same in rejected.GroupBy(r => (r.Reason, Arguments: ImportJson.Write(r.Arguments))))
        {
            foreach (var chunk in same.Select(r => r.RowNumber).Chunk(RejectedAtOnce))
            {
                var numbers = chunk.ToList();
                await db.ImportRows.Where(r => r.ImportId == importId && numbers.Contains(r.RowNumber))
                    .ExecuteUpdateAsync(r => r.SetProperty(x => x.Reason, same.Key.Reason)
                        .SetProperty(x => x.ReasonArguments, same.Key.Arguments), cancellationToken);
            }
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Removes staged rows; the rejected ones are kept for their reasons where <paramref name="onlyGood"/> is set.</summary>
    public async Task ClearAsync(long importId, bool onlyGood, CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        var last = await db.ImportRows.Where(r => r.ImportId == importId).MaxAsync(r => (int?)r.RowNumber, cancellationToken) ?? 0;
        for (var first = 1; first <= last; first += ClearedAtOnce)
        {
            var end = first + ClearedAtOnce;
            await db.ImportRows.Where(r => r.ImportId == importId && r.RowNumber >= first && r.RowNumber < end
                && (!onlyGood || r.Reason == null)).ExecuteDeleteAsync(cancellationToken);
        }
    }

    internal static string Text(object? value) => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "";
}
