using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Imports;

/// <summary>
/// The two long steps of an import. A check reads the file, stages its rows and counts what publishing them would do; a
/// publication writes the staged rows in one transaction, so that the import is there completely or not at all.
/// </summary>
public sealed class ImportRunner(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    CustomFieldWriter customFields, TimeProvider clock, IOptions<ShopOptions> shop)
{
    internal const string Checking = "Step 1: checking the rows";
    internal const string ComparingCustomers = "Step 2: comparing customers with existing ones";
    internal const string ComparingOrders = "Step 3: comparing orders with existing ones";
    internal const string WritingCustomers = "Step 1: writing customers";
    internal const string WritingOrders = "Step 2: writing orders";
    internal const string Finishing = "Last step: computing the customers' figures";
    private const int RepeatedAtOnce = 500;

    /// <summary>How long one statement over all rows may take.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    private readonly ImportStaging _staging = new(provider, shop.Value, clock);

    /// <summary>Stages the rows and counts; may be begun again at any time.</summary>
    /// <exception cref="RuleViolationException">The file or the plan cannot be used.</exception>
    public async Task CheckAsync(long importId, IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.Database.SetCommandTimeout(Patience);
        var import = await db.Imports.AsNoTracking().FirstOrDefaultAsync(i => i.Id == importId, cancellationToken) ?? throw Gone();
        if (import.State is ImportState.Published or ImportState.Publishing or ImportState.Undone) return;
        var plan = ImportJson.Read<ImportPlan>(import.Plan);
        var total = ImportJson.Read<FileProfile>(import.Profile).Rows;
        var rejections = new ImportTally();
        var ownFields = new OwnFields(customFields, await db.CustomFields.OfferedTo(grant).ToListAsync(cancellationToken));
        var checks = await _staging.StageAsync(import, plan, ownFields.Fields, rejections, new Stage<int>(progress, Checking, total),
            cancellationToken);
        var doubled = import.Kind == ImportKind.Orders ? await _staging.RowsOfAsync(importId, checks.Faults(), cancellationToken)
            : await DoubledAsync(db, import, cancellationToken);
        await _staging.RejectAsync(importId, doubled, cancellationToken);
        foreach (var row in doubled) rejections.Add(row.Reason, row.Arguments);

        var run = await RunAsync(db, grant, import, plan, ownFields, null, progress, cancellationToken);
        run.Result.RefundSign = checks.Sign;
        if (checks.FootLines > 0) run.Notices.Add("{0} lines below the table are not rows; they are skipped.",
            ImportStaging.Text(checks.FootLines));
        await FinishAsync(importId, run, rejections, cancellationToken);
        var result = ImportJson.Write(run.Result);
        await db.Imports.Where(i => i.Id == importId)
            .ExecuteUpdateAsync(i => i.SetProperty(x => x.Result, result).SetProperty(x => x.State, ImportState.Checked)
            .SetProperty(x => x.Fault, (string?)null), cancellationToken);
    }

