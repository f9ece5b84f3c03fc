using Bunit;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Features.Settings;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Access;

public sealed class RolesPageTests : CrmPageTest
{
    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public async Task Leave_WithATickThatIsNotSaved_AsksFirst_AndStaysOrGoes()
    {
        await SignInAsync(RoleNames.Administrator);
        Navigation.NavigateTo("/settings/roles");
        var page = Render<RolesPage>();
        var box = page.WaitForElement("input[aria-label='Administrator: Export customers']");
        await box.ChangeAsync(new ChangeEventArgs { Value = false });

        Navigation.NavigateTo("/customers");
        page.WaitForAssertion(() => Assert.Contains("Administrator", Dialogs.Find(".mud-dialog p").TextContent, StringComparison.Ordinal));
        Assert.EndsWith("/settings/roles", Navigation.Uri, StringComparison.Ordinal);
        await Dialogs.Find(".mud-dialog button:contains('Stay here')").ClickAsync();
        Assert.Empty(Dialogs.FindAll(".mud-dialog"));

        Navigation.NavigateTo("/customers");
        await Dialogs.WaitForElement(".mud-dialog button:contains('Leave without saving')").ClickAsync();
        Assert.EndsWith("/customers", Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leave_AfterSaving_OrWithoutAnyChange_AsksNothing()
    {
        await SignInAsync(RoleNames.Administrator);
        Navigation.NavigateTo("/settings/roles");
        var page = Render<RolesPage>();
        await page.WaitForElement("input[aria-label='Administrator: Export customers']").ChangeAsync(new ChangeEventArgs { Value = false });
        await page.Find("button[aria-label='Save Administrator']").ClickAsync();
        page.WaitForAssertion(() => Assert.Equal("Saved.", page.Find(".notice-success").TextContent));

        Navigation.NavigateTo("/customers");

        Assert.EndsWith("/customers", Navigation.Uri, StringComparison.Ordinal);
        Assert.Empty(Dialogs.FindAll(".mud-dialog"));
    }

    [Fact]
    public async Task Matrix_OffersWhatDoesSomething_AndSavingKeepsTheRest()
    {
        await SignInAsync(RoleNames.Administrator);
        var page = Render<RolesPage>();
        var shown = page.WaitForElements("tbody th").Select(h => h.TextContent).ToList();

        Assert.Contains("Edit tags", shown);
        Assert.DoesNotContain("Work on tickets", shown);
        Assert.Equal(Permissions.Offered.Count, shown.Count);
        await page.Find("input[aria-label='Administrator: Export customers']").ChangeAsync(new ChangeEventArgs { Value = false });
        await page.Find("button[aria-label='Save Administrator']").ClickAsync();

        page.WaitForAssertion(() => Assert.Equal("Saved.", page.Find(".notice-success").TextContent));
        var kept = await Data.ReadAsync(db => db.Roles.Where(r => r.Name == RoleNames.Administrator).Select(r =>
            r.Permissions).SingleAsync());
        Assert.Equal(Permissions.All.Except([Permissions.CustomersExport]), kept);
    }
}
