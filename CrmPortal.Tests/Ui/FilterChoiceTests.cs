using Bunit;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Ui;

public sealed class FilterChoiceTests : CrmPageTest
{
    [Fact]
    public async Task Filter_OnACountry_IsChosenByName_AndSaidByName()
    {
        await SignInAsync(RoleNames.Manager);
        string? filter = null;
        var menu = Render<FilterMenu>(p => p.Add(x => x.OnChange, chosen => filter = chosen));
        await menu.Find("button").ClickAsync();
        await Dialogs.Find("#filter-field").InputAsync(new ChangeEventArgs { Value = "Country" });

        await Dialogs.Find("#filter-value").InputAsync(new ChangeEventArgs { Value = "deutschl" });
        await Dialogs.Find("#filter-value").KeyDownAsync("Enter");
        await Dialogs.Find(".mud-dialog form").SubmitAsync();

        Assert.Equal("country:is:DE", filter);
        await menu.InvokeAsync(() => menu.Instance.Edit(0));
        Assert.Empty(Dialogs.FindAll(".mud-dialog"));

        menu.Render(p => p.Add(x => x.Filter, filter));
        await menu.InvokeAsync(() => menu.Instance.Edit(0));
        Assert.Equal("Germany", Dialogs.WaitForElement("#filter-value").GetAttribute("value"));
        await Dialogs.Find("#filter-value").InputAsync(new ChangeEventArgs { Value = "fr" });
        await Dialogs.Find(".mud-dialog form").SubmitAsync();
        Assert.Equal("country:is:FR", filter);
        filter = "country:is:DE";
        Assert.Equal("Country is Germany", Services.GetRequiredService<FilterLabels>().Say(FilterText.Parse(filter)));
    }
}
