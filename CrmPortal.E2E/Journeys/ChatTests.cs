using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.E2E.Support;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>A visitor of the help centre talks with an agent; both have a browser of their own.</summary>
public sealed partial class ChatTests(Site site) : BrowserTest(site)
{
    [Theory]
    [InlineData(Wide, Theme.Light)]
    [InlineData(Narrow, Theme.Dark)]
    public async Task Visitor_OfAHelpPage_Chats_AndItBecomesATicket(int width, Theme theme)
    {
        var agent = await OpenAsync(RoleNames.SupportAgent, "/chat", theme, width);
        await agent.GetByLabel("I take chats").CheckAsync();
        var name = $"Zoe {Guid.NewGuid():N}"[..12];
        var visitor = await OpenAsync(null, "/help/en", theme, width);

        var open = visitor.GetByRole(AriaRole.Button, new() { Name = "Open the chat" });
        await open.FocusAsync();
        await visitor.Keyboard.PressAsync("Enter");
        var frame = visitor.FrameLocator("iframe[title=Chat]");
        await frame.GetByRole(AriaRole.Button, new() { Name = "Start the chat" }).ClickAsync();
        await Expect(frame.GetByText("Write a message first.")).ToBeVisibleAsync();
        await frame.GetByLabel("Your name").FillAsync(name);
        await frame.GetByLabel("Your message").First.FillAsync("Where is my parcel?");
        await frame.GetByRole(AriaRole.Button, new() { Name = "Start the chat" }).ClickAsync();
        await Expect(frame.GetByText("Somebody will be with you")).ToBeVisibleAsync();

        await agent.GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
        await Expect(agent.GetByText("is on the page", new() { Exact = true })).ToBeVisibleAsync();
        await agent.GetByRole(AriaRole.Button, new() { Name = "Take the chat" }).ClickAsync();
        await Expect(frame.GetByText("You are talking with")).ToBeVisibleAsync();
        var answer = agent.GetByLabel("Your answer");
        await answer.PressSequentiallyAsync("Which order?");
        await Expect(frame.GetByText("is writing…")).ToBeVisibleAsync();
        await agent.Keyboard.PressAsync("Enter");
        await Expect(frame.GetByText("Which order?")).ToBeVisibleAsync();
        await Expect(answer).ToHaveValueAsync("");
        await frame.GetByPlaceholder("Your message").FillAsync("The one of Monday, see https://shop.example/o/1.");
        await visitor.Keyboard.PressAsync("Enter");
        await Expect(agent.GetByRole(AriaRole.Log).GetByText("The one of Monday")).ToBeVisibleAsync();
        await Expect(frame.GetByRole(AriaRole.Link, new() { Name = "https://shop.example/o/1" })).ToBeVisibleAsync();
        await Expect(frame.GetByText("Read", new() { Exact = true })).ToBeVisibleAsync();
        // Typed without waiting for anything: nothing is swallowed, nothing is sent twice, and what is begun outlives the page.
        await answer.PressSequentiallyAsync("One moment\nIt left\nIt arri");
        await Expect(frame.GetByText("It left")).ToBeVisibleAsync();
        await Expect(frame.GetByText("One moment")).ToHaveCountAsync(1);
        await Expect(answer).ToHaveValueAsync("It arri");
        await agent.ReloadAsync();
        await Expect(answer).ToHaveValueAsync("It arri");
        await answer.PressAsync("End");
        await answer.PressSequentiallyAsync("ves\n");
        await Expect(frame.GetByText("It arrives", new() { Exact = true })).ToBeVisibleAsync();
        await PictureAsync(agent, $"console-{width}");
        await PictureAsync(visitor, $"visitor-{width}");

        // The next page of the site goes on with it.
        await visitor.ReloadAsync();
        await open.ClickAsync();
        await Expect(frame.GetByText("Which order?")).ToBeVisibleAsync();

        await agent.GetByRole(AriaRole.Button, new() { Name = "Make a ticket…" }).ClickAsync();
        await agent.GetByLabel("Subject (optional)").FillAsync($"Parcel of {name}");
        await agent.GetByRole(AriaRole.Button, new() { Name = "Make the ticket" }).ClickAsync();
        await Expect(frame.GetByText("Your request has the number T-")).ToBeVisibleAsync();
        await frame.GetByRole(AriaRole.Button, new() { Name = "End the chat" }).ClickAsync();
        await frame.GetByRole(AriaRole.Radio, new() { Name = "5" }).CheckAsync();
        await frame.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).Last.ClickAsync();
        await Expect(frame.GetByText("Thank you for your answer.")).ToBeVisibleAsync();
        await Expect(agent.GetByText("5 of 5").First).ToBeVisibleAsync();
        await agent.GetByRole(AriaRole.Complementary).GetByRole(AriaRole.Link, new() { NameRegex = TicketNumber() }).First.ClickAsync();
        await Expect(agent.GetByText("The one of Monday")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Frame_FromTheFirstWordToTheScore_HasNoAccessibilityFault()
    {
        var agent = await OpenAsync(RoleNames.Manager, "/chat");
        await agent.GetByLabel("I take chats").CheckAsync();
        var name = $"Kim {Guid.NewGuid():N}"[..12];
        var page = await OpenAsync(null, "/chat/frame", bypassContentPolicy: true);
        await Axe.LoadAsync(page);
        await Axe.AssertCleanAsync(page, "Before a chat", (theme, width) => PictureAsync(page, $"begin-{theme}-{width}"));
        await page.GetByLabel("Your name").FillAsync(name);
        await page.GetByLabel("Your message").First.FillAsync("Hello");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start the chat" }).ClickAsync();
        await agent.GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
        await agent.GetByLabel("Your answer").FillAsync("Welcome");
        await agent.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("Welcome")).ToBeVisibleAsync();
        await Axe.AssertCleanAsync(page, "A chat", (theme, width) => PictureAsync(page, $"chat-{theme}-{width}"));
        await agent.GetByRole(AriaRole.Button, new() { Name = "End", Exact = true }).ClickAsync();
        await Expect(page.GetByText("How was it?")).ToBeVisibleAsync();
        await Axe.AssertCleanAsync(page, "After a chat", (theme, width) => PictureAsync(page, $"over-{theme}-{width}"));
    }

