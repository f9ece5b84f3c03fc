using Bunit;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Features.Orders;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Orders;

/// <summary>What the screens of orders do for who types or scans a product, and for who clicked the wrong step.</summary>
public sealed class OrderScreenTests : CrmPageTest
{
    [Fact]
    public async Task ProductCode_TypedInEitherCase_FillsNameAndLastPrice_AndAnotherCodeTakesThemBack()
    {
        await SellAsync("COF-03", "House blend", 7.9m);
        await SignInAsync(RoleNames.Staff);
        var page = Render<NewOrderPage>();

        await TypeAsync(page, "#line-1-ProductCode", "cof-03");
        Data.Clock.Advance(TimeSpan.FromSeconds(1));
        page.WaitForAssertion(() => Assert.Equal(("COF-03", "House blend", "7.9"),
            (Value(page, "ProductCode"), Value(page, "Name"), Value(page, "UnitPrice"))));

        await TypeAsync(page, "#line-1-ProductCode", "COF-031");
        Data.Clock.Advance(TimeSpan.FromSeconds(1));
        page.WaitForAssertion(() => Assert.True(string.IsNullOrEmpty(Value(page, "Name")) && string
            .IsNullOrEmpty(Value(page, "UnitPrice"))));
    }

    [Fact]
    public async Task ProductName_FillsTheCode_AndAScanThatEndsWithEnterIsFilledBeforeItIsSaved()
    {
        await SellAsync("COF-03", "House blend", 7.9m);
        await SignInAsync(RoleNames.Staff);
        var page = Render<NewOrderPage>();

        await TypeAsync(page, "#line-1-Name", "house blend");
        Data.Clock.Advance(TimeSpan.FromSeconds(1));
        page.WaitForAssertion(() => Assert.Equal(("COF-03", "7.9"), (Value(page, "ProductCode"), Value(page, "UnitPrice"))));

        await page.Find("button:contains('Add a product')").ClickAsync();
        await TypeAsync(page, "#line-2-ProductCode", "cof-03");
        await page.Find("form").SubmitAsync();

        Assert.Equal(2, await Data.ReadAsync(db => db.OrderLines.CountAsync(l => l.Product!.Code == "COF-03" && l.UnitPrice == 79_000
            && l.Order!.ExternalId == null)));
        Assert.Equal(1, await Data.ReadAsync(db => db.Products.CountAsync()));
    }

    [Fact]
    public async Task MarkAsPaid_OffersUndo_WhichTakesTheStepBack()
    {
        await using var system = Data.AsSystem();
        var order = (await system.Get<OrderService>().CreateAsync(OrderWriting.Order(5), default)).Order;
        await SignInAsync(RoleNames.Staff);
        var page = Render<OrderPage>(p => p.Add(o => o.Id, order.Id));
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("button:contains('Mark as paid')")));

        await page.Find("button:contains('Mark as paid')").ClickAsync();
        var toast = Services.GetRequiredService<Toasts>().Shown[^1];
        Assert.True(toast.CanUndo);
        await page.InvokeAsync(() => toast.TakeBack!());

        Assert.Equal(OrderStatus.Pending, await Data.ReadAsync(db => db.Orders.Select(o => o.Status).SingleAsync()));
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("button:contains('Mark as paid')")));
    }

    [Fact]
    public async Task Refund_IsUndoneByItsToast_AndLaterByItsMenu_UnlessSomebodyChangedTheOrder()
    {
        var ada = await Data.AddCustomerAsync();
        await using var system = Data.AsSystem();
        var orders = system.Get<OrderService>();
        var order = (await orders.CreateAsync(OrderWriting.Order(10, 2, OrderStatus.Paid, ada.Id), default)).Order;
        await SignInAsync(RoleNames.Staff);
        var page = Render<OrderPage>(p => p.Add(o => o.Id, order.Id));
        await RefundAsync();
        Assert.Contains("Refunded in full", page.Find(".record-head").TextContent, StringComparison.Ordinal);
        await page.InvokeAsync(() => Services.GetRequiredService<Toasts>().Shown[^1].TakeBack!());
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("#refunds-title")));
        Assert.Equal(20, await Data.PointsAsync(ada.Id));

        await RefundAsync();
        await page.Find("button:contains('Undo this refund')").ClickAsync();
        await Dialogs.Find(".mud-dialog button:contains('Undo the refund')").ClickAsync();
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("#refunds-title")));
        Assert.Equal(20, await Data.PointsAsync(ada.Id));

        await RefundAsync();
        await orders.UpdateAsync(order.Id, new() { Channel = "phone" }, null, default);
        await page.InvokeAsync(() => Services.GetRequiredService<Toasts>().Shown[^1].TakeBack!());
        page.WaitForAssertion(() => Assert.Contains("Someone changed this order in the meantime.", page.Markup, StringComparison.Ordinal));
        Assert.Equal(1, await Data.ReadAsync(db => db.Refunds.CountAsync()));

        async Task RefundAsync()
        {
            await page.WaitForElement(".record-head .actions > button:contains('Refund')").ClickAsync();
            await Dialogs.Find(".mud-dialog button:contains('The whole order')").ClickAsync();
            await Dialogs.Find(".mud-dialog form").SubmitAsync();
            page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#refunds-title")));
        }
    }

    [Fact]
    public async Task CustomerBesideTheOrder_IsReachedByALink_OrMaskedUntilSomebodyAsks()
    {
        var ada = await Data.AddCustomerAsync(email: "ada@example.com", phone: "+441632960000");
        await using var system = Data.AsSystem();
        var order = (await system.Get<OrderService>().CreateAsync(OrderWriting.Order(10, 2, OrderStatus.Paid, ada.Id), default)).Order;
        await SignInAsync(RoleNames.Staff);
        var page = Render<OrderPage>(p => p.Add(o => o.Id, order.Id));
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".order-rail .rail-contact button")));
        Assert.DoesNotContain("ada@example.com", page.Markup, StringComparison.Ordinal);

        await page.Find(".order-rail .rail-contact button").ClickAsync();
        Assert.Equal("mailto:ada@example.com", page.Find(".order-rail .rail-contact a").GetAttribute("href"));
        Assert.Equal(1, await Data.ReadAsync(db => db.AuditEntries.CountAsync(e => e.Action == AuditAction.Revealed)));

        await SignInAsync(RoleNames.Manager);
        page = Render<OrderPage>(p => p.Add(o => o.Id, order.Id));
        page.WaitForAssertion(() => Assert.Equal(["mailto:ada@example.com", "tel:+441632960000"],
            page.FindAll(".order-rail .rail-contact a").Select(a => a.GetAttribute("href"))));
        Assert.Equal($"/customers/{ada.Id}", page.Find(".order-rail .rail-who a").GetAttribute("href"));
        Assert.Contains("Order placed", page.Find(".order-timeline").TextContent, StringComparison.Ordinal);
        Assert.Single(page.FindAll(".mud-button-filled-primary"));
    }

    private async Task SellAsync(string code, string name, decimal price)
    {
        await using var system = Data.AsSystem();
        await system.Get<OrderService>().CreateAsync(new() { ExternalId = "before",
            Lines = new([OrderWriting.Line(price, 1, code) with { Name = name }]) }, default);
    }

    private static string? Value(IRenderedComponent<IComponent> page, string field) => page.Find("#line-1-" + field).GetAttribute("value");

    private static Task TypeAsync(IRenderedComponent<IComponent> page, string selector, string text) => page.Find(selector)
        .InputAsync(new ChangeEventArgs { Value = text });
}
