using System.Globalization;
using Bunit;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Reports;
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
    public async Task Page_LeadsFromAPercentageToAllThatWasDecided_AndFromTheMissedToThese()
    {
        var ada = await Data.AddCustomerAsync();
        await using var system = Data.AsSystem();
        var hours = await system.Get<ServiceLevelService>().SaveCalendarAsync(null, "Always", new BusinessHours(Core.Platform.Common.LocalZone.Utc,
            Enum.GetValues<DayOfWeek>().ToDictionary(d => d, IReadOnlyList<OpenTime> (_) => [new(0, 24 * 60)])), true, default);
        await system.Get<ServiceLevelService>().SavePolicyAsync(null, new() { Name = "All", CalendarId = hours!.Part.Id,
            FirstResponseMinutes = 60 }, default);
        await using var agent = await Data.AsRoleAsync(RoleNames.SupportAgent);
        await agent.Get<TicketService>().CreateAsync(new() { CustomerId = ada.Id, Subject = "One", Text = "?" }, default);
        Data.Clock.Advance(TimeSpan.FromHours(2));
        await SignInAsync(RoleNames.Manager);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/reports/support?period=this_month&by=month");

        var page = Render<SupportPage>();

        page.WaitForElement(".figure-cards");
        var card = page.FindAll(".figure-card").Single(c => c.GetAttribute("aria-label") == "First response in time");
        Assert.Equal(0m.ToString("P0", CultureInfo.CurrentCulture), card.QuerySelector(".glance-value a")!.TextContent);
        Assert.Contains("first_sla%3Aany%3Akept%2Cmissed", card.QuerySelector(".glance-value a")!.GetAttribute("href"),
            StringComparison.Ordinal);
        var missed = card.QuerySelector("a.small")!;
        Assert.Equal("1 too late", missed.TextContent);
        Assert.Contains("first_sla%3Aany%3Amissed%3B", missed.GetAttribute("href"), StringComparison.Ordinal);
        // A figure of nothing is plainly no link, in the cards and in the table.
        Assert.All(page.FindAll(".figure-card").Where(c => c.GetAttribute("aria-label") is "Solved" or "Resolution in time"),
            c => Assert.Empty(c.QuerySelectorAll("a")));
        var cells = page.Find(".support-groups tbody tr").QuerySelectorAll("td").Zip(SupportContent.Columns).ToDictionary(c => c.Second.Name,
            c => (c.First.TextContent, c.First.QuerySelector("a") is not null));
        Assert.Equal(("0", true), cells["first_sla"]);
        Assert.Equal(("1", true), cells["first_missed"]);
        Assert.Equal(("0", false), cells["solved"]);
        Assert.Equal(("–", false), cells["late"]);
    }

    [Theory]
    [InlineData("agent=999999", "There is no such agent.")]
    [InlineData("queue=999999", "There is no such queue.")]
    [InlineData("segment=999999", "There is no such segment or group.")]
    [InlineData("tag=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "This is too long; 40 characters are allowed.")]
    [InlineData("tag=%00", "This contains a character that cannot be stored.")]
    public async Task Page_OfAnAddressThatMeansNothing_SaysSo_InOneSentence(string query, string sentence)
    {
        await SignInAsync(RoleNames.Manager);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/reports/support?" + query);

        var page = Render<SupportPage>();

        page.WaitForAssertion(() => Assert.Equal(2, page.Markup.Split(sentence).Length));
        Assert.Empty(page.FindAll(".figure-cards"));
    }

    [Fact]
    public async Task Page_SaysItsDays_AndWhyNarrowedFiguresAreNotKept()
    {
        await SignInAsync(RoleNames.Manager);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/reports/support?period=chosen&from=2026-03-02&until=2026-03-08");

        var page = Render<SupportPage>();

        page.WaitForElement(".figure-cards");
        var display = Services.GetRequiredService<Display>();
        Assert.Contains($"{display.Date(new DateOnly(2026, 3, 2))} to {display.Date(new DateOnly(2026, 3, 8))}", page.Find(".page-header").TextContent, StringComparison.Ordinal);
        Assert.False(Keep().HasAttribute("disabled"));
        Services.GetRequiredService<NavigationManager>().NavigateTo("/reports/support?channel=phone");
        page.WaitForAssertion(() => Assert.True(Keep().HasAttribute("disabled")));
        Assert.Equal("Only figures of all tickets can be kept or saved; these are narrowed.",
            page.Find("#" + Keep().GetAttribute("aria-describedby")).TextContent);
        // What they are narrowed by is counted where a narrow screen hides it.
        Assert.Equal("1", page.Find(".report-filters-toggle .badge").TextContent);

        AngleSharp.Dom.IElement Keep() => page.FindAll(".page-header button").Single(b => b.TextContent == "Keep these figures");
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
