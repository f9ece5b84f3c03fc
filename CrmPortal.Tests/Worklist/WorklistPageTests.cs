using Bunit;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Worklist;
using CrmPortal.Features.Worklist;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Worklist;

public sealed class WorklistPageTests : CrmPageTest
{
    [Fact]
    public async Task Entry_IsClaimedDoneWithANote_AndBroughtBack()
    {
        var id = await VipAsync();
        await SignInAsync(RoleNames.SupportAgent);
        var page = Render<WorklistPage>();
        page.WaitForElement(".worklist-entry");
        Assert.Contains("No order, note or other contact for 80 days.", page.Find(".worklist-reasons").TextContent, StringComparison.Ordinal);

        page.Find("[aria-label='I am at it: Vip']").Click();
        page.WaitForAssertion(() => Assert.Contains("You are at it", page.Markup, StringComparison.Ordinal));
        page.Find("[aria-label='Done: Vip']").Click();
        Dialogs.WaitForElement("#worklist-note").Change("Sent a card");
        Dialogs.Find("form").Submit();

        page.WaitForAssertion(() => Assert.Contains("Nobody to contact", page.Markup, StringComparison.Ordinal));
        Assert.Equal("Sent a card", await Data.ReadAsync(db => db.Notes.Where(n => n.CustomerId == id).Select(n => n.Text).SingleAsync()));
    }

    [Fact]
    public async Task Entry_ThatSomebodyElseIsAt_OffersNothing()
    {
        await VipAsync();
        await using var other = await Data.AsRoleAsync(RoleNames.SupportAgent);
        await other.Get<WorklistService>().ClaimAsync(
            await Data.ReadAsync(db => db.WorklistEntries.Select(e => e.Id).SingleAsync()), default);
        await SignInAsync(RoleNames.SupportAgent);

        var page = Render<WorklistPage>();

        page.WaitForElement(".worklist-entry");
        Assert.Contains($"{other.Actor.Name} is at it", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[aria-label^='Done']"));
    }

    [Fact]
    public async Task Page_BeforeTheFirstNight_SaysSo()
    {
        await SignInAsync(RoleNames.Staff);

        var page = Render<WorklistPage>();

        page.WaitForAssertion(() => Assert.Contains("No list yet", page.Markup, StringComparison.Ordinal));
    }

    private async Task<long> VipAsync()
    {
        var id = (await Data.AddCustomerAsync("Vip", null)).Id;
        await Data.WriteAsync(async db =>
            (await db.Customers.SingleAsync(c => c.Id == id)).SetVip(true, "Good", null, Data.Clock.GetUtcNow()));
        await Data.WriteAsync(db => db.Customers.ExecuteUpdateAsync(c => c.SetProperty(x => x.LastInteractionAt,
            Data.Clock.GetUtcNow().AddDays(-80))));
        await using var system = Data.AsSystem();
        await system.Get<WorklistService>().RefreshAsync(default);
        return id;
    }
}
