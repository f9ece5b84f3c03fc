using System.Net;
using System.Net.Http.Headers;
using System.Text;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Mail.Incoming;
using CrmPortal.Core.Tickets;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Tickets.Receiving;

/// <summary>Raw mails that mail servers hand over by HTTP, with a key and without a sign-in.</summary>
public sealed class MailIntakeEndpointTests
{
    private const string Key = "a-key-of-more-than-24-letters";
    private const string Path = "/api/tickets/mail";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Mail_WithTheKey_IsTaken_AndKnownTheSecondTime()
    {
        await using var app = await StartAsync();
        using var client = app.CreateClient();
        await using var system = app.AsSystem();
        var queue = (await system.Get<QueueService>()
            .SaveAsync(null, new("Returns", "returns@shop.example", null, false), null, Token))!.Part.Id;

        var first = await (await PostAsync(client, Mail("a1", "Help"), query: "?mailbox=postfix&to=Returns@shop.example")).ReadAsync();
        var second = await (await PostAsync(client, "From ada@example.com Sun Nov 29 10:00:00 2026\n"
            + Mail("a1", "Help").Replace("\r\n", "\n", StringComparison.Ordinal))).ReadAsync();

        Assert.Equal(("new_ticket", false), ((string)first["outcome"]!, (bool)first["is_known"]!));
        Assert.Equal(("new_ticket", true, (long)first["ticket_id"]!),
            ((string)second["outcome"]!, (bool)second["is_known"]!, (long)second["ticket_id"]!));
        var ticket = await ReadAsync(app, db => db.Tickets.SingleAsync(Token));
        Assert.Equal(("Help", queue), (ticket.Subject, ticket.QueueId));
        Assert.Equal("postfix", await ReadAsync(app, db => db.ReceivedMails.Select(m => m.Mailbox).SingleAsync(Token)));
    }

    [Fact]
    public async Task Mail_WithoutTheRightKey_IsRefused_AndWhereNoneIsSetNothingIsThere()
    {
        await using var app = await StartAsync();
        using var client = app.CreateClient();

        await (await PostAsync(client, Mail("b1", "Help"), key: "another-key-of-24-letters-xx")).ProblemAsync(HttpStatusCode.Unauthorized);
        await (await PostAsync(client, Mail("b1", "Help"), key: null)).ProblemAsync(HttpStatusCode.Unauthorized);
        // A sign-in is no key.
        using var manager = await app.ClientAsAsync(Core.Platform.Access.RoleNames.Manager);
        await (await PostAsync(manager, Mail("b1", "Help"), key: null)).ProblemAsync(HttpStatusCode.Unauthorized);
        Assert.Equal(0, await ReadAsync(app, db => db.ReceivedMails.CountAsync(Token)));

        await using var without = await TestApp.StartAsync();
        using var other = without.CreateClient();
        await (await PostAsync(other, Mail("b1", "Help"), key: "")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Requests_AreCountedOnlyWhereTheirKeyIsWrong()
    {
        await using var app = await StartAsync(new() { ["SignIn:PerMinute"] = "2", ["Api:RequestsPerMinute"] = "1" });
        using var client = app.CreateClient();
        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.OK, (await PostAsync(client, Mail($"c{i}", "Help"))).StatusCode);

        // A minute may end between two of them.
        HttpResponseMessage refused;
        var tries = 0;
        do refused = await PostAsync(client, Mail("c9", "Help"), key: "wrong");
        while (refused.StatusCode == HttpStatusCode.Unauthorized && ++tries < 6);

        await refused.ProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(client, Mail("c9", "Help"))).StatusCode);
    }

    [Fact]
    public async Task Body_ThatIsEmptyOrTooLarge_IsRefused_AndGarbageIsTakenAsText()
    {
        await using var app = await StartAsync();
        using var client = app.CreateClient();
        await (await PostAsync(client, "")).ProblemAsync(HttpStatusCode.BadRequest);
        using var large = Request(Mail("d1", "Large"), Key, "");
        large.Content!.Headers.ContentLength = MailReader.MostBytes + 2L;
        await (await client.SendAsync(large, Token)).ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
        await (await PostAsync(client, Mail("d1", "x"), query: "?to=nobody")).ProblemAsync(HttpStatusCode.BadRequest);
        await (await PostAsync(client, Mail("d1", "x"), query: "?mailbox=" + new string('x', 101))).ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(0, await ReadAsync(app, db => db.ReceivedMails.CountAsync(Token)));

        var garbage = new byte[5_000];
        new Random(7).NextBytes(garbage);
        using var request = Request("", Key, "");
        request.Content = new ByteArrayContent(garbage) { Headers = { ContentType = new("application/octet-stream") } };
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(request, Token)).StatusCode);
        Assert.Equal(1, await ReadAsync(app, db => db.ReceivedMails.CountAsync(Token)));
    }

    [Fact]
    public async Task Mail_LargerThanIsRead_IsTakenByItsBeginning()
    {
        await using var app = await StartAsync();
        using var client = app.CreateClient();
        var body = new byte[MailReader.MostBytes + 1];
        Array.Fill(body, (byte)'x');
        Encoding.ASCII.GetBytes(Mail("e1", "Large")).CopyTo(body, 0);
        using var request = Request("", Key, "");
        request.Content = new ByteArrayContent(body) { Headers = { ContentType = new("message/rfc822") } };

        var answer = await client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(await ReadAsync(app, db => db.TicketMessages.Where(m => m.Kind == TicketMessageKind.Notice).Select(m => m.Text)
            .ToListAsync(Token)), t => t.Contains("50 MB", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Mail_ThatCannotBeTakenNow_IsToBeBroughtAgain()
    {
        await using var app = await StartAsync(configure: s => s.AddScoped<IMailIntake, LateIntake>());
        using var client = app.CreateClient();

        var answer = await PostAsync(client, Mail("f1", "Help"));

        await answer.ProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    internal static string Mail(string id, string subject) => MailboxTests.Mail(id, subject);

    internal static Task<TestApp> StartAsync(Dictionary<string, string>? settings = null,
        Action<IServiceCollection>? configure = null) => TestApp.StartAsync(settings: new(settings ?? []) { ["Support:IntakeKey"] = Key, ["Support:UndoSeconds"] = "0" }, configure: configure);

    internal static async Task<HttpResponseMessage> PostAsync(HttpClient client, string raw, string? key = Key, string query = "")
    {
        using var request = Request(raw, key, query);
        return await client.SendAsync(request, Token);
    }

    private static HttpRequestMessage Request(string raw, string? key, string query)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Path + query)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(raw))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("message/rfc822") },
            },
        };
        if (key is not null) request.Headers.Add("X-Intake-Key", key);
        return request;
    }

    private static async Task<T> ReadAsync<T>(TestApp app, Func<CrmDbContext, Task<T>> read)
    {
        await using var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        return await read(db);
    }

    private sealed class LateIntake : IMailIntake
    {
        public Task<IntakeResult> TakeAsync(IncomingMail incoming, CancellationToken cancellationToken) => throw new IntakeLaterException();
    }
}