    [Fact]
    public async Task Visitor_WhoseConnectionIsLost_LosesNothing()
    {
        var agent = await OpenAsync(RoleNames.Manager, "/chat");
        await agent.GetByLabel("I take chats").CheckAsync();
        var name = $"Max {Guid.NewGuid():N}"[..12];
        var visitor = await OpenAsync(null, "/help/en");
        Expecting("WebSocket|ERR_INTERNET_DISCONNECTED");
        await visitor.GetByRole(AriaRole.Button, new() { Name = "Open the chat" }).ClickAsync();
        var frame = visitor.FrameLocator("iframe[title=Chat]");
        await frame.GetByLabel("Your name").FillAsync(name);
        await frame.GetByLabel("Your message").First.FillAsync("First");
        await frame.GetByRole(AriaRole.Button, new() { Name = "Start the chat" }).ClickAsync();
        await agent.GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
        await agent.GetByRole(AriaRole.Button, new() { Name = "Take the chat" }).ClickAsync();
        await Expect(frame.GetByText("You are talking with")).ToBeVisibleAsync();

        // A connection that ends in the middle; what is typed meanwhile waits and is sent once.
        await frame.Locator("#text").EvaluateAsync("() => { const send = WebSocket.prototype.send; WebSocket.prototype.send = function (text) { if (String(text).includes('\"Say\"')) { WebSocket.prototype.send = send; this.close(); } else send.call(this, text); }; }");
        await frame.GetByPlaceholder("Your message").FillAsync("Second");
        await frame.Locator("#text").PressAsync("Enter");
        await frame.GetByPlaceholder("Your message").FillAsync("Third");
        await frame.Locator("#text").PressAsync("Enter");

        await Expect(agent.GetByRole(AriaRole.Log).GetByText("Third")).ToBeVisibleAsync();
        await Expect(agent.GetByRole(AriaRole.Log).GetByText("Second")).ToHaveCountAsync(1);
        await Expect(frame.Locator(".mine")).ToHaveCountAsync(3);
        await Expect(frame.GetByText("Sending…")).ToHaveCountAsync(0);
    }

    [GeneratedRegex("^T-[0-9]+$")]
    private static partial Regex TicketNumber();
}
