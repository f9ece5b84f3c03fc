using System.Globalization;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Loyalty;

/// <summary>
/// What is on a customer's row of their accounts and of the steps on the ladder: their points, and the tier that holds.
/// </summary>
internal static class LoyaltyFigures
{
    private const int MostIds = 5_000;

    /// <summary>Computes the figures of some customers again, as after accounts moved.</summary>
    public static async Task RefreshAsync(CrmDbContext db, IEnumerable<long> customerIds, CancellationToken cancellationToken)
    {
        foreach (var ids in customerIds.Distinct().Order().Chunk(MostIds))
            await UpdateAsync(db, $"in ({string.Join(',', ids.Select(id => id.ToString(CultureInfo.InvariantCulture)))})",
                cancellationToken);
    }

    /// <summary>Computes the figures of the customers with keys from <paramref name="first"/> to <paramref name="last"/> again.</summary>
    /// <returns>How many had other figures before.</returns>
    public static Task<int> RefreshRangeAsync(CrmDbContext db, long first, long last, CancellationToken cancellationToken) =>
        UpdateAsync(db, string.Create(CultureInfo.InvariantCulture, $"between {first} and {last}"), cancellationToken);

    /// <summary>One statement for both databases: both read it alike. Only whole numbers of ours are written into it.</summary>
    private static Task<int> UpdateAsync(CrmDbContext db, string scope, CancellationToken cancellationToken)
    {
        var sql = $"""
            update "Customers" set "Points" = s.held, "Tier" = s.step, "TierUntil" = s.step_until, "IsTierGiven" = s.is_given
            from (
                select c."Id" as id, cast(coalesce(a.held, 0) as bigint) as held, t."To" as step, t."Until" as step_until,
                    coalesce(t."Cause" = 'Manual' or (t."Cause" = 'Merge' and t."Until" is not null), 1 = 0) as is_given
                from "Customers" c
                left join (select "CustomerId" as id, sum("Balance") as held from "LoyaltyAccounts" where "CustomerId" {scope} group by "CustomerId") a on a.id = c."Id"
                left join (select "CustomerId" as id, max("Id") as newest from "TierChanges" where "CustomerId" {scope} group by "CustomerId") n on n.id = c."Id"
                left join "TierChanges" t on t."Id" = n.newest
                where c."Id" {scope}
            ) s
            where s.id = "Customers"."Id" and not (
                "Points" = s.held and "IsTierGiven" = s.is_given and ("Tier" = s.step or ("Tier" is null and s.step is null)) and ("TierUntil" = s.step_until or ("TierUntil" is null and s.step_until is null)))
            """;
        return db.Database.ExecuteSqlRawAsync(sql, cancellationToken);
    }
}
