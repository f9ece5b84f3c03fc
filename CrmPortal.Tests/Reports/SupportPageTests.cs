using Bunit;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Tickets;
using CrmPortal.Features.Reports;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Reports;

/// <summary>The page of support: what it shows, and where each part leads.</summary>
public sealed class SupportPageTests : CrmPageTest
{
    [Fact]
    public async Task Page_ShowsFiguresBarsHoursAndLines_AndEachLeadsToItsTickets()
    {
        var ada = await Data.AddCustomerAsync();
        await using var agent = await Data.AsRoleAsync(RoleNames.SupportAgent);
        foreach (var subject in new[] { "One", "Two" })
            await agent.Get<TicketService>().CreateAsync(new() { CustomerId = ada.Id, Subject = subject, Text = "?", AssigneeId = agent.UserId },
                default);
        await SignInAsync(RoleNames.Manager);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/reports/support?period=this_month&by=week&group=agent");

        var page = Render<SupportPage>();

        page.WaitForElement(".figure-cards");
        var card = page.Find(".figure-card");
        Assert.Equal(("New tickets", "2"), (card.GetAttribute("aria-label"), card.QuerySelector(".glance-value")!.TextContent));
        Assert.Equal("/tickets?view=all&filter=merged%3Ano%3Bcreated%3Abetween%3A2026-03-01%2C2026-03-10",
            card.QuerySelector("a")!.GetAttribute("href"));
        Assert.Equal(3, page.FindAll("#chart-new ~ .chart-body, .chart").Count(c => c.QuerySelector("#chart-new") is not null)
            + page.FindAll(".chart").Count(c => c.QuerySelector("#chart-solved, #chart-backlog") is not null));
        Assert.Contains(page.FindAll("a.chart-open"), a => a.GetAttribute("href") == "/tickets?view=all&filter="
            + "merged%3Ano%3Bcreated%3Abetween%3A2026-03-09%2C2026-03-10");
        // The shop's clock says noon on a Tuesday.
        var hour = Assert.Single(page.FindAll(".support-hours td a"));
        Assert.Equal("2", hour.TextContent);
        Assert.EndsWith("weekday%3Aany%3Atuesday%3Bhour%3Ais%3A12", hour.GetAttribute("href"), StringComparison.Ordinal);
        var line = Assert.Single(page.FindAll(".support-groups tbody tr"));
        Assert.Equal(agent.Actor.Name, line.QuerySelector("th")!.TextContent);
        Assert.Contains($"agent%3Aany%3A{agent.UserId}", line.QuerySelector("td a")!.GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_OfAnAgent_IsAboutTheirOwnTickets_AndOffersNoOthers()
    {
        await SignInAsync(RoleNames.SupportAgent);

        var page = Render<SupportPage>();

        page.WaitForElement(".figure-cards");
        Assert.Equal("Your own tickets: how many, how fast, and what customers said.", page.Find(".page-header p").TextContent);
        Assert.Empty(page.FindAll("#scope-agent"));
        Assert.DoesNotContain(page.FindAll(".tabs a"), a => a.TextContent == "Agent");
    }

    [Fact]
    public async Task Page_SaysWhatIsWrongWithTheDays()
    {
        await SignInAsync(RoleNames.Manager);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/reports/support?period=chosen&from=2024-01-01&until=2026-03-01");

        var page = Render<SupportPage>();

        page.WaitForAssertion(() => Assert.Contains("This report covers at most 400 days.", page.Markup, StringComparison.Ordinal));
        Assert.Empty(page.FindAll(".figure-cards"));
    }
}
