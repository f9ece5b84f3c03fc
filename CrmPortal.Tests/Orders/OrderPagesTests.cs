using Bunit;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Features.Customers;
using CrmPortal.Features.Orders;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Orders;

public sealed class OrderPagesTests : CrmPageTest
{
    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public async Task List_WithoutOrders_OffersTheImport_ToThoseWhoMay()
    {
        await SignInAsync(RoleNames.Manager);
        Navigation.NavigateTo("/orders");

        var page = Render<OrdersPage>();

        page.WaitForAssertion(() => Assert.Contains("No orders yet", page.Markup, StringComparison.Ordinal));
        Assert.Equal("/imports", page.Find(".empty a").GetAttribute("href"));
    }

    [Fact]
    public async Task List_ShowsWhoBought_AndSearchStandsInTheAddress()
    {
        var ada = await Data.AddCustomerAsync();
        await Data.AddOrderAsync("A-1", ada.Id, 12_50, lines: 2);
        await Data.AddOrderAsync("B-1", null, 5_00, currency: "JPY");
        await SignInAsync(RoleNames.Staff);
        Navigation.NavigateTo("/orders");
        var page = Render<OrdersPage>();
        page.WaitForAssertion(() => Assert.Equal(["B-1", "A-1"], page.FindAll("[data-row-link]").Select(a => a.TextContent)));
        Assert.Equal("Anonymous", page.FindAll("tbody tr")[0].QuerySelector("td[data-label='Customer']")!.TextContent.Trim());
        Assert.Equal($"/customers/{ada.Id}", page.FindAll("tbody tr")[1]
            .QuerySelector("td[data-label='Customer'] a")!.GetAttribute("href"));
        Assert.EndsWith("500", page.FindAll("tbody tr")[0].QuerySelector("td[data-label='Total']")!.TextContent.Trim(),
            StringComparison.Ordinal);

        var typing = page.Find("input[type=search]").InputAsync(new ChangeEventArgs { Value = "A-" });
        Data.Clock.Advance(TimeSpan.FromSeconds(1));
        await typing;

        page.WaitForAssertion(() => Assert.Equal(["A-1"], page.FindAll("[data-row-link]").Select(a => a.TextContent)));
        Assert.EndsWith("/orders?q=A-", Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TickedOrders_AreMovedTogether_ExportedAlone_AndTheRestIsCounted()
    {
        await Data.AddOrderAsync("A-1", null, 1_00, status: OrderStatus.Pending);
        await Data.AddOrderAsync("B-1", null, 1_00, status: OrderStatus.Cancelled);
        await Data.AddOrderAsync("C-1", null, 1_00, status: OrderStatus.Pending);
        await SignInAsync(RoleNames.Manager);
        Navigation.NavigateTo("/orders");
        var page = Render<OrdersPage>();
        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll("[data-row-link]").Count));
        Assert.Empty(page.FindAll(".bulk"));

        await page.Find("input[aria-label='Select A-1']").ChangeAsync(new ChangeEventArgs { Value = true });
        await page.Find("input[aria-label='Select B-1']").ChangeAsync(new ChangeEventArgs { Value = true });
        Assert.Equal("2 selected", page.Find(".bulk strong").TextContent);
        Assert.Equal(2, page.FindAll("tr.is-selected").Count);
        Assert.Contains("ids=1,2", page.Find("a[href*='orders.xlsx']").GetAttribute("href"), StringComparison.Ordinal);
        await page.FindAll(".bulk button").Single(b => b.TextContent.Trim() == "Mark as paid").ClickAsync(new());

        var toasts = Services.GetRequiredService<Toasts>();
        page.WaitForAssertion(() => Assert.Equal(
            "1 order marked as paid. Another one stayed as it was: its status does not allow it.", toasts.Shown[0].Text));
        Assert.True(toasts.Shown[0].CanUndo);
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".bulk")));
        Assert.Equal(["Pending", "Cancelled", "Paid"], page.FindAll("tbody td[data-label=Status]").Select(c => c.TextContent.Trim()));
    }

    [Fact]
    public async Task Filter_OfOrders_IsSaidInWords()
    {
        await SignInAsync(RoleNames.Staff);
        Navigation.NavigateTo("/orders?filter=status:any:paid,shipped;total:more:1000;anonymous:yes");

        var page = Render<OrdersPage>();

        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll(".chip").Count));
        Assert.Equal("Status is one of Paid, Shipped", page.FindAll(".chip-text")[0].TextContent);
        Assert.StartsWith("Total more than ", page.FindAll(".chip-text")[1].TextContent, StringComparison.Ordinal);
        Assert.Equal("Anonymous", page.FindAll(".chip-text")[2].TextContent);
    }

    [Fact]
    public async Task Order_ShowsLinesAndRefunds()
    {
        var id = await Data.AddOrderAsync("A-1", null, 12_50);
        await Data.AddRefundAsync("R-1", null, 2_50, "A-1");
        await SignInAsync(RoleNames.Staff);

        var page = Render<OrderPage>(p => p.Add(x => x.Id, id));

        page.WaitForAssertion(() => Assert.Equal("Order A-1", page.Find("h1").TextContent));
        Assert.Contains("R-1", page.Find("section[aria-labelledby=refunds-title]").TextContent, StringComparison.Ordinal);
        Assert.Equal(2, page.FindAll("tfoot").Count);
    }

    [Fact]
    public async Task Tab_OnTheCustomer_ShowsFiguresAndTheStream_AndOnlyToThoseWhoMay()
    {
        var ada = await Data.AddCustomerAsync();
        await Data.AddOrderAsync("A-1", ada.Id, 10_00, placedAt: Data.Clock.GetUtcNow().AddDays(-3));
        await Data.AddRefundAsync("R-1", ada.Id, 4_00, "A-1");
        await SignInAsync(RoleNames.Staff);
        Navigation.NavigateTo($"/customers/{ada.Id}?tab=orders");

        var page = Render<CustomerPage>(p => p.Add(x => x.Id, ada.Id));

        page.WaitForAssertion(() => Assert.Equal(["Refund R-1", "Order A-1"], page.FindAll(".purchase summary strong:not(.number)")
            .Select(s => s.TextContent)));
        Assert.Equal("1", page.Find(".figures strong").TextContent);
        Assert.Contains("6", page.FindAll(".figures strong")[1].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tab_WithoutThePermission_IsNotThere()
    {
        var ada = await Data.AddCustomerAsync();
        await Data.AddOrderAsync("A-1", ada.Id, 10_00);
        await SignInWithAsync(Permissions.CustomersView);
        JSInterop.Setup<Dictionary<string, string>>("crm.drafts.read", _ => true).SetResult([]);
        Navigation.NavigateTo($"/customers/{ada.Id}?tab=orders");

        var page = Render<CustomerPage>(p => p.Add(x => x.Id, ada.Id));

        page.WaitForAssertion(() => Assert.Contains("Ada Lovelace", page.Markup, StringComparison.Ordinal));
        Assert.DoesNotContain(page.FindAll(".tabs a"), a => a.TextContent == "Orders");
        Assert.Empty(page.FindAll(".purchase"));
    }
}
