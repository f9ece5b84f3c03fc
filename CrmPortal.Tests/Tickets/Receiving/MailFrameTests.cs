using System.Text;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Tickets.Receiving;

/// <summary>The page of a mail for its frame, which has no origin and hence no session to ask for anything else with.</summary>
public sealed class MailFrameTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_HoldsThePicturesOfTheMail_AndThoseOfOthersOnlyWhereTheyAreAskedFor()
    {
        await using var app = await TestApp.StartAsync();
        using var agent = await app.ClientAsAsync(RoleNames.SupportAgent);
        var message = await TakeAsync(app, """
            <img src="cid:one@home"><img src="cid:two@home"><img src="cid:none@home"><img src="cid:one@home">
            <img src="https://pictures.example/a.png">
            """);

        using var page = await agent.GetAsync($"/files/tickets/messages/{message}/mail");
        var html = await page.Content.ReadAsStringAsync(Token);

        Assert.Equal(2, Count(html, $"src=\"data:image/png;base64,{Convert.ToBase64String(TestFiles.Png)}\""));
        // What is not a picture of points stays a file.
        Assert.DoesNotContain("svg", html, StringComparison.Ordinal);
        Assert.DoesNotContain(" src=\"https", html, StringComparison.Ordinal);
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("sandbox allow-popups", policy, StringComparison.Ordinal);
        Assert.EndsWith("img-src data:", policy, StringComparison.Ordinal);

        using var remote = await agent.GetAsync($"/files/tickets/messages/{message}/mail/remote");
        html = await remote.Content.ReadAsStringAsync(Token);
        Assert.Contains(" src=\"https://pictures.example/a.png\"", html, StringComparison.Ordinal);
        policy = remote.Headers.GetValues("Content-Security-Policy").Single();
        Assert.EndsWith("img-src data: https: http:", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_OfAMailThatShowsAPictureAgainAndAgain_StaysSmall_AndOneWhoseFileIsLostIsShownWithoutIt()
    {
        await using var app = await TestApp.StartAsync();
        using var agent = await app.ClientAsAsync(RoleNames.SupportAgent);
        var message = await TakeAsync(app, string.Concat(Enumerable.Repeat("<img src=\"cid:one@home\">", 5_000)) + "The end");

        var html = await agent.GetStringAsync(new Uri($"/files/tickets/messages/{message}/mail", UriKind.Relative), Token);
        Assert.Equal(100, Count(html, "src=\"data:"));

        foreach (var file in Directory.EnumerateFiles(app.Database.Options.DocumentFolder, "*", SearchOption.AllDirectories))
            File.Delete(file);
        html = await agent.GetStringAsync(new Uri($"/files/tickets/messages/{message}/mail", UriKind.Relative), Token);
        Assert.Contains("The end", html, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(TestFiles.Png), html, StringComparison.Ordinal);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    /// <summary>Takes a mail with a picture, a drawing and this HTML, and gives its message.</summary>
    private static async Task<long> TakeAsync(TestApp app, string html)
    {
        var raw = $"""
            From: Ada <ada@example.com>
            To: support@shop.example
            Subject: Pictures
            Message-ID: <{Guid.NewGuid():N}@home>
            MIME-Version: 1.0
            Content-Type: multipart/related; boundary=border

            --border
            Content-Type: text/html; charset=utf-8
            Content-Transfer-Encoding: base64

            {Convert.ToBase64String(Encoding.UTF8.GetBytes(html))}
            --border
            Content-Type: image/png
            Content-ID: <one@home>
            Content-Transfer-Encoding: base64

            {Convert.ToBase64String(TestFiles.Png)}
            --border
            Content-Type: image/svg+xml
            Content-ID: <two@home>

            <svg xmlns="http://www.w3.org/2000/svg"></svg>
            --border--

            """.ReplaceLineEndings("\r\n");
        await using var system = app.AsSystem();
        await system.Get<IMailIntake>().TakeAsync(new(new MemoryStream(Encoding.UTF8.GetBytes(raw)), "test"), Token);
        await using var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        return await db.TicketMessages.Select(m => m.Id).SingleAsync(Token);
    }
}
