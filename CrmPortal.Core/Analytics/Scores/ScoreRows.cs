using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.Analytics;

/// <summary>
/// Scores as calculations write them: what held before becomes a row of its own, with the calculations that it held between.
/// </summary>
internal static class ScoreRows
{
    public static CalculatedRows<CustomerScore> Of(IDatabaseProvider provider, long runId) => new("analytics.rfm", "Scoring customers",
        s => s.CustomerId,
        (one, other) => (one.Recency, one.Frequency, one.Monetary) == (other.Recency, other.Frequency, other.Monetary),
        s => new()
        {
            CustomerId = s.CustomerId, Recency = s.Recency, Frequency = s.Frequency, Monetary = s.Monetary, Segment = s.Segment,
            RunId = runId,
        })
    {
        KeepAsync = (db, superseded, cancellationToken) => provider.BulkWriteAsync(db, [.. superseded.Select(s => new CustomerScoreChange
        {
            CustomerId = s.CustomerId, Recency = s.Recency, Frequency = s.Frequency, Monetary = s.Monetary, Segment = s.Segment,
            FromRunId = s.RunId, UntilRunId = runId,
        })], cancellationToken),
    };
}
