using Bunit;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Outbox;
using CrmPortal.Features.Customers;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Customers;

public sealed class CustomersPageTests : CrmPageTest
{
    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public async Task Open_WithoutCustomers_SaysWhatToDoNext()
    {
        await SignInAsync(RoleNames.Staff);
        Navigation.NavigateTo("/customers");

        var page = Render<CustomersPage>();

        page.WaitForAssertion(() => Assert.Contains("No customers yet", page.Markup, StringComparison.Ordinal));
        Assert.Equal("/customers/new", page.Find("a.mud-button-filled-primary[data-new]").GetAttribute("href"));
    }

    [Fact]
    public async Task Search_WhatWasTyped_StandsInTheAddress_AndShowsOnlyMatches_AndIsNotTouched()
    {
        await AddAsync("Ada Lovelace", "Grace Hopper");
        await SignInAsync(RoleNames.Staff);
        Navigation.NavigateTo("/customers");
        var page = Render<CustomersPage>();
        page.WaitForAssertion(() => Assert.Equal(2, Names(page).Length));

        var typing = page.Find("input[type=search]").InputAsync(new ChangeEventArgs { Value = "hop" });
        Data.Clock.Advance(TimeSpan.FromSeconds(1));
        await typing;

        page.WaitForAssertion(() => Assert.Equal(["Grace Hopper"], Names(page)));
        Assert.EndsWith("/customers?q=hop", Navigation.Uri, StringComparison.Ordinal);
        // The box is left to the person who types in it.
        Assert.Null(page.Find("input[type=search]").GetAttribute("value"));
        JSInterop.VerifyNotInvoke("crm.setValue");
    }

