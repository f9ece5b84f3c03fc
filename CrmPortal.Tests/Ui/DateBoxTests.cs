using System.Globalization;
using Bunit;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;

namespace CrmPortal.Tests.Ui;

public sealed class DateBoxTests : CrmPageTest
{
    [Theory]
    [InlineData("en-GB", "24/12/2010")]
    [InlineData("es-ES", "24/12/2010")]
    [InlineData("en-US", "12/24/2010")]
    [InlineData("de-DE", "24.12.2010")]
    public async Task Day_TypedInTheUsersWay_IsTaken_WhereThereWasNone(string culture, string typed)
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        await SignInAsync(RoleNames.Staff);
        DateOnly? day = null;
        var box = Render<DateBox>(p => p.Bind(b => b.Value, day, taken => day = taken));

        await box.Find("input").ChangeAsync(new ChangeEventArgs { Value = typed });

        Assert.Equal(new DateOnly(2010, 12, 24), day);
        Assert.Equal(typed, box.Find("input").GetAttribute("value"));
    }
}
