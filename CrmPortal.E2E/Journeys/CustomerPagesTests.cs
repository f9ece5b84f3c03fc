using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.E2E.Support;
using CrmPortal.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
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

    [Fact]
    public async Task Customer_WhoIsInvited_OpensTheMail_ChoosesAPassword_AndSeesTheirPage()
    {
        var email = $"invited-{Guid.NewGuid():N}@example.com";
        var agent = await OpenAsync(RoleNames.SupportAgent, await AddCustomerAsync("Ines", "Invited", email));
        await agent.GetByRole(AriaRole.Button, new() { Name = "Invite", Exact = true }).ClickAsync();
        await Expect(agent.GetByText("The invitation is on its way.")).ToBeVisibleAsync();
        await Expect(agent.Locator(".account-fact")).ToContainTextAsync("Invited");
        var text = await Site.Services.GetRequiredService<Mailbox>().FirstToAsync(email);
        var link = new Uri(text.Split('\n').First(l => l.StartsWith("http", StringComparison.Ordinal)).Trim()).PathAndQuery;

        const string password = "a sentence of my own";
        var page = await OpenAsync(null, link, width: Narrow);
        await page.GetByLabel("New password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the password" }).ClickAsync();
        await Expect(page.GetByText("Your password is set.")).ToBeVisibleAsync();
        await Site.SignInAsync(page, email, password);
        await Expect(page).ToHaveURLAsync(Site.Url + "/my");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Ines");
        // The agent's page learns of it by itself.
        await Expect(agent.Locator(".account-fact")).ToContainTextAsync("Has an account");

        // The link is used up, and a disabled account is out at once.
        var late = await OpenAsync(null, link);
        await Expect(late.GetByRole(AriaRole.Alert)).ToContainTextAsync("has been used or has expired");
        await agent.GetByRole(AriaRole.Button, new() { Name = "Disable… the account" }).ClickAsync();
        await agent.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Disable", Exact = true }).ClickAsync();
        await Expect(agent.Locator(".account-fact")).ToContainTextAsync("Account disabled");
        await GoAsync(page, "/my/orders");
        await Expect(page).ToHaveURLAsync(new Regex("/account/login"));
    }
}
