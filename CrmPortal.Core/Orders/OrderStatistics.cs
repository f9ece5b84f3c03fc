using System.Globalization;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Orders;

/// <summary>
/// The figures on a customer's row that follow from their orders: their number, what they spent net of refunds, the average, the
/// first and the last, and their last interaction. Code that changes orders or refunds calls this in the same transaction.
/// </summary>
internal static class OrderStatistics
{
    private const int MostIds = 5_000;
    private static readonly string Counted = string.Join(',', Order.CountedStatuses.Select(s => $"'{s}'"));

    private const string IfOther = """
        and not (
            "OrderCount" = s.number and "TotalSpent" = s.spent and "LastInteractionAt" = s.seen
            and ("AverageOrder" = s.average or ("AverageOrder" is null and s.average is null))
            and ("FirstOrderAt" = s.first or ("FirstOrderAt" is null and s.first is null))
            and ("LastOrderAt" = s.last or ("LastOrderAt" is null and s.last is null)))
        """;

    /// <summary>
    /// Computes the figures of some customers again. Their rows are written even where no figure is other than before: that marks them for
    /// rules that ask what was bought.
    /// </summary>
    public static async Task RefreshAsync(CrmDbContext db, IEnumerable<long> customerIds, CancellationToken cancellationToken)
    {
        foreach (var ids in customerIds.Distinct().Order().Chunk(MostIds))
            await UpdateAsync(db, $"in ({string.Join(',', ids.Select(id => id.ToString(CultureInfo.InvariantCulture)))})", "",
                cancellationToken);
    }

    /// <summary>Computes the figures of the customers with keys from <paramref name="first"/> to <paramref name="last"/> again.</summary>
    /// <returns>How many had other figures before.</returns>
    public static Task<int> RefreshRangeAsync(CrmDbContext db, long first, long last, CancellationToken cancellationToken) =>
        UpdateAsync(db, string.Create(CultureInfo.InvariantCulture, $"between {first} and {last}"), IfOther, cancellationToken);

    /// <summary>One statement for both databases: both read it alike. Only whole numbers of ours are written into it.</summary>
    private static Task<int> UpdateAsync(CrmDbContext db, string scope, string condition, CancellationToken cancellationToken)
    {
        // An average is rounded half away from zero, as every amount is; division of whole numbers cuts.
        var sql = $"""
            update "Customers" set "OrderCount" = s.number, "TotalSpent" = s.spent, "AverageOrder" = s.average,
                "FirstOrderAt" = s.first, "LastOrderAt" = s.last, "LastInteractionAt" = s.seen
            from (
                select f.*,
                    case when number = 0 then null when spent >= 0 then (2 * spent + number) / (2 * number) else -((-2 * spent + number) / (2 * number)) end as average,
                    case when last is null and noted is null then created when noted is null or last >= noted then last else noted end as seen
                from (
                    select c."Id" as id, c."CreatedAt" as created, cast(coalesce(o.number, 0) as bigint) as number,
                        cast(coalesce(o.total, 0) - coalesce(r.total, 0) as bigint) as spent, o.first as first, o.last as last, n.noted as noted
                    from "Customers" c
                    left join (select "CustomerId" as id, count(*) as number, sum("BaseTotal") as total, min("PlacedAt") as first, max("PlacedAt") as last
                               from "Orders" where "CustomerId" {scope} and "Status" in ({Counted}) group by "CustomerId") o on o.id = c."Id"
                    left join (select "CustomerId" as id, sum("BaseAmount") as total from "Refunds" where "CustomerId" {scope} group by "CustomerId") r on r.id = c."Id"
                    left join (select id, max(at) as noted
                               from (select "CustomerId" as id, max("CreatedAt") as at from "Notes" where "CustomerId" {scope} group by "CustomerId"
                                     union all
                                     select "CustomerId" as id, max("LastMessageAt") as at from "Tickets" where "CustomerId" {scope} group by "CustomerId") w
                               group by id) n on n.id = c."Id"
                    where c."Id" {scope}
                ) f
            ) s
            where s.id = "Customers"."Id" {condition}
            """;
        return db.Database.ExecuteSqlRawAsync(sql, cancellationToken);
    }
}