    [Fact]
    public async Task Staff_SeesContactsMasked_AndMayNotSortByThem()
    {
        await using (var manager = await Data.AsRoleAsync(RoleNames.Manager))
            await manager.Customers.CreateAsync(new() { GivenName = "Ada", Email = "ada@example.com", Phone = "+442079460958" },
                CancellationToken.None);
        await SignInAsync(RoleNames.Staff);
        Navigation.NavigateTo("/customers");

        var page = Render<CustomersPage>();

        page.WaitForAssertion(() => Assert.Single(Names(page)));
        Assert.Equal("a•••@e•••", page.Find("td[data-label='E-mail']").TextContent.Trim());
        Assert.DoesNotContain("ada@example.com", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("7946", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(page.FindAll("th button"), b => b.TextContent.Trim() == "E-mail");
    }

    [Fact]
    public async Task Filter_ThatCannotBeRead_SaysSo_AndOffersTheWayBack()
    {
        await SignInAsync(RoleNames.Staff);
        Navigation.NavigateTo("/customers?filter=nonsense");

        var page = Render<CustomersPage>();

        page.WaitForAssertion(() => Assert.Contains("This filter cannot be read.", page.Find("[role=alert]").TextContent,
            StringComparison.Ordinal));
    }

    [Fact]
    public async Task Filter_InWords_AndTakenAway()
    {
        await AddAsync("Ada Lovelace");
        await SignInAsync(RoleNames.Manager);
        Navigation.NavigateTo("/customers?filter=status:any:blocked;created:last:30");
        var page = Render<CustomersPage>();
        page.WaitForAssertion(() => Assert.Equal(["Status: Blocked", "Created in the last 30 days"], page.FindAll(".chip-text")
            .Select(c => c.TextContent)));

        page.Find(".chip button[aria-label^='Remove']").Click();

        Assert.EndsWith("filter=created:last:30", Uri.UnescapeDataString(Navigation.Uri), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Selection_OfAPage_OffersWhatTheRoleMayDo()
    {
        await AddAsync("Ada Lovelace", "Grace Hopper");
        await SignInAsync(RoleNames.Staff);
        Navigation.NavigateTo("/customers");
        var page = Render<CustomersPage>();
        page.WaitForAssertion(() => Assert.Equal(2, Names(page).Length));

        await page.Find("thead input[type=checkbox]").ChangeAsync(new ChangeEventArgs { Value = true });

        Assert.Equal("2 selected", page.Find(".bulk strong").TextContent);
        Assert.DoesNotContain(page.FindAll(".bulk button"), b => b.TextContent.Contains("Delete", StringComparison.Ordinal)
            || b.TextContent.Contains("Block", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Change_BySomebodyElse_AppearsByItself()
    {
        await AddAsync("Ada Lovelace");
        await SignInAsync(RoleNames.Staff);
        Navigation.NavigateTo("/customers");
        var page = Render<CustomersPage>();
        page.WaitForAssertion(() => Assert.Equal(["Ada Lovelace"], Names(page)));

        await using var manager = await Data.AsRoleAsync(RoleNames.Manager);
        var id = (await manager.Finder.ListAsync(new(), new(), CancellationToken.None)).Items.Single().Id;
        await manager.Customers.UpdateAsync(id, new() { FamilyName = "King" }, null, null, CancellationToken.None);
        await Data.Get<OutboxDispatcher>().DispatchAsync(CancellationToken.None);

        page.WaitForAssertion(() =>
        {
            Data.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(["Ada King"], Names(page));
        });
    }

    [Fact]
    public async Task Reread_ThatFails_LeavesTheListAsItWas_AndTheNextOneSucceeds()
    {
        await AddAsync("Ada Lovelace");
        await SignInAsync(RoleNames.Staff);
        Navigation.NavigateTo("/customers");
        var page = Render<CustomersPage>();
        page.WaitForAssertion(() => Assert.Equal(["Ada Lovelace"], Names(page)));
        Faults.Fault = text => text.Contains("\"Customers\"", StringComparison.Ordinal) && Faults.Failed == 0
            ? new InvalidOperationException("The database hiccups.") : null;

        await RenameAsync("King");
        page.WaitForAssertion(() =>
        {
            Data.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(1, Faults.Failed);
        });
        Assert.Equal(["Ada Lovelace"], Names(page));
        await RenameAsync("Byron");
        // Shortly after another reading, the next one takes its time.
        for (var i = 0; i < 5; i++)
        {
            await page.InvokeAsync(() => { });
            Data.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        page.WaitForAssertion(() => Assert.Equal(["Ada Byron"], Names(page)));

        async Task RenameAsync(string name)
        {
            await using var manager = await Data.AsRoleAsync(RoleNames.Manager);
            var id = (await manager.Finder.ListAsync(new(), new(), CancellationToken.None)).Items.Single().Id;
            await manager.Customers.UpdateAsync(id, new() { FamilyName = name }, null, null, CancellationToken.None);
            await Data.DispatchAsync();
        }
    }

    [Fact]
    public async Task Change_OfACustomerWhoIsNotOnThePage_IsNotReadAgain()
    {
        await AddAsync([.. Enumerable.Range(1, 30).Select(i => $"Person {i:00}")]);
        // That they are new is told before the page is there.
        await Data.DispatchAsync();
        await SignInAsync(RoleNames.Staff);
        Navigation.NavigateTo("/customers");
        var page = Render<CustomersPage>();
        page.WaitForAssertion(() => Assert.NotEmpty(Names(page)));
        var shown = Names(page);
        Assert.DoesNotContain("Person 01", shown);
        Commands.Clear();

        await using var manager = await Data.AsRoleAsync(RoleNames.Manager);
        var oldest = await Data.ReadAsync(db => db.Customers.Select(c => c.Id).MinAsync());
        await manager.Customers.UpdateAsync(oldest, new() { FamilyName = "Changed" }, null, null, CancellationToken.None);
        await Data.DispatchAsync();
        for (var i = 0; i < 20; i++)
        {
            Data.Clock.Advance(TimeSpan.FromSeconds(1));
            await page.InvokeAsync(() => { });
        }

        Assert.DoesNotContain(Commands.Statements, s => s.Contains("\"Customers\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Heading_WithShift_AddsASecondOrder_WhichIsNumberedAndStandsInTheAddress()
    {
        await AddAsync("Zoe Adams", "Ada Lovelace");
        await SignInAsync(RoleNames.Staff);
        Navigation.NavigateTo("/customers?sort=spent");
        var page = Render<CustomersPage>();
        page.WaitForAssertion(() => Assert.Equal(2, Names(page).Length));

        await page.Find("th[data-column=first] button").ClickAsync(new() { ShiftKey = true });

        // By their last names.
        page.WaitForAssertion(() => Assert.Equal(["Zoe Adams", "Ada Lovelace"], Names(page)));
        Assert.EndsWith("?sort=spent&then=name&then-order=up", Navigation.Uri, StringComparison.Ordinal);
        Assert.Equal("1", page.Find("th[data-column=spent] .sort-place").TextContent);
        Assert.Equal("2", page.Find("th[data-column=first] .sort-place").TextContent);
        await page.Find("th[data-column=first] button").ClickAsync(new() { ShiftKey = true });
        page.WaitForAssertion(() => Assert.Equal(["Ada Lovelace", "Zoe Adams"], Names(page)));
        await page.Find("th[data-column=first] button").ClickAsync();
        page.WaitForAssertion(() => Assert.EndsWith("?sort=name&order=up", Navigation.Uri, StringComparison.Ordinal));
        Assert.Empty(page.FindAll(".sort-place"));
    }

    [Fact]
    public async Task SecondOrder_OfALongList_IsNotOffered_AndAnAddressThatAsksForIt_IsToldWhy()
    {
        await Data.WriteAsync(db =>
        {
            db.Customers.AddRange(Enumerable.Range(0, SecondOrder.MostRows + 1)
                .Select(i => TestCustomers.Make(i, Data.Clock.GetUtcNow())));
            return Task.CompletedTask;
        });
        await SignInAsync(RoleNames.Staff);
        Navigation.NavigateTo("/customers?sort=spent&then=name");

        var page = Render<CustomersPage>();

        page.WaitForAssertion(() => Assert.Equal(25, Names(page).Length));
        Assert.Contains("up to 10000 rows", page.Find("[role=status]").TextContent.Replace(",", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
        Assert.Equal("descending", page.Find("th[data-column=spent]").GetAttribute("aria-sort"));
        Assert.Empty(page.FindAll(".sort-place"));
        Assert.DoesNotContain("Then by", page.Markup, StringComparison.Ordinal);
    }

    private static string[] Names(IRenderedComponent<CustomersPage> page) =>
        [.. page.FindAll("[data-row-link]").Select(a => a.TextContent)];

    private async Task AddAsync(params string[] names)
    {
        await using var manager = await Data.AsRoleAsync(RoleNames.Manager);
        foreach (var name in names)
        {
            var words = name.Split(' ');
            await manager.Customers.CreateAsync(new() { GivenName = words[0], FamilyName = words[1] }, CancellationToken.None);
        }
    }
}
