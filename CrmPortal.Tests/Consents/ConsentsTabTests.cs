using Bunit;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Consents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Features.Consents;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Consents;

public sealed class ConsentsTabTests : CrmPageTest
{
    [Fact]
    public async Task Give_ShowsTheWording_WantsHowWhereAndASign_AndIsUndoneByAFurtherEntry()
    {
        var customer = await Data.AddCustomerAsync();
        await using (var admin = await Data.AsRoleAsync(RoleNames.Administrator))
            await admin.Get<ConsentWordingService>().AddAsync(ConsentPurpose.Marketing, "en", "I want offers.",
                Xunit.TestContext.Current.CancellationToken);
        await SignInAsync(RoleNames.SupportAgent);
        var tab = Render<ConsentsTab>(p => p.Add(x => x.CustomerId, customer.Id).Add(x => x.MayEdit, true));

        await tab.WaitForElement("button[aria-label='Give: Advertising, SMS']").ClickAsync();
        tab.WaitForAssertion(() => Assert.Equal("I want offers.", Dialogs.Find(".mud-dialog blockquote").TextContent));
        await Dialogs.Find(".mud-dialog form").SubmitAsync();
        Assert.Equal(2, Dialogs.FindAll(".mud-dialog .field-error").Count);
        Assert.Equal(0, await CountAsync());

        await ChooseAsync(Dialogs, "#consent-how", "By phone");
        await Dialogs.Find("#consent-where").ChangeAsync(new ChangeEventArgs { Value = "Hotline" });
        await Dialogs.Find(".mud-dialog input[type=checkbox]").ChangeAsync(new ChangeEventArgs { Value = true });
        await Dialogs.Find(".mud-dialog form").SubmitAsync();

        tab.WaitForAssertion(() => Assert.Empty(Dialogs.FindAll(".mud-dialog")));
        Assert.Contains("By phone · Hotline", tab.Find(".evidence").TextContent, StringComparison.Ordinal);
        var toast = Assert.Single(Services.GetRequiredService<Toasts>().Shown);
        Assert.True(toast.CanUndo);

        await tab.InvokeAsync(() => toast.TakeBack!());
        tab.WaitForAssertion(() => Assert.Contains("Recorded by mistake", tab.Find(".evidence").TextContent, StringComparison.Ordinal));
        Assert.Equal([ConsentState.Granted, ConsentState.Withdrawn], await Data.ReadAsync(db => db.Consents.OrderBy(c => c.Id).Select(c =>
            c.State).ToListAsync()));
    }

    [Fact]
    public async Task Give_WithoutAWording_SaysThatTheEntryWillNotNameOne()
    {
        var customer = await Data.AddCustomerAsync();
        await SignInAsync(RoleNames.SupportAgent);
        var tab = Render<ConsentsTab>(p => p.Add(x => x.CustomerId, customer.Id).Add(x => x.MayEdit, true));

        await tab.WaitForElement("button[aria-label='Give: Advertising, SMS']").ClickAsync();

        tab.WaitForAssertion(() => Assert.Contains("There is no wording", Dialogs.Find(".mud-dialog .notice").TextContent,
            StringComparison.Ordinal));
        await Dialogs.Find(".mud-dialog button:contains('Cancel')").ClickAsync();
        Assert.Empty(Dialogs.FindAll(".mud-dialog"));
        Assert.Equal(0, await CountAsync());
    }

    private Task<int> CountAsync() => Data.ReadAsync(db => db.Consents.CountAsync());
}
