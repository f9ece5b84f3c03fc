using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.E2E.Support;
using CrmPortal.Tests.Support;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>Somebody writes an article, and a visitor finds it and says what they think of it.</summary>
public sealed class HelpCentreTests(Site site) : BrowserTest(site)
{
    private static readonly byte[] Picture = TestFiles.Png;

    private static readonly Regex LookAt = new("^Look at the version of");

    [Theory]
    [InlineData(Wide)]
    [InlineData(Narrow)]
    public async Task Editor_WritesAnArticle_AndAVisitorReadsItAndVotes(int width)
    {
        var title = $"Wrap a present {Guid.NewGuid():N}"[..30];
        var page = await OpenAsync(RoleNames.SupportAgent, "/articles/new", width: width);
        await page.GetByLabel("Title").FillAsync(title);
        await page.GetByLabel("Summary").FillAsync("Paper, ribbon and a card.");
        await page.GetByLabel("Text", new() { Exact = true }).FillAsync("## What it costs\n\nNothing for **members**.\n");
        var preview = page.GetByRole(AriaRole.Region, new() { Name = "Preview" });
        await Expect(preview.GetByRole(AriaRole.Heading, new() { Name = "What it costs" })).ToBeVisibleAsync();
        await page.Locator("#article-picture").SetInputFilesAsync(
            new FilePayload { Name = "ribbon.png", MimeType = "image/png", Buffer = Picture });
        await Expect(preview.GetByRole(AriaRole.Img, new() { Name = "ribbon" })).ToBeVisibleAsync();
        await ChooseAsync(page.GetByLabel("State"), "Published: everybody");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.GetByText("This is the first version.")).ToBeVisibleAsync();

        // What is typed and not saved is there again after the page was loaded anew.
        var body = page.GetByLabel("Text", new() { Exact = true });
        await body.FillAsync("## What it costs\n\nNothing at all.");
        await Expect(preview.GetByText("Nothing at all.")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await WaitUntilUsableAsync(page);
        await Expect(page.GetByText("Here is what you typed before and did not save.")).ToBeVisibleAsync();
        await Expect(body).ToHaveValueAsync("## What it costs\n\nNothing at all.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { NameRegex = LookAt })).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Button, new() { NameRegex = LookAt }).Last.ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Restore this version" }).ClickAsync();
        await Expect(preview.GetByText("members")).ToBeVisibleAsync();

        var visitor = await OpenAsync(null, "/help/en", width: width);
        await visitor.GetByRole(AriaRole.Searchbox).FillAsync(title);
        await visitor.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await visitor.GetByRole(AriaRole.Link, new() { Name = title }).ClickAsync();
        await Expect(visitor.GetByRole(AriaRole.Img, new() { Name = "ribbon" })).ToBeVisibleAsync();
        await visitor.GetByText("No, it was not").ClickAsync();
        await visitor.GetByLabel("What were you looking for?").FillAsync("Which colours are there?");
        await visitor.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(visitor.GetByText("Thank you for telling us.")).ToBeVisibleAsync();

        await GoAsync(page, "/articles/report");
        await Expect(page.GetByText("Which colours are there?").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task TwoEditors_OfOneArticle_LoseNothingThatTheyTyped()
    {
        var first = await OpenAsync(RoleNames.SupportAgent, "/articles/6");
        var second = await OpenAsync(RoleNames.Manager, "/articles/6");
        await first.GetByLabel("Summary").FillAsync("What the first wrote");
        await first.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(first.GetByText("Saved.")).ToBeVisibleAsync();

        await second.GetByLabel("Summary").FillAsync("What the second wrote");
        await second.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(second.GetByText("What you typed is still here.")).ToBeVisibleAsync();
        await Expect(second.GetByLabel("Summary")).ToHaveValueAsync("What the second wrote");
        await second.GetByRole(AriaRole.Button, new() { Name = "Save mine over it" }).ClickAsync();

        await Expect(second.GetByText("Saved.")).ToBeVisibleAsync();
        await Expect(second.GetByText("What you typed is still here.")).ToHaveCountAsync(0);
        await first.ReloadAsync();
        await WaitUntilUsableAsync(first);
        await Expect(first.GetByLabel("Summary")).ToHaveValueAsync("What the second wrote");
    }
}
