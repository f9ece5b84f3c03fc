using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using CrmPortal.E2E.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>An agent works on tickets at their desk, and a customer says how it was.</summary>
public sealed class TicketTests(Site site) : BrowserTest(site)
{
    [Fact]
    public async Task Agent_WritesDownACall_TakesAReplyBack_Sends_Solves_AndTheCustomerRatesIt()
    {
        var subject = $"Parcel {Guid.NewGuid():N}"[..18];
        var email = $"{Guid.NewGuid():N}@example.com";
        var page = await OpenAsync(RoleNames.SupportAgent, "/tickets/new");
        await page.GetByLabel("Name (optional)").FillAsync("Bo Stone");
        await page.GetByLabel("E-mail (optional)").FillAsync(email);
        await page.GetByLabel("Subject").FillAsync(subject);
        await page.GetByLabel("What it is about").FillAsync("Where is my parcel?");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the ticket" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex(Regex.Escape(subject)),
            Level = 1 })).ToBeVisibleAsync();
        var id = long.Parse(Regex.Match(page.Url, @"/tickets/(\d+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

        var box = page.GetByLabel($"Reply to {email}");
        await box.FillAsync("It comes **today**.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        var log = page.GetByRole(AriaRole.Log);
        await log.GetByRole(AriaRole.Button, new() { Name = "Take back" }).ClickAsync();
        await Expect(box).ToHaveValueAsync("It comes **today**.");
        await Expect(log.GetByRole(AriaRole.Article)).ToHaveCountAsync(1);

        // What is typed stays on the server: another window goes on with it.
        await box.FillAsync("It comes **tomorrow**.");
        await Expect(page.GetByText("Draft saved")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await WaitUntilUsableAsync(page);
        await Expect(box).ToHaveValueAsync("It comes **tomorrow**.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Expect(log.GetByText("tomorrow")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex(Regex.Escape(subject)), Level = 1 }).FocusAsync();
        await page.Keyboard.PressAsync("s");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Solve", Exact = true })).ToHaveCountAsync(0);

        var (rating, signature) = await AskAsync(id);
        var customer = await OpenAsync(null, $"/feedback/{rating}/{signature}");
        await customer.GetByLabel("5 · very satisfied").CheckAsync();
        await customer.GetByLabel("What could we do better? (optional)").FillAsync("Nothing at all");
        await customer.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(customer.GetByRole(AriaRole.Heading, new() { Name = "Thank you" })).ToBeVisibleAsync();
        await Expect(page.GetByText("5 of 5")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Agents_SeeEachOther_AndWhatIsDoneLive_AndWorkByKeyboard()
    {
        var first = await OpenAsync(RoleNames.SupportAgent, "/tickets?view=all&sort=created&order=up");
        var link = first.Locator("[data-row-link]").First;
        var name = (await link.TextContentAsync())!;
        await first.GetByRole(AriaRole.Heading, new() { Name = "Tickets", Level = 1 }).FocusAsync();
        await first.Keyboard.PressAsync("j");
        await Expect(link).ToBeFocusedAsync();
        await first.Keyboard.PressAsync("Enter");
        await Expect(first.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex(Regex.Escape(name)), Level = 1 })).ToBeVisibleAsync();
        var second = await OpenAsync(RoleNames.Manager, new Uri(first.Url).PathAndQuery);

        await Expect(first.GetByText("is also viewing this")).ToBeVisibleAsync();
        await Expect(second.GetByRole(AriaRole.Log)).ToBeVisibleAsync();
        await second.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex(Regex.Escape(name)), Level = 1 }).FocusAsync();
        await second.Keyboard.PressAsync("i");
        var note = second.GetByLabel("Note for colleagues");
        await Expect(note).ToBeFocusedAsync();
        await note.PressSequentiallyAsync("Ask the warehouse");
        await Expect(first.GetByText("is writing here as well")).ToBeVisibleAsync();
        await second.GetByRole(AriaRole.Button, new() { Name = "Add the note" }).ClickAsync();
        await Expect(first.GetByRole(AriaRole.Log).GetByText("Ask the warehouse")).ToBeVisibleAsync();
    }

    /// <summary>The survey of a ticket, as it is asked some time after the solution.</summary>
    private async Task<(long Rating, string Signature)> AskAsync(long ticketId)
    {
        await using var scope = Site.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(Actor.System("tests"));
        await using var db = Site.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        var rating = new TicketRating { TicketId = ticketId, QueueId = 1, SentAt = TimeProvider.System.GetUtcNow() };
        db.TicketRatings.Add(rating);
        await db.SaveChangesAsync();
        return (rating.Id, await scope.ServiceProvider.GetRequiredService<TicketTokens>().SurveyAsync(rating.Id, CancellationToken.None));
    }
}
