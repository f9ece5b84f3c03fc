using Bunit;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Features.Orders;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Orders;

public sealed class OrderFormTests : CrmPageTest
{
    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public async Task NewOrder_ForACustomer_ReckonsWhileTyping_AndIsSaved()
    {
        var ada = await Data.AddCustomerAsync();
        await SignInAsync(RoleNames.Staff);
        Navigation.NavigateTo($"/orders/new?customer={ada.Id}");
        var page = Render<NewOrderPage>();
        page.WaitForAssertion(() => Assert.Contains("Ada Lovelace", page.Markup, StringComparison.Ordinal));

        await TypeAsync(page, "#line-1-ProductCode", "MUG-1");
        await TypeAsync(page, "#line-1-Name", "Mug");
        await TypeAsync(page, "#line-1-Quantity", "3");
        await TypeAsync(page, "#line-1-UnitPrice", "4.5");
        await TypeAsync(page, "#line-1-Discount", "0.5");
        Assert.Contains("13", page.Find(".order-total").TextContent, StringComparison.Ordinal);
        await page.Find("form").SubmitAsync();

        var order = await Data.ReadAsync(db => db.Orders.Include(o => o.Lines).SingleAsync());
        Assert.Equal((ada.Id, 13_00L, OrderStatus.Pending), (order.CustomerId, order.Total, order.Status));
        Assert.EndsWith($"/orders/{order.Id}", Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NewOrder_WithErrors_SaysThemBesideTheFields_AndKeepsWhatWasTyped()
    {
        await SignInAsync(RoleNames.Staff);
        var page = Render<NewOrderPage>();
        await TypeAsync(page, "#line-1-Name", "Mug");
        await TypeAsync(page, "#line-1-Quantity", "0");
        await page.Find("button:contains('Add a product')").ClickAsync();
        await TypeAsync(page, "#line-2-ProductCode", "TEA-1");

        await page.Find("form").SubmitAsync();

        Assert.Equal("A line needs a product.", page.Find("#line-1-ProductCode-error").TextContent);
        Assert.Equal("true", page.Find("#line-1-Quantity").GetAttribute("aria-invalid"));
        Assert.Equal("line-2-UnitPrice-error", page.Find("#line-2-UnitPrice").GetAttribute("aria-describedby"));
        Assert.Equal(("Mug", "0", "TEA-1"), (page.Find("#line-1-Name").GetAttribute("value"), page.Find("#line-1-Quantity")
            .GetAttribute("value"), page.Find("#line-2-ProductCode").GetAttribute("value")));
        Assert.Equal(0, await Data.ReadAsync(db => db.Orders.CountAsync()));

        await page.FindAll(".order-line button")[0].ClickAsync();
        Assert.Equal("TEA-1", Assert.Single(page.FindAll(".order-line input[list=order-products]")).GetAttribute("value"));
    }

    [Fact]
    public async Task ProductCode_WhileTyping_ProposesWhatThereIs_AndFillsTheRest()
    {
        await Data.AddOrderAsync("A-1", null, 12_50);
        await SignInAsync(RoleNames.Staff);
        var page = Render<NewOrderPage>();

        await TypeAsync(page, "#line-1-ProductCode", "mu");
        Data.Clock.Advance(TimeSpan.FromSeconds(1));
        page.WaitForAssertion(() => Assert.Equal("P-1", page.Find("#order-products option").GetAttribute("value")));
        await TypeAsync(page, "#line-1-ProductCode", "P-1");

        Assert.Equal(("Mug", "12.5"), (page.Find("#line-1-Name").GetAttribute("value"), page.Find("#line-1-UnitPrice")
            .GetAttribute("value")));
    }

    [Fact]
    public async Task Edit_WhilePending_BeginsWithWhatIsThere_AndLaterLeavesTheProducts()
    {
        await SignInAsync(RoleNames.Staff);
        await using var staff = await Data.AsRoleAsync(RoleNames.Staff);
        var order = (await staff.Get<OrderService>()
            .CreateAsync(OrderWriting.Order(1.25m, 2) with { Channel = "web" }, Xunit.TestContext.Current.CancellationToken)).Order;
        var page = Render<EditOrderPage>(p => p.Add(x => x.Id, order.Id));
        page.WaitForAssertion(() => Assert.Equal("1.25", page.Find("#line-1-UnitPrice").GetAttribute("value")));
        await TypeAsync(page, "#line-1-Quantity", "4");
        await page.Find("form").SubmitAsync();
        Assert.Equal(5_00, await Data.ReadAsync(db => db.Orders.Select(o => o.Total).SingleAsync()));

        await staff.Get<OrderService>().SetStatusAsync(order.Id, OrderStatus.Paid, null, Xunit.TestContext.Current.CancellationToken);
        var later = Render<EditOrderPage>(p => p.Add(x => x.Id, order.Id));
        later.WaitForAssertion(() => Assert.Equal("web", later.Find("#order-Channel").GetAttribute("value")));
        Assert.Empty(later.FindAll(".order-line"));
        await TypeAsync(later, "#order-Channel", "shop");
        await later.Find("form").SubmitAsync();
        Assert.Equal(("shop", 5_00L), await Data.ReadAsync(db => db.Orders.Select(o => ValueTuple.Create(o.Channel, o.Total))
            .SingleAsync()));
    }

    [Fact]
    public async Task Order_IsMarkedAsPaid_RefundedInPart_AndShowsItsPoints()
    {
        var ada = await Data.AddCustomerAsync();
        await SignInAsync(RoleNames.Staff);
        await using var staff = await Data.AsRoleAsync(RoleNames.Staff);
        var order = (await staff.Get<OrderService>()
            .CreateAsync(OrderWriting.Order(10, 4, customerId: ada.Id), Xunit.TestContext.Current.CancellationToken)).Order;
        var page = Render<OrderPage>(p => p.Add(x => x.Id, order.Id));
        page.WaitForAssertion(() => Assert.Equal("Mark as paid", page.Find(".record-head .mud-button-filled-primary").TextContent.Trim()));

        await page.Find(".record-head .mud-button-filled-primary").ClickAsync();
        page.WaitForAssertion(() => Assert.Equal("Mark as shipped", page.Find(".record-head .mud-button-filled-primary").TextContent.Trim()));
        Assert.Contains("+40", page.Find(".order-points").TextContent, StringComparison.Ordinal);

        await page.Find(".record-head .actions > button:contains('Refund')").ClickAsync();
        await TypeAsync(Dialogs, $"#refund-quantity-{order.Lines[0].Id}", "1");
        Assert.Contains("10 points reversed", Dialogs.Find(".mud-dialog").TextContent, StringComparison.Ordinal);
        await Dialogs.Find(".mud-dialog form").SubmitAsync();

        page.WaitForAssertion(() => Assert.Empty(Dialogs.FindAll(".mud-dialog")));
        Assert.Equal(30, await Data.PointsAsync(ada.Id));
        await page.Find(".record-head .actions > button:contains('Refund')").ClickAsync();
        await TypeAsync(Dialogs, $"#refund-quantity-{order.Lines[0].Id}", "4");
        await Dialogs.Find(".mud-dialog form").SubmitAsync();
        Assert.Equal("At most 3 of it can be returned.", Dialogs.Find(".field-error").TextContent);
        await Dialogs.Find(".mud-dialog button:contains('The whole order')").ClickAsync();
        await Dialogs.Find(".mud-dialog form").SubmitAsync();
        Assert.Equal(0, await Data.PointsAsync(ada.Id));
    }

    [Fact]
    public async Task Order_OfNobody_IsMatchedByOneClick()
    {
        await SignInAsync(RoleNames.Staff);
        await using var staff = await Data.AsRoleAsync(RoleNames.Staff);
        var order = (await staff.Get<OrderService>()
            .CreateAsync(OrderWriting.Order(10, status: OrderStatus.Paid) with { Email = "ada@example.com" },
            Xunit.TestContext.Current.CancellationToken)).Order;
        var ada = await Data.AddCustomerAsync(email: "ada@example.com");
        var page = Render<OrderPage>(p => p.Add(x => x.Id, order.Id));
        await page.WaitForElement("button:contains('Match to customer')").ClickAsync();

        await Dialogs.WaitForElement(".mud-dialog .picker-list button").ClickAsync();

        page.WaitForAssertion(() => Assert.Equal("Ada Lovelace", page.Find(".facts a").TextContent));
        Assert.Equal(10, await Data.PointsAsync(ada.Id));
    }

    [Fact]
    public async Task Order_ForWhoMayOnlyLook_HasNoActions()
    {
        var id = await Data.AddOrderAsync("A-1", null, 12_50);
        await SignInAsync(RoleNames.SupportAgent);

        var page = Render<OrderPage>(p => p.Add(x => x.Id, id));

        page.WaitForAssertion(() => Assert.Equal("Order A-1", page.Find("h1").TextContent));
        Assert.Empty(page.FindAll(".record-head button, .record-head .menu"));
    }

    private static Task TypeAsync(IRenderedComponent<IComponent> page, string selector, string text) => page.Find(selector)
        .InputAsync(new ChangeEventArgs { Value = text });
}
