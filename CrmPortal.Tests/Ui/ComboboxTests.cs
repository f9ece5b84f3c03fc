using Bunit;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;

namespace CrmPortal.Tests.Ui;

public sealed class ComboboxTests : CrmPageTest
{
    private readonly List<string?> _chosen = [];

    [Fact]
    public async Task Type_PartOfAName_ShowsWhatFits_AndEnterTakesIt()
    {
        var box = await RenderAsync(null);

        await box.Find("input").InputAsync(new ChangeEventArgs { Value = "neth" });
        Assert.Equal(["Caribbean Netherlands", "Netherlands"], box.FindAll("[role=option]").Select(o => o.TextContent).Order());
        Assert.Equal(("Netherlands", "true"), (box.Find("[aria-selected=true]").TextContent,
            box.Find("input").GetAttribute("aria-expanded")));
        await box.Find("input").KeyDownAsync("Enter");

        Assert.Equal(["NL"], _chosen);
        Assert.Equal(("Netherlands", "false"), (box.Find("input").GetAttribute("value"), box.Find("input").GetAttribute("aria-expanded")));
    }

    [Fact]
    public async Task Type_ACode_IsTakenAtOnce_AndClickChoosesAnother()
    {
        var box = await RenderAsync("DE");
        Assert.Equal("Germany", box.Find("input").GetAttribute("value"));

        await box.Find("input").InputAsync(new ChangeEventArgs { Value = "gb" });
        await box.Find("input").InputAsync(new ChangeEventArgs { Value = "spa" });
        await box.Find("[role=option]:contains('Spain')").ClickAsync();

        Assert.Equal(["GB", "ES"], _chosen);
    }

    [Theory]
    [InlineData("Atlantis", "Atlantis")]
    [InlineData("portug", "PT")]
    [InlineData(" ", null)]
    public async Task Leave_WithWhatWasTyped_TakesWhatOnlyOneFits_AndKeepsTheRest(string typed, string? expected)
    {
        var box = await RenderAsync("DE");

        await box.Find("input").InputAsync(new ChangeEventArgs { Value = typed });
        await box.Find("input").ChangeAsync(new ChangeEventArgs { Value = typed });

        Assert.Equal([expected], _chosen);
    }

    [Fact]
    public async Task Draft_OfANameThatWasTyped_IsTheCode()
    {
        await RenderAsync("germany");

        Assert.Equal(["DE"], _chosen);
    }

    private async Task<IRenderedComponent<Combobox>> RenderAsync(string? value)
    {
        await SignInAsync(RoleNames.Staff);
        return Render<Combobox>(p => p.Add(x => x.Id, "country").Add(x => x.Value, value).Add(x => x.Choices, CultureNames.Countries)
            .Add(x => x.ValueChanged, code => _chosen.Add(code)));
    }
}
