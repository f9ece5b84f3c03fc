using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Imports;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Loyalty;

/// <summary>What refunds take back of an order's points: each what its line earned then, in one currency.</summary>
public sealed class LinePointsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task RefundOfALine_TakesWhatTheLineEarnedThen_WhateverTheRulesSayNow(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.UseRulesAsync(r => r with { Categories = new Dictionary<string, decimal> { ["Gift cards"] = 0, ["Tea"] = 3 } });
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var ada = await data.AddCustomerAsync();
        var orders = staff.Get<OrderService>();
        var order = (await orders.CreateAsync(new()
        {
            Status = OrderStatus.Paid, CustomerId = ada.Id,
            Lines = new([Line("BOOK", "Books"), Line("GIFT", "Gift cards"), Line("TEA", "Tea")]),
        }, Token)).Order;
        Assert.Equal(400, await data.PointsAsync(ada.Id));
        await data.UseRulesAsync(r => r with { PointsPerUnit = 7 }, "Later");

        await RefundAsync(order.Lines[1].Id);
        Assert.Equal(400, await data.PointsAsync(ada.Id));
        await RefundAsync(order.Lines[2].Id);
        Assert.Equal(100, await data.PointsAsync(ada.Id));
        await RefundAsync(order.Lines[0].Id);
        Assert.Equal(0, await data.PointsAsync(ada.Id));
        Assert.Empty((await ProofAsync()).Faults);

        Task RefundAsync(long line) => orders.RefundAsync(order.Id, new() { Lines = [new() { LineId = line, Quantity = 1 }] }, Token);

        async Task<LedgerProofResult> ProofAsync()
        {
            await using var system = data.AsSystem();
            return await system.Get<LedgerReconciliation>().RunAsync(Token);
        }

        static OrderLineInput Line(string code, string category) => new() { ProductCode = code, Name = code, Category = category,
            Quantity = 1, UnitPrice = 100 };
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task RefundWrittenInTheBaseCurrency_TakesAllOfAnOrderInAnother(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();
        var curt = await data.AddCustomerAsync("Curt", "Wech", "curt@example.org");
        var order = (await system.Get<OrderService>().CreateAsync(new()
        {
            ExternalId = "FX-1", CustomerId = curt.Id, Currency = "JPY", Rate = 0.005m, Status = OrderStatus.Completed,
                PlacedAt = data.Clock.GetUtcNow().AddDays(-10), Lines = new([OrderWriting.Line(10_000, 1, "FXP")]),
        }, Token)).Order;
        Assert.Equal(50, await data.PointsAsync(curt.Id));

        await system.ImportAsync("order no,date,sku,qty,unit price,email\nC900,2026-03-09,FXP,-1,50.00,curt@example.org\n");

        Assert.Equal(0, await data.PointsAsync(curt.Id));
        var after = (await system.Get<OrderService>().GetAsync(order.Id, Token))!;
        Assert.Equal((10_000L, 0L, 0), (after.Refunded, after.Refundable, after.Lines[0].QuantityLeft));
        await data.AssertFiguresAsync();
    }

    [Fact]
    public void ClawBack_OfPartsInAnyOrder_NeverTakesMoreThanWasEarned_AndAllWithAllThatEarned()
    {
        var random = new Random(5);
        for (var round = 0; round < 300; round++)
        {
            var shares = Enumerable.Range(1, random.Next(1, 6)).Select(i => new PointShare(i, i % 3, random.Next(0, 5_000), 0))
                .Select(s => s with { Weight = s.Amount * random.Next(0, 4) }).ToList();
            var (total, earned, taken) = (shares.Sum(s => s.Amount), random.Next(1, 1_000), 0L);
            var returned = new List<ReturnedPart>();
            foreach (var share in shares.OrderBy(_ => random.Next()))
            {
                foreach (var part in new[] { share.Amount / 3, share.Amount - (share.Amount / 3) })
                {
                    returned.Add(new(random.Next(2) == 0 ? share.LineId : null, share.ProductId, part));
                    var back = PointsCalculator.ClawBack(earned, taken, shares, returned, total);
                    Assert.InRange(back, 0, earned - taken);
                    taken += back;
                }
            }

            if (total > 0) Assert.Equal(earned, taken);
        }
    }
}
