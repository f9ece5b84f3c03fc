using System.Text;
using CrmPortal.Core.Consents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.E2E.Support;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>Documents, consents and verification as people meet them.</summary>
public sealed class DocumentTests(Site site) : BrowserTest(site)
{
    private static readonly byte[] Picture = TestFiles.Png;

    private static readonly byte[] Pdf = Encoding.Latin1.GetBytes("""
        %PDF-1.4
        1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
        2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
        3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj
        4 0 obj<</Length 40>>stream
        BT /F1 24 Tf 20 100 Td (Contract) Tj ET 
        endstream endobj
        trailer<</Root 1 0 R>>
        %%EOF

        """);

    [Fact]
    public async Task Document_DroppedPreviewedVerifiedDownloadedDeletedAndBroughtBack()
    {
        // The browser's own viewer asks for its own parts.
        Expecting("chrome-extension:|answer: 404 GET .*favicon");
        var customer = await CreateCustomerAsync("Docu", "Ment");
        var page = await OpenAsync(RoleNames.SupportAgent, customer + "?tab=documents");
        await ChooseAsync(page.GetByLabel("Kind", new() { Exact = true }), "Proof of identity");
        await page.Locator("#document-files").SetInputFilesAsync(
        [
            new FilePayload { Name = "passport.png", MimeType = "image/png", Buffer = Picture },
            new FilePayload { Name = "contract.pdf", MimeType = "application/pdf", Buffer = Pdf },
            new FilePayload { Name = "invoice.pdf", MimeType = "application/pdf", Buffer = [.. "MZ"u8, .. new byte[100]] },
        ]);
        Expecting("answer: 400 POST .*/files/customers|status of 400");
        await Expect(page.GetByText("This type of file is not supported.")).ToBeVisibleAsync();
        await Expect(page.Locator(".document-cards tbody tr")).ToHaveCountAsync(2);
        await PictureAsync(page, "list");

        await page.GetByRole(AriaRole.Button, new() { Name = "passport.png", Exact = true }).ClickAsync();
        await Expect(page.FrameLocator("iframe.preview").Locator("img")).ToBeVisibleAsync();
        Assert.Equal("24", await page.FrameLocator("iframe.preview").Locator("img").EvaluateAsync<string>("i => String(i.naturalWidth)"));
        await PictureAsync(page, "preview");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Verify", Exact = true })).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Escape");

