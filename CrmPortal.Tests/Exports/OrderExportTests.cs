using System.IO.Pipelines;
using System.Net;
using System.Text.Json;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Exports;

/// <summary>The list of orders as a file.</summary>
public sealed class OrderExportTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Prepare_FilteredAndSorted_HasTheRowsOfTheListInItsOrder(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync("Ada", "Lovelace");
        for (var i = 1; i <= 60; i++)
            await data.AddOrderAsync($"A-{i:000}", i % 3 == 0 ? null : ada.Id, 100 * (i % 7), (OrderStatus)(i % 6), data.Clock.GetUtcNow()
                .AddHours(-i % 11), lines: 1 + (i % 2));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        foreach (var query in new[] { new OrderQuery(), new OrderQuery(Filter: "status:any:paid", Sort: OrderSort.Total, Descending: false),
            new OrderQuery("A-01"), new OrderQuery(Filter: "anonymous:yes") })
        {
            var expected = await manager.Get<OrderService>().ListAsync(query, new(1, 100), default);

            var table = await manager.Get<OrderExportService>().PrepareAsync(new(query, "json"), ExportAudience.Usual, default);
            var rows = await table.Rows.Select(r => (object?[])r.Clone()).ToListAsync();

            Assert.NotEmpty(rows);
            Assert.Equal(
                expected.Items.Select(o => (o.Name, o.PlacedAt, o.Customer?.Name, o.LineCount, o.Status.ToString().ToLowerInvariant(),
                    o.Total)),
                rows.Select(r => ((string)r[0]!, (DateTimeOffset)r[1]!, (string?)r[3], (int)r[4]!, (string)r[5]!,
                    ((ExportAmount)r[7]!).MinorUnits)));
            Assert.Equal(expected.Items.Sum(o => o.Total), table.Totals()![8]);
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Prepare_WithTheColumnsOfTheList_HasThoseInTheirOrder(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.AddOrderAsync("A-1", (await data.AddCustomerAsync()).Id, 12_50, lines: 2, placedAt: data.Clock.GetUtcNow().AddDays(-1));
        await data.AddOrderAsync("A-2", null, 5_00, currency: "USD");
        await data.AddRefundAsync("R-1", null, 2_50, "A-1");
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);

        var table = await manager.Get<OrderExportService>().PrepareAsync(
            new(new(), "json") { Columns = ["refunded", "items", "currency", "customer", "city", "changed"] },
            ExportAudience.Usual, default);
        var rows = await table.Rows.Select(r => (object?[])r.Clone()).ToListAsync();

        Assert.Equal(["order", "refunded", "items", "currency", "customer", "name", "city", "changed"], table.Columns.Select(c => c.Name));
        Assert.Equal(["A-2", null, 1L, "USD", null, null, null], rows[0][..7]);
        Assert.Equal(["A-1", new ExportAmount(2_50, "EUR"), 2L, "EUR"], rows[1][..4]);
        Assert.Equal("Ada Lovelace", rows[1][5]);
        await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<OrderExportService>().PrepareAsync(
            new(new(), "json") { Columns = ["unheard-of"] }, ExportAudience.Usual, default));
    }

    [Fact]
    public async Task Get_FollowsTheColumnsOfTheAddress()
    {
        await using var app = await TestApp.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Manager);

        var answer = await client.GetStringAsync(new Uri("/exports/orders.csv?columns=total,placed", UriKind.Relative));

        Assert.StartsWith("Order,Total", answer.TrimStart('\uFEFF').Replace("\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("Channel", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_Json_HasAmountsInTheirCurrencies()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await data.AddOrderAsync("A-1", null, 12_345, currency: "JPY");
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var table = await manager.Get<OrderExportService>().PrepareAsync(new(new(), "json"), ExportAudience.Usual, default);

        var file = new MemoryStream();
        await ExportFormats.Demand("json").WriteAsync(table, PipeWriter.Create(file), default);

        var row = Assert.Single(JsonDocument.Parse(file.ToArray()).RootElement.EnumerateArray());
        Assert.Equal("A-1", row.GetProperty("order").GetString());
        Assert.Equal("12345", row.GetProperty("total").GetProperty("amount").ToString());
        Assert.Equal("JPY", row.GetProperty("total").GetProperty("currency").GetString());
    }

    [Theory]
    [InlineData(RoleNames.Manager, "", HttpStatusCode.OK)]
    [InlineData(RoleNames.Manager, "?filter=unknown:is:1", HttpStatusCode.BadRequest)]
    [InlineData(RoleNames.Manager, "?raw=true", HttpStatusCode.Forbidden)]
    [InlineData(RoleNames.Staff, "", HttpStatusCode.Forbidden)]
    public async Task Get_IsForThoseWhoMayExport(string role, string query, HttpStatusCode expected)
    {
        await using var app = await TestApp.StartAsync();
        using var client = await app.ClientAsAsync(role);

        using var answer = await client.GetAsync(new Uri("/exports/orders.csv" + query, UriKind.Relative));

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Totals_OfMixedCurrencies_AreLeftOut()
    {
        var totals = new RunningTotals([new("a", "A", ExportKind.Text), new("b", "B", ExportKind.Money) { IsSummed = true },
            new("c", "C", ExportKind.Number) { IsSummed = true }], "Total");
        object?[][] rows = [["x", new ExportAmount(5, "EUR"), 1], ["y", null, 2], ["z", new ExportAmount(7, "USD"), long.MaxValue]];

        await foreach (var _ in totals.AddAsync(rows.ToAsyncEnumerable())) { }

        Assert.Equal(["Total", null, null], totals.Row());
    }
}
