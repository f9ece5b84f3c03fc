using CrmPortal.Core.Analytics;
using CrmPortal.Core.Customers;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Analytics;

/// <summary>The scores computed a second time, in plain SQL over orders and refunds, without anything that is kept beside them.</summary>
internal static class RfmSql
{
    /// <summary>Scores everybody and compares; the shop's days must be those of UTC for the orders that there are.</summary>
    /// <returns>How many customers have scores.</returns>
    public static async Task<int> AssertScoresAsync(TestServices services, DatabaseKind kind, CancellationToken cancellationToken)
    {
        await using var system = services.AsSystem();
        await system.Get<RfmService>().CalculateAsync(null, true, cancellationToken);
        return await services.ReadAsync(async db =>
        {
            var day = kind == DatabaseKind.Sqlite ? "max(\"PlacedAt\") / 86400000000" : "(max(\"PlacedAt\") at time zone 'UTC')::date";
            var sql = $"""
                with f as (
                    select o."CustomerId" as id, {day} as day, count(*) as orders,
                           sum("BaseTotal")
                               - coalesce((select sum("BaseAmount") from "Refunds" r where r."CustomerId" = o."CustomerId"), 0) as spent
                    from "Orders" o join "Customers" c on c."Id" = o."CustomerId" and c."DeletedAt" is null
                    where o."Status" in ('Paid', 'Shipped', 'Delivered', 'Completed')
                    group by o."CustomerId")
                select id as "CustomerId",
                       cast(1 + 5 * (rank() over (order by day) - 1) / (select count(*) from f) as integer) as "Recency",
                       cast(1 + 5 * (rank() over (order by orders) - 1) / (select count(*) from f) as integer) as "Frequency",
                       cast(1 + 5 * (rank() over (order by spent) - 1) / (select count(*) from f) as integer) as "Monetary"
                from f order by id
                """;
            var expected = await db.Database.SqlQueryRaw<Row>(sql).ToListAsync(cancellationToken);
            var found = await db.CustomerScores.OrderBy(s => s.CustomerId)
                .Select(s => new Row { CustomerId = s.CustomerId, Recency = s.Recency, Frequency = s.Frequency, Monetary = s.Monetary })
                .ToListAsync(cancellationToken);
            Assert.Equal(expected, found);
            return found.Count;
        });
    }

    internal sealed record Row
    {
        public long CustomerId { get; init; }
        public int Recency { get; init; }
        public int Frequency { get; init; }
        public int Monetary { get; init; }
    }
}
