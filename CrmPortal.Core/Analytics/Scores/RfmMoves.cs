using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Analytics;

/// <summary>Who was in which segment by two calculations, told from what holds and what held between which calculations.</summary>
internal static class RfmMoves
{
    /// <summary>Those who had other scores by the second one than by the first, each once; the segment may be the same.</summary>
    public static IQueryable<Move> All(CrmDbContext db, long from, long to)
    {
        var left = db.Set<CustomerScoreChange>().Where(s => s.FromRunId <= from && s.UntilRunId > from && s.UntilRunId <= to)
            .Select(s => new Place { CustomerId = s.CustomerId, Segment = s.Segment });
        var reached = db.Set<CustomerScore>().Where(s => s.RunId > from && s.RunId <= to)
            .Select(s => new Place { CustomerId = s.CustomerId, Segment = s.Segment })
            .Concat(db.Set<CustomerScoreChange>().Where(s => s.FromRunId > from && s.FromRunId <= to && s.UntilRunId > to)
                .Select(s => new Place { CustomerId = s.CustomerId, Segment = s.Segment }));
        var gone = left.LeftJoin(reached, l => l.CustomerId, r => r.CustomerId, (l, r) => new Move
        {
            CustomerId = l.CustomerId, From = l.Segment, To = r == null ? null : r.Segment,
        });
        var came = reached.Where(r => !left.Any(l => l.CustomerId == r.CustomerId)).Select(r => new Move
        {
            CustomerId = r.CustomerId, From = null, To = r.Segment,
        });
        return gone.Concat(came);
    }

    /// <summary>Those who had the same scores by both.</summary>
    public static IQueryable<Place> Stayed(CrmDbContext db, long from, long to) => db.Set<CustomerScore>().Where(s => s.RunId <= from)
        .Select(s => new Place { CustomerId = s.CustomerId, Segment = s.Segment })
        .Concat(db.Set<CustomerScoreChange>().Where(s => s.FromRunId <= from && s.UntilRunId > to)
            .Select(s => new Place { CustomerId = s.CustomerId, Segment = s.Segment }));

    internal sealed class Place
    {
        public long CustomerId { get; init; }
        public RfmSegment Segment { get; init; }
    }

    internal sealed class Move
    {
        public long CustomerId { get; init; }
        public RfmSegment? From { get; init; }
        public RfmSegment? To { get; init; }
    }
}
