using System.Globalization;
using CrmPortal.Components.Ui;
using CrmPortal.Features.Loyalty;

namespace CrmPortal.Tests.Ui;

public sealed class DisplayTests
{
    [Theory]
    [InlineData("en-GB")]
    [InlineData("es-ES")]
    [InlineData("sv-SE")]
    public void Negative_Number_HasOneSignEverywhere(string culture)
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);

        Assert.All(
            [Display.Number(-22), Display.Money(-21_90, "EUR"), Display.Money(-21_90, "CHF"), Display.Price(-4_5000, "GBP"),
                LoyaltyLabels.Signed(-22)],
            shown => Assert.True(shown.Contains('−', StringComparison.Ordinal) && !shown.Contains('-', StringComparison.Ordinal), shown));
    }
}