    /// <summary>Writes the staged rows in one transaction; does nothing if that has already happened.</summary>
    /// <exception cref="RuleViolationException">There is nothing checked to publish.</exception>
    public async Task PublishAsync(long importId, IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        IReadOnlyList<RejectedRow> lateRejects;
        await using (var db = await dbFactory.CreateDbContextAsync(cancellationToken))
        {
            db.Database.SetCommandTimeout(Patience);
            await db.Database.OpenConnectionAsync(cancellationToken);
            await provider.PrepareForBulkWriteAsync(db, cancellationToken);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            // Taken as the first write, so that of two publications at once one waits and then finds the work done.
            var taken = await db.Imports.Where(i => i.Id == importId && i.State == ImportState.Publishing)
                .ExecuteUpdateAsync(i => i.SetProperty(x => x.State, ImportState.Published), cancellationToken);
            if (taken == 0)
            {
                var state = await db.Imports.Where(i => i.Id == importId).Select(i => (ImportState?)i.State)
                    .FirstOrDefaultAsync(cancellationToken);
                if (state is ImportState.Published or ImportState.Undone) return;
                throw state is null ? Gone() : new RuleViolationException("", "The import has not been checked yet.");
            }

            var import = await db.Imports.AsNoTracking().SingleAsync(i => i.Id == importId, cancellationToken);
            var before = ImportJson.Read<ImportResult>(import.Result!);
            db.BeginChangeSet(ImportUndo.Kind, Permissions.ImportsRun);
            await db.StartChangeSetAsync(cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            var writer = new ImportWriter(db, provider, db.LastChangeSetId!.Value);
            db.ChangeTracker.Clear();
            var ownFields = new OwnFields(customFields, await db.CustomFields.OfferedTo(grant).ToListAsync(cancellationToken));
            var run = await RunAsync(db, grant, import, ImportJson.Read<ImportPlan>(import.Plan), ownFields, writer, progress,
                cancellationToken);

            progress.Report(new(Finishing, 0, 0));
            await FollowRefundsAsync(db, writer, cancellationToken);
            await RefundLinks.SetAsync(db, writer.ChangeSetId, cancellationToken);
            await OrderStatistics.RefreshAsync(db, run.Touched, cancellationToken);
            db.ContinueChangeSet(writer.ChangeSetId);
            await new OrderPoints(db, provider, grant.Actor, shop.Value, clock.GetUtcNow())
                .SettleImportedAsync(writer.ChangeSetId, cancellationToken);
            run.Result.Rows = before.Rows;
            run.Result.RefundSign = before.RefundSign;
            run.Result.Rejected = before.Rejected + run.Rejected.Count;
            run.Result.Rejections.AddRange(before.Rejections);
            run.Result.Rejections.AddRange(run.Rejected.Select(r => new ImportNotice(r.Reason, r.Arguments)));
            run.Result.Notices.AddRange(run.Notices.ToList());
            run.Result.Brought.AddRange(run.Brought.ToList());
            var now = clock.GetUtcNow();
            var result = ImportJson.Write(run.Result);
            await db.Imports.Where(i => i.Id == importId)
                .ExecuteUpdateAsync(i => i.SetProperty(x => x.Result, result).SetProperty(x => x.PublishedAt, now)
                .SetProperty(x => x.ChangeSetId, writer.ChangeSetId), cancellationToken);
            db.OutboxEvents
                .Add(new OutboxEvent { Topic = "customer.imported", SubjectId = 0, Payload = "{\"Fields\":[],\"ActorName\":\"\"}",
                ChangeSetId = writer.ChangeSetId, CreatedAt = now });
            await writer.SaveAndForgetAsync(cancellationToken);
            await transaction.CommitAsync(CancellationToken.None);
            lateRejects = run.Rejected;
        }

        await _staging.RejectAsync(importId, lateRejects, CancellationToken.None);
        // What is published needs its staged rows no more; those that were rejected can still be downloaded.
        await _staging.ClearAsync(importId, onlyGood: true, CancellationToken.None);
    }

    private async Task<Run> RunAsync(CrmDbContext db, Grant grant, Import import, ImportPlan plan, OwnFields ownFields,
        ImportWriter? writer, IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        var run = new Run();
        var good = await db.ImportRows.CountAsync(r => r.ImportId == import.Id && r.Reason == null, cancellationToken);
        var more = new BroughtAlong(db, provider, import, grant.Actor, shop.Value, run.Brought, writer, clock.GetUtcNow());
        var customers = new CustomerImporter(db, provider, plan, ownFields, run.Result, run.Notices, writer, clock.GetUtcNow(), more);
        if (import.Kind == ImportKind.Customers) await RunCustomersAsync(import.Id, customers, run,
            new Stage<int>(progress, writer is null ? ComparingCustomers : WritingCustomers, good), cancellationToken);
        else await RunOrdersAsync(db, import.Id, plan, customers, run, writer, progress, good, cancellationToken);
        return run;
    }

    private async Task RunCustomersAsync(long importId, CustomerImporter customers, Run run, IProgress<int> progress,
        CancellationToken cancellationToken)
    {
        var done = 0;
        var batch = new List<(int, StagedCustomer)>(CustomerImporter.BatchSize);
        await foreach (var row in _staging.ReadAsync<StagedCustomer>(importId, RowOrder.Customers, cancellationToken))
        {
            batch.Add((row.RowNumber, row.Value));
            if (batch.Count < CustomerImporter.BatchSize) continue;
            await FlushAsync();
        }

        await FlushAsync();

        async Task FlushAsync()
        {
            await customers.RunAsync(batch, run.Rejected.Add, cancellationToken);
            progress.Report(done += batch.Count);
            batch.Clear();
        }
    }

    private async Task RunOrdersAsync(CrmDbContext db, long importId, ImportPlan plan, CustomerImporter customers, Run run,
        ImportWriter? writer, IProgress<JobProgress> steps, int total, CancellationToken cancellationToken)
    {
        var (keys, refused) = await CustomersOfOrdersAsync(importId, plan, customers, run, writer, steps, cancellationToken);
        var progress = new Stage<int>(steps, writer is null ? ComparingOrders : WritingOrders, total);
        progress.Report(0);
        var orders = new OrderImporter(db, plan, shop.Value, keys, run.Result, run.Notices, run.Rejected, writer);
        var done = 0;
        var batch = new List<StagedOrder>();
        var lines = new List<StagedOrderLine>();
        var rowNumbers = new List<int>();
        string? number = null;
        await foreach (var row in _staging.ReadAsync<StagedOrderLine>(importId, RowOrder.Groups, cancellationToken))
        {
            if (number is not null && row.GroupKey != number) await EndOrderAsync();
            number = row.GroupKey;
            lines.Add(row.Value);
            rowNumbers.Add(row.RowNumber);
        }

        if (lines.Count > 0) await EndOrderAsync();
        await FlushAsync();
        run.Touched = orders.Touched;

        async Task EndOrderAsync()
        {
            var order = new StagedOrder(number!, OrderDiscounts.Spread(lines, shop.Value), [.. rowNumbers], shop.Value);
            done += lines.Count;
            lines.Clear();
            rowNumbers.Clear();
            if (order.Customer?.KeyOf(plan.Match) is { } customer && refused.TryGetValue(customer, out var reason)) run.Rejected
                .AddRange(order.Rejected(reason.Reason, [.. reason.Arguments]));
            else
            {
                batch.Add(order);
                if (order is { IsGivenBack: true, IsRefund: false, Total: > 0 }) batch.Add(order.GivenBack());
            }

            if (batch.Count >= OrderImporter.BatchSize) await FlushAsync();
        }

        async Task FlushAsync()
        {
            await orders.RunAsync(batch, cancellationToken);
            progress.Report(done);
            batch.Clear();
        }
    }

    /// <summary>Finds or creates the customers that the orders name, each as the last row that names them says.</summary>
    /// <returns>Their keys, and why there is no customer, both by what customers are matched by.</returns>
    private async Task<(Dictionary<string, long> Keys, Dictionary<string, RejectedRow> Refused)> CustomersOfOrdersAsync(long importId,
        ImportPlan plan, CustomerImporter importer, Run run, ImportWriter? writer, IProgress<JobProgress> steps,
        CancellationToken cancellationToken)
    {
        steps.Report(new(writer is null ? ComparingCustomers : WritingCustomers, 0, 0));
        var drafts = new Dictionary<string, (int RowNumber, StagedCustomer Customer, bool HasOrder)>();
        await foreach (var row in _staging.ReadAsync<StagedOrderLine>(importId, RowOrder.Customers, cancellationToken))
        {
            if (row.Value.Customer is not { } customer || customer.KeyOf(plan.Match) is not { } key) continue;
            var hasOrder = !row.Value.IsRefund;
            drafts[key] = drafts.TryGetValue(key, out var draft) ? (draft.RowNumber, Joined(draft.Customer, customer), draft.HasOrder
                || hasOrder) : (row.RowNumber, customer, hasOrder);
        }

        run.Result.RefundOnlyCustomers = drafts.Values.Count(d => !d.HasOrder);
        var keys = new Dictionary<string, long>(drafts.Count);
        var (refused, rejected) = (new Dictionary<string, RejectedRow>(), new Dictionary<int, RejectedRow>());
        var (progress, done) = (new Stage<int>(steps, writer is null ? ComparingCustomers : WritingCustomers, drafts.Count), 0);
        foreach (var batch in drafts.Chunk(CustomerImporter.BatchSize))
        {
            var ids = await importer.RunAsync([.. batch.Select(d => (d.Value.RowNumber, d.Value.Customer))],
                row => rejected[row.RowNumber] = row, cancellationToken);
            foreach (var (key, draft) in batch)
            {
                if (rejected.TryGetValue(draft.RowNumber, out var row)) refused[key] = row;
                if (ids.TryGetValue(draft.RowNumber, out var id)) keys[key] = id;
            }

            progress.Report(done += batch.Length);
        }

        return (keys, refused);
    }

    /// <summary>Refunds go to whom the file gave their order.</summary>
    private static async Task FollowRefundsAsync(CrmDbContext db, ImportWriter writer, CancellationToken cancellationToken)
    {
        var moved = await db.AuditEntries.Where(a => a.ChangeSetId == writer.ChangeSetId && a.EntityType == nameof(Order)
            && a.Action == AuditAction.Updated && a.Fields.Contains(nameof(Order.CustomerId)))
            .Select(a => a.EntityId).ToListAsync(cancellationToken);
        foreach (var chunk in moved.Chunk(RepeatedAtOnce))
        {
            await RefundOwners.FollowAsync(db, chunk, cancellationToken);
            await writer.SaveAndForgetAsync(cancellationToken);
        }
    }

    private static StagedCustomer Joined(StagedCustomer earlier, StagedCustomer later) => later with
    {
        Number = later.Number ?? earlier.Number,
        GivenName = later.GivenName ?? earlier.GivenName,
        FamilyName = later.FamilyName ?? earlier.FamilyName,
        FullName = later.FullName ?? earlier.FullName,
        Email = later.Email ?? earlier.Email,
        Phone = later.Phone ?? earlier.Phone,
        ExternalId = later.ExternalId ?? earlier.ExternalId,
        Country = later.Country ?? earlier.Country,
        FurtherEmails = later.FurtherEmails ?? earlier.FurtherEmails,
        FurtherPhones = later.FurtherPhones ?? earlier.FurtherPhones,
        Wishes = later.Wishes ?? earlier.Wishes,
        WishedAt = later.WishedAt ?? earlier.WishedAt,
    };

    /// <summary>Rows for a customer who is already in an earlier row, which makes it unclear which row is right.</summary>
    private static async Task<List<RejectedRow>> DoubledAsync(CrmDbContext db, Import import, CancellationToken cancellationToken)
    {
        var good = db.ImportRows.Where(r => r.ImportId == import.Id && r.Reason == null && r.GroupKey != null);
        var firsts = await good.GroupBy(r => r.GroupKey!).Where(g => g.Count() > 1)
            .Select(g => new { g.Key, First = g.Min(r => r.RowNumber) }).ToDictionaryAsync(g => g.Key, g => g.First, cancellationToken);
        // Key by key, some at a time: joined with the groups, a database that has not looked at the new rows yet compares each with each.
        var rows = new List<(int RowNumber, int First)>();
        foreach (var chunk in firsts.Keys.Chunk(RepeatedAtOnce))
        {
            var keys = chunk.ToList();
            var repeated = await good.Where(r => keys.Contains(r.GroupKey!)).Select(r => new { r.RowNumber, r.GroupKey })
                .ToListAsync(cancellationToken);
            rows.AddRange(repeated.Select(r => (r.RowNumber, firsts[r.GroupKey!])).Where(r => r.RowNumber != r.Item2));
        }

        rows.Sort();
        return [.. rows.Select(r => new RejectedRow(r.RowNumber, "Row {0} is for the same customer.", [ImportStaging.Text(r.First)]))];
    }

    private async Task FinishAsync(long importId, Run run, ImportTally rejections, CancellationToken cancellationToken)
    {
        await _staging.RejectAsync(importId, run.Rejected, cancellationToken);
        foreach (var row in run.Rejected) rejections.Add(row.Reason, row.Arguments);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        run.Result.Rows = await db.ImportRows.CountAsync(r => r.ImportId == importId, cancellationToken);
        run.Result.Rejected = await db.ImportRows.CountAsync(r => r.ImportId == importId && r.Reason != null, cancellationToken);
        run.Result.Rejections.AddRange(rejections.ToList());
        run.Result.Notices.AddRange(run.Notices.ToList());
        run.Result.Brought.AddRange(run.Brought.ToList());
    }

    private static RuleViolationException Gone() => new("", "This import does not exist.");

    private sealed class Run
    {
        public ImportResult Result { get; } = new();

        public ImportTally Notices { get; } = new();

        public ImportTally Brought { get; } = new();

        public List<RejectedRow> Rejected { get; } = [];

        public IReadOnlyCollection<long> Touched { get; set; } = [];
    }

    private sealed class Stage<T>(IProgress<JobProgress> progress, string stage, long total) : IProgress<T>
    {
        public void Report(T value) =>
            progress.Report(new(stage, Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture), total));
    }
}
