using Bunit;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Tickets;
using CrmPortal.Features.Home;
using CrmPortal.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Home;

public sealed class HomePageTests : CrmPageTest
{
    [Fact]
    public async Task Open_AsManager_ShowsTheShop_AndWhatWaits()
    {
        var ada = await Data.AddCustomerAsync();
        await Data.AddOrderAsync("A-1", ada.Id, 12_345);
        await Data.AddOrderAsync("A-2", null, 1_000, placedAt: Data.Clock.GetUtcNow().AddMonths(-1));
        await using var agent = await Data.AsRoleAsync(RoleNames.SupportAgent);
        await agent.Get<LedgerService>().AdjustAsync(new() { CustomerId = ada.Id, Points = 50_000, Reason = "Sorry" }, null, default);
        await Data.Get<DayKeeper>().RunAsync(default);
        await SignInAsync(RoleNames.Manager);

        var page = Render<HomePage>();

        page.WaitForElement(".home");
        Assert.Equal(["Revenue this month", "Orders this month", "New customers", "Points owed"],
            page.FindAll(".home-figure dt").Select(t => t.TextContent));
        Assert.Equal(["€123.45", "1", "1"], page.FindAll(".home-figure .glance-value").Take(3).Select(t => t.TextContent));
        Assert.Equal("€10.00 in the same days last month", page.Find(".home-hint").TextContent);
        // Twelve times as much says nothing, and neither does a share of nothing.
        Assert.Empty(page.FindAll(".home-change"));
        Assert.Equal(["Revenue by month", "Orders by month"], page.FindAll(".chart-title").Select(t => t.TextContent));
        Assert.Contains("March 2026: Last 12 months €123.45, The 12 months before €0.00",
            page.Find("[role=img]").GetAttribute("aria-label"), StringComparison.Ordinal);
        Assert.Equal(("/loyalty/adjustments", "1"),
            (page.Find(".home-rail li a").GetAttribute("href"), page.Find(".home-rail li strong").TextContent));
        Assert.Equal("Ada Lovelace", page.Find(".home-rail .home-text a").TextContent);
        Assert.Empty(page.FindAll("[role=status]"));
    }

    [Fact]
    public async Task Changes_AreSaidToBeCounted_AndAppear()
    {
        var ada = await Data.AddCustomerAsync();
        await Data.AddOrderAsync("A-1", ada.Id, 5_000);
        await Data.Get<DayKeeper>().RunAsync(default);
        await Data.AddOrderAsync("A-2", ada.Id, 5_000);
        await SignInAsync(RoleNames.Manager);
        var page = Render<HomePage>();
        page.WaitForAssertion(() => Assert.Equal("Recent changes are still being counted.", page.Find("[role=status]").TextContent));
        Assert.Equal("€50.00", page.Find(".home-figure .glance-value").TextContent);

        await Data.Get<DayKeeper>().RunAsync(default);
        Data.Clock.Advance(TimeSpan.FromSeconds(5));

        page.WaitForAssertion(() => Assert.Equal("€100.00", page.Find(".home-figure .glance-value").TextContent));
        Assert.Empty(page.FindAll("[role=status]"));
    }

    [Fact]
    public async Task Open_AsStaff_ShowsTheOwnDay_AndNoFigures()
    {
        var ada = await Data.AddCustomerAsync();
        await SignInAsync(RoleNames.Staff);
        await using var other = await Data.AsRoleAsync(RoleNames.Manager);
        await other.Get<NoteService>().AddAsync(ada.Id, $"Ask @{Me.Name}", default);

        var page = Render<HomePage>();

        page.WaitForElement(".home");
        Assert.Equal(["Whom to contact today", "My mentions", "Changes to customers I follow", "Last opened"],
            page.FindAll("h2").Select(h => h.TextContent));
        Assert.Equal("Ada Lovelace", page.Find(".home-text a").TextContent);
        Assert.Empty(page.FindAll(".home-figure, .chart, .home-rail"));
    }

