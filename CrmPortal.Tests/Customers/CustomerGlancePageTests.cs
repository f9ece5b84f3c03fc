using Bunit;
using CrmPortal.Components.Charts;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Features.Customers;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Customers;

/// <summary>The first screen of a customer's page.</summary>
public sealed class CustomerGlancePageTests : CrmPageTest
{
    [Fact]
    public async Task Contacts_AreLinks_AndFiguresAreSaid()
    {
        var id = (await Data.AddCustomerAsync("Ada", "Lovelace", "ada+shop@example.test", "+442079460321")).Id;
        await Data.AddOrderAsync("A-1", id, 12_345);
        await SignInAsync(RoleNames.Manager);

        var page = Render<CustomerPage>(p => p.Add(x => x.Id, id));

        page.WaitForElement(".glance");
        Assert.Equal("mailto:ada%2Bshop@example.test", page.Find(".rail-contact a[href^=mailto]").GetAttribute("href"));
        Assert.Equal("tel:+442079460321", page.Find(".rail-contact a[href^=tel]").GetAttribute("href"));
        Assert.Contains("123.45", page.Find(".glance-value").TextContent, StringComparison.Ordinal);
        Assert.Equal("A-1", page.Find(".glance-order a").TextContent);
        Assert.Contains("March 2026", page.Find(".sparkline").GetAttribute("aria-label"), StringComparison.Ordinal);
        Assert.Empty(page.FindAll(".rail .badge-success:not(:has(.icon))"));
    }

    [Fact]
    public async Task Contacts_AreMasked_UntilTheyAreAskedFor()
    {
        var id = (await Data.AddCustomerAsync("Ada", "Lovelace", "ada@example.test", "+442079460321")).Id;
        await SignInAsync(RoleNames.Staff);

        var page = Render<CustomerPage>(p => p.Add(x => x.Id, id));

        page.WaitForElement(".rail-contact");
        Assert.Empty(page.FindAll(".rail-contact a"));
        Assert.DoesNotContain("ada@example.test", page.Markup, StringComparison.Ordinal);
        await page.Find(".rail-contact button").ClickAsync();
        page.WaitForAssertion(() =>
            Assert.Equal("mailto:ada@example.test", Assert.Single(page.FindAll(".rail-contact a")).GetAttribute("href")));
    }

    [Fact]
    public async Task OtherCustomer_ShowsNothingOfTheOneBefore()
    {
        var (first, second) = ((await Data.AddCustomerAsync("First")).Id, (await Data.AddCustomerAsync("Second")).Id);
        await using var system = Data.AsSystem();
        await system.Get<NoteService>().AddAsync(first, "Of the first", default);
        await SignInAsync(RoleNames.Manager);
        var page = Render<CustomerPage>(p => p.Add(x => x.Id, first));
        page.WaitForAssertion(() => Assert.Contains("Of the first", page.Find(".glance-last").TextContent, StringComparison.Ordinal));

        page.Render(p => p.Add(x => x.Id, second));

        page.WaitForAssertion(() => Assert.Contains("Second", page.Find("h1").TextContent, StringComparison.Ordinal));
        Assert.DoesNotContain("Of the first", page.Find(".glance-last").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Sparkline_OfAnyValues_StaysWithinItsPicture()
    {
        foreach (var values in new long[][] { [], [5], [0, 0, 0], [-20, 10, long.MaxValue / 2], [-3, -1] })
        {
            var line = Render<Sparkline>(p => p.Add(x => x.Values, values).Add(x => x.Label, "Said"));

            Assert.Equal("Said", line.Find("svg[role=img]").GetAttribute("aria-label"));
            Assert.Equal(values.Length > 1 ? 3 : 0, line.FindAll("path").Count);
            foreach (var point in line.FindAll(".sparkline-line").SelectMany(l => l.GetAttribute("d")!.TrimStart('M').Split('L')))
            {
                var at = point.Split(' ').Select(n => double.Parse(n, System.Globalization.CultureInfo.InvariantCulture)).ToList();
                Assert.InRange(at[0], 0, 100);
                Assert.InRange(at[1], 0, 32);
            }
        }
    }
}
