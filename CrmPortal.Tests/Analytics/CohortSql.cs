using CrmPortal.Core.Analytics;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Analytics;

/// <summary>The matrix of cohorts computed a second time, in plain SQL over orders and refunds alone.</summary>
internal static class CohortSql
{
    /// <summary>Brings the months up to date and compares; the shop's months must be those of UTC for the orders that there are.</summary>
    /// <returns>How many months of cohorts there are.</returns>
    public static async Task<int> AssertAsync(TestServices services, DatabaseKind kind, CancellationToken cancellationToken)
    {
        await services.Get<CohortKeeper>().RunAsync(cancellationToken);
        return await services.ReadAsync(async db =>
        {
            string Month(string at) => $"{Part("year", "%Y", at)} * 12 + {Part("month", "%m", at)} - 1";
            string Part(string name, string code, string at) => kind == DatabaseKind.Sqlite
                ? $"cast(strftime('{code}', {at} / 1000000, 'unixepoch') as integer)"
                : $"cast(extract({name} from {at} at time zone 'UTC') as integer)";
            var sql = $"""
                with o as (
                    select "CustomerId" as id, {Month("\"PlacedAt\"")} as month, "BaseTotal" as amount from "Orders"
                    where "CustomerId" is not null and "Status" in ('Paid', 'Shipped', 'Delivered', 'Completed')),
                f as (select id, min(month) as cohort from o group by id),
                m as (
                    select id, month, 1 as orders, amount from o
                    union all
                    select "CustomerId", {Month("\"RefundedAt\"")}, 0, -"BaseAmount" from "Refunds" where "CustomerId" is not null)
                select cohort as "Cohort", month as "Month",
                    cast(count(distinct case when orders > 0 then m.id end) as integer) as "Customers",
                    cast(sum(orders) as integer) as "Orders", cast(sum(amount) as bigint) as "Amount"
                from m join f on f.id = m.id group by cohort, month order by cohort, month
                """;
            var expected = await db.Database.SqlQueryRaw<Row>(sql).ToListAsync(cancellationToken);
            var found = await db.CohortMonths.OrderBy(m => m.Cohort).ThenBy(m => m.Month).Select(m => new Row
            {
                Cohort = m.Cohort, Month = m.Month, Customers = m.Customers, Orders = m.Orders, Amount = m.Amount,
            }).ToListAsync(cancellationToken);
            Assert.Equal(expected, found);
            return found.Count;
        });
    }

    internal sealed record Row
    {
        public int Cohort { get; init; }
        public int Month { get; init; }
        public int Customers { get; init; }
        public int Orders { get; init; }
        public long Amount { get; init; }
    }
}