    [Fact]
    public async Task Open_AsAgent_ShowsTheOwnTickets_EachFigureWithItsList()
    {
        var ada = await Data.AddCustomerAsync();
        await SignInAsync(RoleNames.SupportAgent);
        await using var agent = await Data.AsRoleAsync(RoleNames.SupportAgent);
        var tickets = agent.Get<TicketService>();
        await tickets.CreateAsync(new() { CustomerId = ada.Id, Subject = "Mine", Text = "?", AssigneeId = Me.UserId }, default);
        await tickets.CreateAsync(new() { CustomerId = ada.Id, Subject = "Nobody's", Text = "?" }, default);
        await tickets.CreateAsync(new() { CustomerId = ada.Id, Subject = "Another's", Text = "?", AssigneeId = agent.UserId }, default);

        var page = Render<HomePage>();

        page.WaitForElement("#my-tickets-title");
        Assert.Equal(["1", "1", "0", "0", "0", "–"], page.FindAll(".home-figure .glance-value").Select(v => v.TextContent));
        Assert.Equal(["/tickets?view=mine", "/tickets?view=unassigned", "/tickets?view=mine&filter=target%3Aany%3Aoverdue"],
            page.FindAll(".home-figure .glance-value").Take(3).Select(v => v.GetAttribute("href")));
    }

    [Fact]
    public async Task Tiles_AreHiddenShownAndMoved_AndStaySo()
    {
        var ada = await Data.AddCustomerAsync();
        await Data.AddOrderAsync("A-1", ada.Id, 12_345);
        await Data.Get<DayKeeper>().RunAsync(default);
        await SignInAsync(RoleNames.Manager);
        var page = Render<HomePage>();
        page.WaitForElement(".home");
        page.FindAll("button").Single(b => b.TextContent == "Arrange").Click();
        Dialogs.WaitForAssertion(() => Assert.Equal(["The shop", "Whom to contact today (hidden)",
            "My tickets (hidden)", "My day (hidden)", "Waiting for you", "Segments that moved", "Top customers of all time", "Points owed (hidden)"], Titles()));

        Dialogs.Find("[aria-label='Hide: The shop']").Click();
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".home-figure")));
        Dialogs.Find("[aria-label='Show: Points owed']").Click();
        page.WaitForElement("#points-title");
        for (var i = 0; i < 3; i++)
        {
            Dialogs.Find("[aria-label='Move up: Points owed']").Click();
            var at = 6 - i;
            Dialogs.WaitForAssertion(() => Assert.Equal("Points owed", Titles().ElementAt(at)));
        }

        Assert.Equal(["Points owed", "Waiting for you"], page.FindAll(".home-rail h2").Take(2).Select(h => h.TextContent));
        var again = Render<HomePage>();
        again.WaitForElement("#points-title");
        Assert.Empty(again.FindAll(".home-figure"));

        Dialogs.FindAll("button").Single(b => b.TextContent == "As at the beginning").Click();
        page.WaitForElement(".home-figure");
        Assert.Empty(page.FindAll("#points-title"));

        IEnumerable<string> Titles() => Dialogs.FindAll(".arrange li > span:first-child").Select(s => s.TextContent.Trim());
    }

    [Fact]
    public async Task Open_InAnEmptyShop_InvitesToBegin()
    {
        await SignInAsync(RoleNames.Manager);

        var page = Render<HomePage>();

        page.WaitForElement(".empty");
        Assert.Equal(["/imports", "/customers/new"], page.FindAll(".empty a").Select(a => a.GetAttribute("href")));
        Assert.Empty(page.FindAll(".home-figure"));
    }

    [Fact]
    public async Task Open_WithFiguresButWithoutOrders_ShowsPointsAlone()
    {
        var ada = await Data.AddCustomerAsync();
        await using var system = Data.AsSystem();
        await system.Get<LedgerService>().EarnAsync(new() { CustomerId = ada.Id, Points = 70 }, null, default);
        await Data.Get<DayKeeper>().RunAsync(default);
        await SignInWithAsync(Permissions.ReportsView, Permissions.CustomersView);

        var page = Render<HomePage>();

        page.WaitForElement(".home");
        Assert.Equal(["Points owed"], page.FindAll(".home-figure dt").Select(t => t.TextContent));
        Assert.Equal(["Points by month"], page.FindAll(".chart-title").Select(t => t.TextContent));
    }

    [Fact]
    public async Task Open_WithoutTheCustomersPermission_ShowsNoneOfThem()
    {
        await SignInAsync(RoleNames.Customer);

        var page = Render<HomePage>();

        Assert.Empty(page.FindAll(".home"));
        Assert.Contains("An administrator can give it a role.", page.Markup, StringComparison.Ordinal);
    }
}
