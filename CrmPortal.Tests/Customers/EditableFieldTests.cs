using Bunit;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Features.Customers;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;

namespace CrmPortal.Tests.Customers;

public sealed class EditableFieldTests : CrmPageTest
{
    [Fact]
    public async Task Save_WithAnError_StaysOpenWithWhatWasTyped_AndSaysWhatIsWrong()
    {
        await SignInAsync(RoleNames.Staff);
        var field = RenderField("Old", (_, _) => Task.FromResult<string?>("This is wrong."));

        field.Find("button").Click();
        field.Find("input").Input("New");
        await field.Find("form").SubmitAsync();

        Assert.Equal("This is wrong.", field.Find("[role=alert]").TextContent);
        Assert.Equal("New", field.Find("input").GetAttribute("value"));
        Assert.Equal("true", field.Find("input").GetAttribute("aria-invalid"));
        Assert.Equal("name-error", field.Find("input").GetAttribute("aria-describedby"));
    }

    [Fact]
    public async Task Save_SendsWhatWasTyped_AndWhatItBeganWith()
    {
        await SignInAsync(RoleNames.Staff);
        (string? Typed, string? BegunWith) saved = default;
        var field = RenderField("Old", (typed, begunWith) =>
        {
            saved = (typed, begunWith);
            return Task.FromResult<string?>(null);
        });

        field.Find("button").Click();
        field.Find("input").Input("  ");
        await field.Find("form").SubmitAsync();

        Assert.Equal((null, "Old"), saved);
        Assert.Empty(field.FindAll("input"));
    }

    [Fact]
    public async Task Change_BySomebodyElseWhileTyping_IsShownBeside_NeverUnderTheTyping()
    {
        await SignInAsync(RoleNames.Staff);
        var field = RenderField("Old", (_, _) => Task.FromResult<string?>(null));
        field.Find("button").Click();
        field.Find("input").Input("Mine");

        field.Render(p => p.Add(f => f.Value, "Theirs"));

        Assert.Equal("Mine", field.Find("input").GetAttribute("value"));
        Assert.Contains("Since changed to: Theirs", field.Find("[role=status]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Escape_LeavesTheValueAsItWas()
    {
        await SignInAsync(RoleNames.Staff);
        var field = RenderField("Old", (_, _) => throw new InvalidOperationException("Nothing is to be saved."));
        field.Find("button").Click();
        field.Find("input").Input("New");

        await field.Find("form").KeyDownAsync("Escape");

        Assert.Equal("Old", field.Find(".value > span").TextContent);
    }

    [Theory]
    [InlineData("next", false)]
    [InlineData("back", true)]
    public async Task Tab_SavesAndOpensTheFieldBeside(string direction, bool isBack)
    {
        await SignInAsync(RoleNames.Staff);
        string? saved = null;
        var field = RenderField("Old", (typed, _) =>
        {
            saved = typed;
            return Task.FromResult<string?>(null);
        });
        field.Find("button").Click();
        field.Find("input").Input("New");

        await field.Find($"[data-tab={direction}]").ClickAsync();

        Assert.Equal("New", saved);
        Assert.Empty(field.FindAll("input"));
        var opened = Assert.Single(JSInterop.Invocations["crm.openBeside"]);
        Assert.Equal(["name", isBack], opened.Arguments);
    }

    [Fact]
    public async Task Tab_WithAnError_StaysInTheField_AndSaysWhatIsWrong()
    {
        await SignInAsync(RoleNames.Staff);
        var field = RenderField("Old", (_, _) => Task.FromResult<string?>("This is wrong."));
        field.Find("button").Click();
        field.Find("input").Input("New");

        await field.Find("[data-tab=next]").ClickAsync();

        Assert.Equal("This is wrong.", field.Find("[role=alert]").TextContent);
        Assert.Equal("New", field.Find("input").GetAttribute("value"));
        Assert.Empty(JSInterop.Invocations["crm.openBeside"]);
    }

    [Fact]
    public async Task Tab_OverAValueThatWasNotChanged_SavesNothing_AndGoesOn()
    {
        await SignInAsync(RoleNames.Staff);
        var field = RenderField("Old", (_, _) => throw new InvalidOperationException("Nothing is to be saved."));
        field.Find("button").Click();

        await field.Find("[data-tab=next]").ClickAsync();

        Assert.Empty(field.FindAll("input"));
        Assert.Single(JSInterop.Invocations["crm.openBeside"]);
    }

    [Fact]
    public async Task Open_WithoutThePermissionToEdit_OffersNoPencil()
    {
        await SignInAsync(RoleNames.Staff);

        var field = Render<EditableField>(p => p.Add(f => f.Id, "name").Add(f => f.Label, "Name").Add(f => f.Value, "Old")
            .Add(f => f.Save, (_, _) => Task.FromResult<string?>(null)));

        Assert.Empty(field.FindAll("button"));
    }

    private IRenderedComponent<EditableField> RenderField(string value, Func<string?, string?, Task<string?>> save) =>
        Render<EditableField>(p => p
        .Add(f => f.Id, "name").Add(f => f.Label, "Name").Add(f => f.Value, value).Add(f => f.MayEdit, true).Add(f => f.Save, save));
}
