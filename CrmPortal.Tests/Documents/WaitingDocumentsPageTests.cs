using Bunit;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Features.Documents;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Documents;

/// <summary>The page where documents are verified one after the other, whoever's they are.</summary>
public sealed class WaitingDocumentsPageTests : CrmPageTest
{
    [Fact]
    public async Task Page_VerifiesAndRejects_UntilNothingWaits()
    {
        var ada = await Data.AddCustomerAsync();
        await using (var agent = await Data.AsRoleAsync(RoleNames.SupportAgent))
        {
            foreach (var name in new[] { "passport.pdf", "bill.pdf" })
                await agent.Get<DocumentService>().UploadAsync(ada.Id, new(name, DocumentKind.Identity, null),
                    new MemoryStream(TestFiles.Pdf()), Xunit.TestContext.Current.CancellationToken);
        }

        await SignInAsync(RoleNames.Manager);
        var page = Render<WaitingDocumentsPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody tr").Count));
        Assert.Equal($"/customers/{ada.Id}?tab=documents", page.Find("tbody a").GetAttribute("href"));

        await page.Find("button[aria-label='Verify passport.pdf']").ClickAsync();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
        await page.Find("button[aria-label='Reject bill.pdf']").ClickAsync();
        await Dialogs.Find(".mud-dialog form").SubmitAsync();
        Assert.Equal("Give a reason for the rejection.", Dialogs.Find(".field-error").TextContent);
        await Dialogs.Find("#reason").ChangeAsync(new ChangeEventArgs { Value = "Blurred" });
        await Dialogs.Find(".mud-dialog form").SubmitAsync();

        page.WaitForAssertion(() => Assert.Contains("No documents wait", page.Markup, StringComparison.Ordinal));
        Assert.Equal([(DocumentStatus.Verified, null), (DocumentStatus.Rejected, "Blurred")],
            await Data.ReadAsync(db => db.Documents.OrderBy(d => d.Id).Select(d => ValueTuple.Create(d.Status, d.RejectReason))
                .ToListAsync()));
    }
}
