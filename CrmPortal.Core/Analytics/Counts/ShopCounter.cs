using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Analytics;

/// <summary>Counts what pages show of all customers, by reading each of them once.</summary>
internal sealed class ShopCounter(CrmDbContext db, ShopClock clock)
{
    /// <summary>Reads everything and writes the counts of today, in place of those that there are.</summary>
    public async Task WriteAsync(IProgress<JobProgress>? progress, CancellationToken cancellationToken)
    {
        var (day, now) = (clock.Today, clock.Now);
        progress?.Report(new("Counting customers", 0, 0));
        List<ShopCount> counts = [];
        var all = await db.Customers.Where(c => c.DeletedAt == null).GroupBy(_ => 1).Select(g => new
        {
            All = g.LongCount(), Active = g.Sum(c => c.Status == CustomerStatus.Active ? 1L : 0), Vip = g.Sum(c => c.IsVip ? 1L : 0),
            VipSpent = g.Sum(c => c.IsVip ? c.TotalSpent : 0), Spent = g.Sum(c => c.TotalSpent),
            EmailVerified = g.Sum(c => c.EmailVerifiedAt != null ? 1L : 0), PhoneVerified = g.Sum(c => c.PhoneVerifiedAt != null ? 1L : 0),
            Email = g.Sum(c => c.Email != null ? 1L : 0), Phone = g.Sum(c => c.Phone != null ? 1L : 0),
            EmailMarketing = g.Sum(c => c.EmailMarketing ? 1L : 0), SmsMarketing = g.Sum(c => c.SmsMarketing ? 1L : 0),
            Buyers = g.Sum(c => c.OrderCount > 0 ? 1L : 0), Repeaters = g.Sum(c => c.OrderCount > 1 ? 1L : 0),
            RepeaterSpent = g.Sum(c => c.OrderCount > 1 ? c.TotalSpent : 0),
        }).SingleOrDefaultAsync(cancellationToken);
        Add(ShopCount.All, all?.All ?? 0, all?.Spent ?? 0);
        Add(ShopCount.Active, all?.Active ?? 0);
        Add(ShopCount.Vip, all?.Vip ?? 0, all?.VipSpent ?? 0);
        Add(ShopCount.EmailVerified, all?.EmailVerified ?? 0);
        Add(ShopCount.PhoneVerified, all?.PhoneVerified ?? 0);
        Add(ShopCount.Email, all?.Email ?? 0);
        Add(ShopCount.Phone, all?.Phone ?? 0);
        Add(ShopCount.EmailMarketing, all?.EmailMarketing ?? 0);
        Add(ShopCount.SmsMarketing, all?.SmsMarketing ?? 0);
        Add(ShopCount.Buyers, all?.Buyers ?? 0, all?.Spent ?? 0);
        Add(ShopCount.Repeaters, all?.Repeaters ?? 0, all?.RepeaterSpent ?? 0);
        foreach (var tier in await db.Customers.Where(c => c.DeletedAt == null && c.Tier != null).GroupBy(c => c.Tier!)
            .Select(g => new { Code = g.Key, Customers = g.LongCount(), Spent = g.Sum(c => c.TotalSpent) }).ToListAsync(cancellationToken))
            Add(ShopCount.TierPrefix + tier.Code, tier.Customers, tier.Spent);
        var reviews = await db.ProductReviews.GroupBy(_ => 1)
            .Select(g => new { All = g.LongCount(), Good = g.Sum(r => r.Rating >= 4 ? 1L : 0) }).SingleOrDefaultAsync(cancellationToken);
        Add(ShopCount.Reviews, reviews?.All ?? 0);
        Add(ShopCount.GoodReviews, reviews?.Good ?? 0);
        progress?.Report(new("Looking for customers who have left", 0, 0));
        var (churned, lost) = await ChurnReader.CountAsync(db, clock, cancellationToken);
        Add(ShopCount.Churned, churned, lost);

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Provider!.RaiseCounterAsync(db, "counts", 1, cancellationToken);
        await db.ShopCounts.Where(c => c.Day == day).ExecuteDeleteAsync(cancellationToken);
        await db.Provider.BulkWriteAsync(db, counts, cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        void Add(string name, long customers, long amount = 0) =>
            counts.Add(new() { Day = day, Name = name, Customers = customers, Amount = amount, At = now });
    }
}
