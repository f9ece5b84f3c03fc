using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.E2E.Support;
using CrmPortal.Tests.Support;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>A customer with an account asks something on their own pages, and an agent has it before them.</summary>
public sealed class CustomerPagesTests(Site site) : BrowserTest(site)
{
    [Fact]
    public async Task Customer_AsksWithAPicture_AndAnAgentReadsIt()
    {
        var subject = $"Where is the lid {Guid.NewGuid():N}"[..30];
        var page = await OpenAsync(RoleNames.Customer, "/my/orders", width: Narrow);
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Order ") }).First.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Ask about this order" }).ClickAsync();
        await Expect(page.GetByLabel("Subject")).ToHaveValueAsync(new Regex("^Order "));
        await page.GetByLabel("Subject").FillAsync(subject);
        await page.GetByLabel("Message", new() { Exact = true }).FillAsync("The teapot came without it.");
        await page.Locator("#message-files").SetInputFilesAsync(
            new FilePayload { Name = "teapot.png", MimeType = "image/png", Buffer = TestFiles.Png });
        await page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Your message has arrived.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { NameRegex = new("teapot.png") })).ToBeVisibleAsync();

        var number = Regex.Match(page.Url, "/my/messages/([0-9]+)").Groups[1].Value;
        var agent = await OpenAsync(RoleNames.SupportAgent, "/tickets/" + number);
        await Expect(agent.GetByText("The teapot came without it.").First).ToBeVisibleAsync();
        await Expect(agent.GetByRole(AriaRole.Link, new() { NameRegex = new("teapot.png") })).ToBeVisibleAsync();
    }
}
