using Bunit;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Webhooks;
using CrmPortal.Features.Settings;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Webhooks;

public sealed class WebhooksPageTests : CrmPageTest
{
    private static CancellationToken Token => Xunit.TestContext.Current.CancellationToken;

    public override ValueTask InitializeAsync()
    {
        Services.Configure<WebhookOptions>(o => (o.AllowPrivateAddresses, o.AllowHttp) = (true, true));
        return base.InitializeAsync();
    }

    [Fact]
    public async Task Webhook_IsMade_ItsSecretShownOnce_AndATestSent()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await SignInAsync(RoleNames.Administrator);
        var page = Render<WebhooksPage>();
        await Button(page, "New webhook").ClickAsync(new());
        await page.Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("Choose at least one event.", page.Markup, StringComparison.Ordinal));

        await page.Find("#webhook-name").ChangeAsync(new() { Value = "Shop" });
        await page.Find("#webhook-url").ChangeAsync(new() { Value = receiver.Address + "/hook" });
        var created = page.FindAll("fieldset label").First(l => l.TextContent.Contains("customer.created", StringComparison.Ordinal));
        await created.QuerySelector("input")!.ChangeAsync(new() { Value = true });
        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() => Assert.StartsWith("whsec_", page.Find("#new-secret").TextContent, StringComparison.Ordinal));
        var webhook = await Data.ReadAsync(db => db.Webhooks.SingleAsync(Token));
        Assert.Equal(("Shop", "customer.created"), (webhook.Name, webhook.Events));
        page.WaitForAssertion(() => Assert.Equal("Shop", page.Find("#webhook-title").TextContent));

        await Button(page, "Send a test").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("webhook.test", page.Markup, StringComparison.Ordinal));
        Assert.Single(receiver.Requests);
        Assert.Empty(page.FindAll("#new-secret"));
        Assert.Equal("The test was taken.", Assert.Single(Services.GetRequiredService<Toasts>().Shown).Text);
    }

    [Fact]
    public async Task Deliveries_AreShownWithRequestAndAnswer_AndSentAgain()
    {
        await SignInAsync(RoleNames.Administrator);
        var now = Data.Clock.GetUtcNow();
        await Data.WriteAsync(db =>
        {
            db.Webhooks.Add(new() { Id = 5, Name = "Shop", Url = "https://shop.example/", Events = "customer.created", CreatedAt = now,
                PausedAt = now, Pause = WebhookPause.Failures });
            db.WebhookDeliveries.Add(new() { WebhookId = 5, EventId = 9, MessageId = "evt_9", Topic = "customer.created", Line = "customer:1",
                Body = """{"id":"evt_9"}""", CreatedAt = now, State = DeliveryState.GivenUp, Attempts = 10, StatusCode = 500,
                Answer = "<b>broken</b>", Fault = "The server did not answer with success." });
            return Task.CompletedTask;
        });
        Services.GetRequiredService<NavigationManager>().NavigateTo("/settings/webhooks?webhook=5&state=givenup");
        var page = Render<WebhooksPage>();

        page.WaitForAssertion(() => Assert.Contains("The server did not answer with success.", page.Markup, StringComparison.Ordinal));
        Assert.Contains("too many attempts failed", page.Markup, StringComparison.Ordinal);
        await page.Find("button[aria-label='Show evt_9']").ClickAsync(new());
        Dialogs.WaitForAssertion(() => Assert.Contains(Dialogs.FindAll("pre"), p => p.TextContent == "<b>broken</b>"));
        await page.Find("button[aria-label='Send evt_9 again']").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Equal("It is sent again.", Assert.Single(Services.GetRequiredService<Toasts>().Shown).Text));
        await Button(page, "Resume").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Contains("Works", page.Markup, StringComparison.Ordinal));
        Assert.Equal([0, 1], await Data.ReadAsync(db => db.WebhookDeliveries.OrderBy(d => d.Id).Select(d => d.Repeat).ToListAsync(Token)));
    }

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<WebhooksPage> page, string text) =>
        page.FindAll("button").First(b => b.TextContent.Trim() == text);
}
