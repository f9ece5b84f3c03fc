using Bunit;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Features.Settings;
using CrmPortal.Resources;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

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
        await page.Find("button:contains('Save changes')").ClickAsync();
        page.WaitForAssertion(() => Assert.Equal("Saved.", page.Find(".save-bar [role=status]").TextContent));

        Navigation.NavigateTo("/customers");

        Assert.EndsWith("/customers", Navigation.Uri, StringComparison.Ordinal);
        Assert.Empty(Dialogs.FindAll(".mud-dialog"));
    }

    [Fact]
    public async Task Matrix_OffersWhatDoesSomething_AndSavingKeepsTheRest()
    {
        await SignInAsync(RoleNames.Administrator);
        var page = Render<RolesPage>();
        var shown = page.WaitForElements("tbody th[scope=row]").Select(h => h.FirstChild!.TextContent).ToList();

        Assert.Contains("Edit tags", shown);
        Assert.Equal(Permissions.Offered.Count, shown.Count);
        await page.Find("input[aria-label='Administrator: Export customers']").ChangeAsync(new ChangeEventArgs { Value = false });
        await page.Find("button:contains('Save changes')").ClickAsync();

        page.WaitForAssertion(() => Assert.Equal("Saved.", page.Find(".save-bar [role=status]").TextContent));
        var kept = await Data.ReadAsync(db => db.Roles.Where(r => r.Name == RoleNames.Administrator).Select(r =>
            r.Permissions).SingleAsync());
        Assert.Equal(Permissions.All.Except([Permissions.CustomersExport]), kept);
    }

    [Fact]
    public async Task Save_OfTicksInSeveralRoles_SavesThemAllAtOnce_AndSaysWhich()
    {
        await SignInAsync(RoleNames.Administrator);
        await TestUsers.CreateAsync(Data.Root, RoleNames.Staff, Permissions.DefaultRoles[RoleNames.Staff]);
        var page = Render<RolesPage>();
        Assert.True(page.WaitForElement(".save-bar button").HasAttribute("disabled"));
        await page.Find("input[aria-label='Staff: Edit tags']").ChangeAsync(new ChangeEventArgs { Value = true });
        await page.Find("input[aria-label='Administrator: Export customers']").ChangeAsync(new ChangeEventArgs { Value = false });
        Assert.Contains("Staff", page.Find(".save-bar [role=status]").TextContent, StringComparison.Ordinal);

        await page.Find("button:contains('Save changes')").ClickAsync();

        page.WaitForAssertion(() => Assert.Equal("Saved.", page.Find(".save-bar [role=status]").TextContent));
        var saved = await Data.ReadAsync(db => db.Roles.ToDictionaryAsync(r => r.Name, r => r.Permissions));
        Assert.Contains(Permissions.TagsEdit, saved[RoleNames.Staff]);
        Assert.DoesNotContain(Permissions.CustomersExport, saved[RoleNames.Administrator]);
        Assert.Equal(1, await Data.ReadAsync(db => db.ChangeSets.CountAsync(c => c.Kind == "role.edit")));
    }

    [Fact]
    public async Task Discard_TakesTicksBack()
    {
        await SignInAsync(RoleNames.Administrator);
        var page = Render<RolesPage>();
        await page.WaitForElement("input[aria-label='Administrator: Export customers']").ChangeAsync(new ChangeEventArgs { Value = false });

        await page.Find("button:contains('Discard changes')").ClickAsync();

        Assert.True(page.Find("input[aria-label='Administrator: Export customers']").HasAttribute("checked"));
        Assert.True(page.Find(".save-bar button").HasAttribute("disabled"));
    }

    [Fact]
    public void Permission_ThatIsOffered_StandsInOneAreaAndIsExplained()
    {
        var texts = Services.GetRequiredService<IStringLocalizer<Texts>>();

        Assert.Equal(Permissions.Offered.Order(), PermissionLabels.Areas.SelectMany(a => a.Offered).Order());
        Assert.All(Permissions.Offered, p => Assert.NotEmpty(PermissionLabels.Explain(texts, p)));
        Assert.All(PermissionLabels.Areas, a => Assert.False(texts[a.Title].ResourceNotFound, a.Title));
    }
}
