using System.Globalization;
using Bunit;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;

namespace CrmPortal.Tests.Ui;

public sealed class TextBoxTests : CrmPageTest
{
    [Theory]
    [InlineData("es-ES")]
    [InlineData("en-US")]
    public async Task NumberAndTime_AreThoseOfTheControl_WhateverTheCulture(string culture)
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        await SignInAsync(RoleNames.Staff);
        (decimal? Number, TimeOnly? Time) typed = (1.5m, new TimeOnly(17, 30));
        var number = Render<TextBox<decimal?>>(p => p.Add(b => b.Id, "number").Add(b => b.Type, "number").Add(b => b.Value, typed.Number)
            .Add(b => b.ValueChanged, value => typed.Number = value));
        var time = Render<TextBox<TimeOnly?>>(p => p.Add(b => b.Id, "time").Add(b => b.Type, "time").Add(b => b.Value, typed.Time)
            .Add(b => b.ValueChanged, value => typed.Time = value));
        Assert.Equal(("1.5", "17:30:00"), (number.Find("input").GetAttribute("value"), time.Find("input").GetAttribute("value")));

        await number.Find("input").ChangeAsync(new ChangeEventArgs { Value = "2.25" });
        // The browser's script completes the seconds.
        await time.Find("input").ChangeAsync(new ChangeEventArgs { Value = "09:00:00" });

        Assert.Equal((2.25m, new TimeOnly(9, 0)), typed);
    }

    [Fact]
    public async Task Value_ClearedByThePage_WhileTheFocusIsInIt_IsGone()
    {
        await SignInAsync(RoleNames.Staff);
        var box = Render<TextBox<string>>(p => p.Add(b => b.Id, "tag").Add(b => b.Immediate, true));
        await box.Find("input").InputAsync(new ChangeEventArgs { Value = "Press" });
        box.Render(p => p.Add(b => b.Value, "Press"));

        box.Render(p => p.Add(b => b.Value, null));

        Assert.Equal("", box.Find("input").GetAttribute("value") ?? "");
    }
}
