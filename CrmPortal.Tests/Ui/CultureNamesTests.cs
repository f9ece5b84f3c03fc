using System.Globalization;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Tests.Ui;

/// <summary>Countries, currencies and languages are called what the language of the screen calls them.</summary>
public sealed class CultureNamesTests
{
    [Theory]
    [InlineData("en", "Germany", "Netherlands", "Greece", "Japan", "British Pound (GBP)", "Spanish")]
    [InlineData("es", "Alemania", "Países Bajos", "Grecia", "Japón", "Libra esterlina (GBP)", "Español")]
    public void Names_AreInTheLanguageOfTheScreen(
        string screen, string germany, string netherlands, string greece, string japan, string pound, string spanish)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(screen);

        Assert.Equal([germany, netherlands, greece, japan], new[] { "DE", "NL", "GR", "JP" }.Select(CultureNames.Country));
        Assert.Equal((pound, spanish), (CultureNames.Currency("GBP"), CultureNames.Language("es")));
        Assert.Equal(("ZZ", "QQQ"), (CultureNames.Country("ZZ"), CultureNames.Currency("QQQ")));
    }

    [Theory]
    [InlineData("en")]
    [InlineData("es")]
    public void Lists_AreWhole_AndInTheOrderOfTheAlphabet(string screen)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(screen);
        var order = StringComparer.Create(CultureInfo.CurrentUICulture, ignoreCase: true);

        Assert.Equal(IsoCodes.Countries.Order(), CultureNames.Countries.Select(c => c.Value).Order());
        Assert.Equal(IsoCodes.Currencies.Order(), CultureNames.Currencies.Select(c => c.Value).Order());
        Assert.All([CultureNames.Countries, CultureNames.Currencies, CultureNames.Languages], list =>
            Assert.Equal(list.Select(c => c.Text).Order(order), list.Select(c => c.Text)));
        // No country is called by the letters of another alphabet.
        Assert.All(CultureNames.Countries, c => Assert.True(c.Text.Where(char.IsLetter).All(letter => letter < 'Ɛ'), c.Text));
    }

    [Theory]
    [InlineData("ger")]
    [InlineData("Deutsch")]
    [InlineData("de")]
    [InlineData("aleman")]
    public void Country_IsFoundByNameCodeAndItsOwnNames(string typed)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("es");

        Assert.Contains(CultureNames.Countries, c => c.Value == "DE" && c.Matches(SearchText.Fold(typed)));
    }
}
