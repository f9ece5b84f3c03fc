using Bunit;
using CrmPortal.Components.Lists;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Features.Customers;
using CrmPortal.Features.Orders;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Components;

/// <summary>How the columns of a list lie, by keyboard and by what the browser tells of headings that were dragged.</summary>
public sealed class ListColumnsTests : CrmPageTest
{
    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public async Task OrdersAreShownWithTheColumnsAndWidthsOfTheAddress()
    {
        await Data.AddOrderAsync("A-1", null, 12_50);
        await SignInAsync(RoleNames.Staff);
        Navigation.NavigateTo("/orders?columns=total,evil,items,placed,total&widths=items:90,first:150,evil:70,placed:x,total:9999");

        var page = Render<OrdersPage>();

        page.WaitForAssertion(() => Assert.Equal(["Order", "Total", "Items", "Placed"], Heads(page)));
        var style = page.Find("style").TextContent;
        Assert.Contains("#order-table tr>:nth-child(2){width:150px;", style, StringComparison.Ordinal);
        Assert.Contains("#order-table tr>:nth-child(3){width:800px;", style, StringComparison.Ordinal);
        Assert.Contains("#order-table tr>:nth-child(4){width:90px;", style, StringComparison.Ordinal);
        Assert.DoesNotContain("nth-child(5)", style, StringComparison.Ordinal);
        Assert.Equal("1", page.Find("td[data-label=Items]").TextContent.Trim());
    }

    [Fact]
    public async Task HeadingsThatAreDragged_AndEdgesThatAreDrawn_StandInTheAddress_WithoutReadingForAWidth()
    {
        await Data.AddOrderAsync("A-1", null, 12_50);
        await SignInAsync(RoleNames.Staff);
        Navigation.NavigateTo("/orders?columns=placed,status,total");
        var page = Render<OrdersPage>();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-row-link]")));
        var columns = page.FindComponent<ColumnMenu>().Instance;

        await page.InvokeAsync(() => columns.Move("total", "placed"));
        page.WaitForAssertion(() => Assert.Equal(["Order", "Total", "Placed", "Status"], Heads(page)));
        await page.InvokeAsync(() => columns.Move("total", null));
        page.WaitForAssertion(() => Assert.Equal(["Order", "Placed", "Status", "Total"], Heads(page)));

        var rows = page.Instance.Rows;
        await page.InvokeAsync(() => columns.Resize("status", 20));
        await page.InvokeAsync(() => columns.Resize("nobody", 100));
        Assert.EndsWith("widths=status%3A60", Navigation.Uri, StringComparison.Ordinal);
        Assert.Contains("nth-child(4){width:60px", page.Find("style").TextContent, StringComparison.Ordinal);
        Assert.Same(rows, page.Instance.Rows);

        await page.InvokeAsync(() => columns.Resize("status", null));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("style")));
        Assert.EndsWith("/orders?columns=placed,status,total", Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ColumnsMenu_MovesHidesAndSizesByKeyboard()
    {
        JSInterop.SetupModule(i => i.Arguments[0] is string file && file.Contains("columns", StringComparison.Ordinal))
            .Setup<int>("widthOf", _ => true).SetResult(200);
        await SignInAsync(RoleNames.Manager);
        Navigation.NavigateTo("/customers?columns=email,city,spent");
        var page = Render<CustomersPage>();
        page.WaitForAssertion(() => Assert.Equal(["Name", "E-mail", "City", "Spent"], Heads(page)));

        await PressAsync("Move E-mail down");
        page.WaitForAssertion(() => Assert.Equal(["Name", "City", "E-mail", "Spent"], Heads(page)));
        await PressAsync("Move Spent up");
        page.WaitForAssertion(() => Assert.Equal(["Name", "City", "Spent", "E-mail"], Heads(page)));
        await PressAsync("Hide City");
        await PressAsync("Make Name wider");
        await PressAsync("Make Name wider");
        await PressAsync("Make Spent narrower");

        page.WaitForAssertion(() => Assert.EndsWith("columns=spent,email&widths=first%3A248,spent%3A176", Navigation.Uri,
            StringComparison.Ordinal));
        // The box to tick comes before the name.
        Assert.Contains("nth-child(2){width:248px", page.Find("style").TextContent, StringComparison.Ordinal);
        await page.FindAll(".menu-item").First(i => i.TextContent.Contains("Usual widths", StringComparison.Ordinal)).ClickAsync(new());
        page.WaitForAssertion(() => Assert.EndsWith("columns=spent,email", Navigation.Uri, StringComparison.Ordinal));

        Task PressAsync(string label) => page.Find($"button[aria-label='{label}']").ClickAsync(new());
    }

    private static string[] Heads<T>(IRenderedComponent<T> page)
        where T : IComponent => [.. page.FindAll("thead th[data-column]").Select(h => h.TextContent.Trim())];
}
