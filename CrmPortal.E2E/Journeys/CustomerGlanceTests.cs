using System.Globalization;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.E2E.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>What one wants to know first of a customer stands on the first screen, and stays right while one works.</summary>
public sealed class CustomerGlanceTests(Site site) : BrowserTest(site)
{
    /// <summary>Takes the lower end of a phone's screen.</summary>
    private const int TabBar = 64;

    [Theory]
    [InlineData(1440, 900)]
    [InlineData(390, 844)]
    public async Task FirstScreen_HasWhatMatters_WithoutScrolling(int width, int height)
    {
        var address = await AddCustomerAsync("Gwen", "Glance", string.Create(CultureInfo.InvariantCulture, $"gwen.{width}@example.test"),
            string.Create(CultureInfo.InvariantCulture, $"+4420794{61000 + width}"));
        await using (var scope = Site.Services.CreateAsyncScope())
        {
            scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(Actor.System("tests"));
            await scope.ServiceProvider.GetRequiredService<OrderService>().CreateAsync(
                new() { CustomerId = new(long.Parse(address.Split('/')[^1], CultureInfo.InvariantCulture)), Status = OrderStatus.Paid,
                    Lines = new([new() { ProductCode = "GLANCE", Name = "Glass", Quantity = 2, UnitPrice = 20 }]) },
                TestContext.Current.CancellationToken);
        }

        var page = await OpenAsync(RoleNames.Manager, address, width: width);
        await page.SetViewportSizeAsync(width, height);
        var (customer, glance) = (page.GetByRole(AriaRole.Region, new() { Name = "Gwen Glance" }),
            page.GetByRole(AriaRole.Region, new() { Name = "At a glance" }));
        // What is written further down appears above as well.
        await page.GetByLabel("New note").FillAsync("**Likes** tea\nand more");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add the note" }).ClickAsync();
        await Expect(glance).ToContainTextAsync("Likes tea");
        await page.EvaluateAsync("() => scrollTo(0, 0)");

        foreach (var place in new[]
        {
            page.Locator("h1"), customer.Locator("a[href^='mailto:gwen.']"), customer.Locator("a[href^='tel:+44']"),
            customer.GetByText("Tier", new() { Exact = true }), glance.GetByText("40.00").First,
            glance.GetByRole(AriaRole.Link), glance.GetByText("Likes tea"),
        })
        {
            var box = await place.BoundingBoxAsync();
            Assert.InRange(box!.Y, 0, height - (width < 760 ? TabBar : 0) - box.Height);
        }

        await Expect(glance.GetByRole(AriaRole.Img)).ToHaveCountAsync(2);
        await PictureAsync(page, width.ToString(CultureInfo.InvariantCulture));
    }
}
