using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

#pragma warning disable CA1304, CA1311, CA1862 // Becomes lower() of the database, which knows no culture.

namespace CrmPortal.Core.Customers;

/// <summary>
/// Remembered answers that name a customer who is removed permanently. The key stays, so that a request that is sent again does not make
/// the customer again, and its answer says that what it made is gone.
/// </summary>
internal sealed class IdempotencyRecordPart : CustomerPart<IdempotencyRecord>
{
    private const int Gone = 410;

    private const string Answer = """
        {"type":"about:blank","title":"Gone","status":410,"detail":"What this request made was removed for good."}
        """;

    public override int Position => 810;

    public override string KeptBecause =>
        "A request that is sent again within a day must not do its work twice; what it was answered is erased.";

    public override async Task PurgeAsync(CustomerPurge purge, CancellationToken cancellationToken)
    {
        foreach (var needle in purge.Needles())
            await EraseAsync(purge.Db.IdempotencyRecords.Where(r => r.Body != null && r.Body.ToLower().Contains(needle)),
                cancellationToken);
        foreach (var id in purge.Ids.Select(i => i.ToString(CultureInfo.InvariantCulture)))
        {
            var (itself, under, key, last, text) = ($"/customers/{id}", $"/customers/{id}/", $"\"customer_id\":{id},",
                $"\"customer_id\":{id}}}", $"\"customer_id\":\"{id}\"");
            await EraseAsync(
                purge.Db.IdempotencyRecords.Where(r => (r.Location != null && (r.Location.EndsWith(itself) || r.Location.Contains(under)))
                    || (r.Body != null && (r.Body.Contains(key) || r.Body.Contains(last) || r.Body.Contains(text)))),
                cancellationToken);
        }
    }

    public override Task<IReadOnlyList<IAudited>> RowsAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<IAudited>>([]);

    private static Task<int> EraseAsync(IQueryable<IdempotencyRecord> records, CancellationToken cancellationToken) => records
        .ExecuteUpdateAsync(
        r => r.SetProperty(x => x.StatusCode, Gone).SetProperty(x => x.ContentType, "application/problem+json")
            .SetProperty(x => x.Location, (string?)null)
            .SetProperty(x => x.ETag, (string?)null).SetProperty(x => x.Body, Answer),
        cancellationToken);
}
