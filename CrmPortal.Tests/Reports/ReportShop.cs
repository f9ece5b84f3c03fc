using CrmPortal.Core.Analytics;
using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Segments;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Reports;

/// <summary>A small shop about which every report has something to tell. It is the tenth of March 2026.</summary>
internal static class ReportShop
{
    public static DateTimeOffset At(int year, int month, int day) => new(year, month, day, 12, 0, 0, TimeSpan.Zero);

    public static async Task<IReadOnlyList<long>> OpenAsync(TestServices data, CancellationToken token)
    {
        List<long> ids = [];
        for (var i = 0; i < 12; i++) ids.Add((await data.AddCustomerAsync($"Customer{i}", "Doe")).Id);
        for (var i = 0; i < 30; i++)
        {
            await data.AddOrderAsync($"O-{i}", i % 7 == 6 ? null : ids[i % 10], 1_000 + (i * 311),
                i % 11 == 10 ? OrderStatus.Cancelled : OrderStatus.Paid, At(2025, 4, 1).AddDays(i * 11));
        }

        await data.AddRefundAsync("R-1", ids[0], 450, "O-0", At(2026, 1, 3));
        await using var staff = await data.AsRoleAsync(RoleNames.Administrator);
        foreach (var (i, id) in ids.Take(4).Index())
        {
            await staff.Get<LedgerService>().EarnAsync(new() { CustomerId = id, Points = 100 + i, Reason = "Welcome" }, null, token);
            if (i > 1) await staff.Get<LedgerService>().RedeemAsync(new() { CustomerId = id, Points = 20, Reason = "A mug" }, null, token);
        }

        foreach (var id in ids.Take(5))
            await staff.Get<ConsentService>().SetAsync(id, ConsentPurpose.Marketing, Channel.Email, true, null, token);
        await staff.Get<ConsentService>().SetAsync(ids[0], ConsentPurpose.Marketing, Channel.Email, false, null, token);
        await staff.Get<SegmentService>().SaveAsync(null, new("Spenders", null, "spent:more:10"), null, token);
        await staff.Get<RfmService>().CalculateAsync(null, true, token);
        await staff.Get<LifetimeValueService>().CalculateAsync(null, 12, true, token);
        await data.Get<DayKeeper>().RunAsync(token);
        await data.Get<CohortKeeper>().RunAsync(token);
        await data.Get<SegmentKeeper>().RunAsync(token);
        return ids;
    }
}