        var manager = await OpenAsync(RoleNames.Manager, customer + "?tab=documents", Theme.Dark);
        await manager.GetByRole(AriaRole.Button, new() { Name = "contract.pdf", Exact = true }).ClickAsync();
        await Expect(manager.Locator("iframe.preview")).ToBeVisibleAsync();
        await PictureAsync(manager, "pdf");
        await manager.GetByRole(AriaRole.Button, new() { Name = "Verify", Exact = true }).ClickAsync();
        await Expect(manager.Locator(".document-cards tbody tr").Filter(new() { HasText = "contract.pdf" })).ToContainTextAsync("Verified");
        // The agent's page hears of it.
        await Expect(page.Locator(".document-cards tbody tr").Filter(new() { HasText = "contract.pdf" })).ToContainTextAsync("Verified");

        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Download contract.pdf" })
            .ClickAsync());
        Assert.Equal("contract.pdf", download.SuggestedFilename);
        Assert.Equal(Pdf, await File.ReadAllBytesAsync((await download.PathAsync())!, TestContext.Current.CancellationToken));

        await page.Locator("summary[aria-label='Actions for passport.png']").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(page.Locator(".document-cards tbody tr")).ToHaveCountAsync(1);
        await page.Locator(".toast").Filter(new() { HasText = "The document was removed." })
            .GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(page.Locator(".document-cards tbody tr")).ToHaveCountAsync(2);

        var narrow = await OpenAsync(RoleNames.SupportAgent, customer + "?tab=documents", width: Narrow);
        await Expect(narrow.Locator(".document-cards tbody tr")).ToHaveCountAsync(2);
        await PictureAsync(narrow, "narrow");
    }

    [Fact]
    public async Task Staff_WithoutTheRight_SeesNoDocuments()
    {
        var customer = await CreateCustomerAsync("No", "Documents");
        var page = await OpenAsync(RoleNames.Staff, customer + "?tab=documents");

        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Preferences and consents" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Documents", Exact = true })).ToHaveCountAsync(0);
        await Expect(page.Locator("#documents-title")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task OwnPage_ShowsAndChangesConsents_WithoutAnAccount()
    {
        var customer = await CreateCustomerAsync("Con", "Sent");
        await WriteWordingAsync();
        var page = await OpenAsync(RoleNames.SupportAgent, customer + "?tab=preferences");
        var give = page.GetByRole(AriaRole.Button, new() { Name = "Give: Advertising, SMS" });
        await give.ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByText("We may write to you about offers.")).ToBeVisibleAsync();
        await PictureAsync(page, "give");
        await ChooseAsync(dialog.GetByLabel("How they told us"), "By phone");
        await dialog.GetByLabel("Where, or on which form").FillAsync("Hotline");
        await dialog.GetByLabel("The customer said this themselves").CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Record consent" }).ClickAsync();
        await Expect(page.Locator(".timeline li").First).ToContainTextAsync("By phone · Hotline");
        await page.Locator(".toast").GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(page.Locator(".timeline li").First).ToContainTextAsync("Recorded by mistake");
        await give.ClickAsync();
        await dialog.GetByLabel("Where, or on which form").FillAsync("Till 2");
        await dialog.GetByLabel("The customer said this themselves").CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Record consent" }).ClickAsync();
        await Expect(page.Locator(".consents tr").Filter(new() { HasText = "SMS" }).First).ToContainTextAsync("Given");
        await page.Locator("summary").Filter(new() { HasText = "Preference page" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy the link" }).Last.ClickAsync();
        var link = new Uri(await page.Locator("#preference-link").InputValueAsync()).AbsolutePath;
        await PictureAsync(page, "tab");

        var own = await OpenAsync(null, link);
        await Expect(own.GetByRole(AriaRole.Heading, new() { Name = "Sharing with partners" })).ToHaveCountAsync(0);
        await own.GetByRole(AriaRole.Button, new() { Name = "Allow: Advertising, E-mail" }).ClickAsync();
        await Expect(own.GetByText("Your choice was saved.")).ToBeVisibleAsync();
        await Expect(own.GetByRole(AriaRole.Button, new() { Name = "Withdraw: Advertising, E-mail" })).ToBeVisibleAsync();
        await PictureAsync(own, "own");
        await Expect(page.Locator(".consents tr").Filter(new() { HasText = "E-mail" }).First).ToContainTextAsync("Given");
        await own.GetByRole(AriaRole.Button, new() { Name = "Withdraw everything" }).ClickAsync();
        await Expect(own.GetByRole(AriaRole.Button, new() { Name = "Allow: Advertising, SMS" })).ToBeVisibleAsync();
        await Expect(page.Locator(".timeline li").First).ToContainTextAsync("Preference page");
        var narrow = await OpenAsync(null, link, Theme.Dark, Narrow);
        await PictureAsync(narrow, "own-narrow");
    }

    /// <summary>What customers agree to; the purpose of advertising alone has one, whichever test wrote it.</summary>
    private async Task WriteWordingAsync()
    {
        await using var scope = Site.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(Actor.System("tests"));
        await scope.ServiceProvider.GetRequiredService<ConsentWordingService>()
            .AddAsync(ConsentPurpose.Marketing, "en", "We may write to you about offers.", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task MailedLink_ConfirmsTheAddress_WhenItsButtonIsPressed()
    {
        var email = $"confirm-{Guid.NewGuid():N}@example.com";
        var customer = await CreateCustomerAsync("Con", "Firm", email);
        var page = await OpenAsync(RoleNames.SupportAgent, customer);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send link: E-mail" }).ClickAsync();
        await Expect(page.GetByText("A link and a code were sent.")).ToBeVisibleAsync();
        await PictureAsync(page, "badge");
        var text = await Site.Services.GetRequiredService<Mailbox>().FirstToAsync(email);
        var link = new Uri(text.Split('\n').First(l => l.StartsWith("http", StringComparison.Ordinal))).AbsolutePath;

        var visitor = await OpenAsync(null, link);
        await Expect(visitor.GetByText(email)).ToBeVisibleAsync();
        await Expect(page.Locator(".verification").First).ToContainTextAsync("Not verified");
        await PictureAsync(visitor, "confirm");
        await visitor.GetByRole(AriaRole.Button, new() { Name = "Yes, this is my address" }).ClickAsync();
        await Expect(visitor.GetByText("Your e-mail is confirmed.")).ToBeVisibleAsync();
        await Expect(page.Locator(".verification").First.GetByText("Verified", new() { Exact = true })).ToBeVisibleAsync();

        var late = await OpenAsync(null, link);
        await Expect(late.GetByText("This link is no longer valid").First).ToBeVisibleAsync();
    }

    private async Task<string> CreateCustomerAsync(string given, string family, string? email = null)
    {
        var page = await OpenAsync(RoleNames.Manager, "/customers/new");
        await page.GetByLabel("First name").FillAsync(given);
        await page.GetByLabel("Last name").FillAsync(family);
        if (email is not null) await page.GetByLabel("E-mail", new() { Exact = true }).FillAsync(email);
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the customer" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync($"{given} {family}");
        return new Uri(page.Url).AbsolutePath;
    }
}
