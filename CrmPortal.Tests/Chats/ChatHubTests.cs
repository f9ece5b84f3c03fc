using System.IO.Compression;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using CrmPortal.Core.Chats;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Chats;

/// <summary>The doors through which visitors come: the frame, the hub, files.</summary>
public sealed class ChatHubTests
{
    private const int MostBytes = 20 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Visitor_ByTheHub_Begins_Says_AndHearsThatSomethingIsNew(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        await using var agent = await OpenAsync(app);
        await using var hub = Connect(app);
        var news = new TaskCompletionSource();
        hub.On<string, long?, string?, bool>("news", (what, _, who, isOn) =>
        {
            if (what == "Typing" && isOn && who == agent.Actor.Name) news.TrySetResult();
        });
        await hub.StartAsync(Token);
        var key = ChatTests.NewKey();

        var wrong = await hub.InvokeAsync<Answer>("Start", new { key, text = " ", email = "nobody" }, Token);
        Assert.Equal(["Email", "Text"], wrong.Errors!.Keys.Order());
        var begun = (await hub.InvokeAsync<Answer>("Start", new { key, text = "Hello", messageKey = "m1" }, Token)).Chat!;
        Assert.Equal((ChatState.Waiting, "Hello"), (begun.State, begun.Messages.Single().Text));
        Assert.Contains(agent.Get<Presence>().Others(FormattableString.Invariant($"chat:{begun.Id}:visitor"), ""), v => v.UserId == 0);
        await agent.Get<ChatService>().AcceptAsync(begun.Id, Token);
        await agent.Get<ChatService>().SayAsync(begun.Id, "Welcome", null, Token);
        await agent.Get<ChatService>().TypeAsync(begun.Id, true, Token);
        await news.Task.WaitAsync(Patience, Token);
        var said = await hub.InvokeAsync<Answer>("Say", "m2", "Thanks", Token);

        // Another window of the same browser, and one that comes back.
        await using var second = Connect(app);
        await second.StartAsync(Token);
        var found = (await second.InvokeAsync<Answer>("Resume", key, begun.Messages[0].Id, Token)).Chat!;
        Assert.Equal((agent.Actor.Name, said.Id), (found.Agent, found.Messages[^1].Id));
        Assert.Equal(said.Id, (await second.InvokeAsync<Answer>("Say", "m2", "Thanks", Token)).Id);
        Assert.Null((await second.InvokeAsync<Answer>("Resume", ChatTests.NewKey(), 0, Token)).Chat);
        Assert.Equal(ChatState.Ended, (await hub.InvokeAsync<Answer>("End", Token)).Chat!.State);
        Assert.Equal(4, (await hub.InvokeAsync<Answer>("Rate", 4, "Fine", Token)).Chat!.Score);
    }

    [Fact]
    public async Task Hub_OfAnotherSite_AndTooMuchOfAnything_IsRefused()
    {
        await using var app = await TestApp.StartAsync(settings: new() { ["Chat:StartsPerMinute"] = "2", ["Chat:CallsPerMinute"] = "3" });
        await using var agent = await OpenAsync(app);
        using var client = app.CreateClient();
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "/chat/hub/negotiate?negotiateVersion=1");
        foreign.Headers.Add("Origin", "https://evil.example");
        using var refused = await client.SendAsync(foreign, Token);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);

        await using var hub = Connect(app);
        await hub.StartAsync(Token);
        var key = ChatTests.NewKey();
        Assert.True((await hub.InvokeAsync<Answer>("Start", null, Token)).Errors?.ContainsKey("Key"));
        Assert.Null((await hub.InvokeAsync<Answer>("Start", new { key, text = "One" }, Token)).Errors);
        var minute = new List<Answer>();
        for (var i = 0; i < 5; i++) minute.Add(await hub.InvokeAsync<Answer>("Say", null, "More", Token));
        Assert.Contains(minute, a => a.Errors?.ContainsKey("Text") == true);
        var starts = new List<Answer>();
        for (var i = 0; i < 5; i++) starts.Add(await hub.InvokeAsync<Answer>("Start", new { key = ChatTests.NewKey(), text = "One" }, Token));
        Assert.Contains(starts, a => a.Errors?.ContainsKey("") == true);
        await Assert.ThrowsAnyAsync<Exception>(() => hub.InvokeAsync<Answer>("Say", "big", new string('x', 40_000), Token));
    }

    [Fact]
    public async Task Frame_IsForTheListedSitesAlone_TalksToUsAlone_AndIsSmall()
    {
        await using var app = await TestApp.StartAsync();
        using var client = app.CreateClient();
        using (var off = await client.GetAsync("/chat/frame", Token)) Assert.Equal(HttpStatusCode.NotFound, off.StatusCode);
        Assert.StartsWith("window.crmChatDoor?.({\"on\":false,\"sites\":[],", await client.GetStringAsync(new Uri("/chat/door.js", UriKind.Relative), Token),
            StringComparison.Ordinal);
        await using var agent = await OpenAsync(app);
        var door = await client.GetStringAsync(new Uri("/chat/door.js", UriKind.Relative), Token);
        Assert.StartsWith("window.crmChatDoor?.({\"on\":true,\"sites\":[\"https://shop.example\"],", door, StringComparison.Ordinal);

        using var frame = await client.GetAsync("/chat/frame?lang=es", Token);

        var html = await frame.Content.ReadAsStringAsync(Token);
        Assert.Contains("Iniciar el chat", html, StringComparison.Ordinal);
        var policy = frame.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("frame-ancestors 'self' https://shop.example", policy, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.False(frame.Headers.Contains("X-Frame-Options"));
        var size = await SizeAsync(html);
        foreach (var file in new[] { "widget.js", "frame.js", "hub.js", "frame.css" })
        {
            var text = await client.GetStringAsync(new Uri($"/chat/{file}", UriKind.Relative), Token);
            // Addresses in comments aside, nothing names another server.
            Assert.DoesNotContain(text.Split('\n').Where(l => !l.TrimStart().StartsWith("//", StringComparison.Ordinal)),
                l => l.Contains("https://", StringComparison.Ordinal));
            size += await SizeAsync(text);
        }

        Assert.InRange(size, 1, MostBytes);
    }

    [Fact]
    public async Task File_OfAVisitor_IsSentAndReadByTheirKey()
    {
        await using var app = await TestApp.StartAsync();
        await using var agent = await OpenAsync(app);
        await using var hub = Connect(app);
        await hub.StartAsync(Token);
        var key = ChatTests.NewKey();
        await hub.InvokeAsync<Answer>("Start", new { key, text = "Hello" }, Token);
        using var client = app.CreateClient();

        using var sent = await PostAsync(client, key);
        using var nobody = await PostAsync(client, ChatTests.NewKey());
        using var without = await PostAsync(client, null);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.NotFound, HttpStatusCode.NotFound), (sent.StatusCode, nobody.StatusCode,
            without.StatusCode));
        var file = (await hub.InvokeAsync<Answer>("Resume", key, 0, Token)).Chat!.Messages[^1].File!;
        using var mine = new HttpRequestMessage(HttpMethod.Get, FormattableString.Invariant($"/chat/files/{file.Id}"));
        mine.Headers.Add("X-Chat-Key", key);
        using var read = await client.SendAsync(mine, Token);
        Assert.Equal("a,b", await read.Content.ReadAsStringAsync(Token));
        Assert.Equal("attachment", read.Content.Headers.ContentDisposition!.DispositionType);
        using var others = await client.GetAsync(FormattableString.Invariant($"/chat/files/{file.Id}"), Token);
        Assert.Equal(HttpStatusCode.NotFound, others.StatusCode);
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/chat/files?name=list.csv&messageKey=f1") { Content = new ByteArrayContent("a,b"u8.ToArray()) };
        if (key is not null) request.Headers.Add("X-Chat-Key", key);
        return await client.SendAsync(request, Token);
    }

    private static async Task<int> SizeAsync(string text)
    {
        using var memory = new MemoryStream();
        await using (var gzip = new GZipStream(memory, CompressionLevel.Optimal, leaveOpen: true))
            await gzip.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), Token);
        return (int)memory.Length;
    }

    private static async Task<TestScope> OpenAsync(TestApp app)
    {
        await using var manager = await app.AsRoleAsync(RoleNames.Manager);
        await manager.Get<ChatSettingsService>().SaveAsync(new(true, "https://shop.example", AskedBefore.Offered, null, null, 3, 30), null, Token);
        var agent = await app.AsRoleAsync(RoleNames.SupportAgent);
        await agent.Get<Presence>().EnterAsync(ChatDoor.Subject, new(Guid.NewGuid().ToString("N"), agent.UserId, agent.Actor.Name), Token);
        await agent.Get<ChatService>().SetOwnAsync(true, 4, Token);
        return agent;
    }

    private static HubConnection Connect(TestApp app) => new HubConnectionBuilder().WithUrl(new Uri(app.Server.BaseAddress, "/chat/hub"), o =>
    {
        o.HttpMessageHandlerFactory = _ => app.Server.CreateHandler();
        o.Transports = HttpTransportType.LongPolling;
    }).AddJsonProtocol(o => o.PayloadSerializerOptions.Converters.Add(new JsonStringEnumConverter())).Build();

    internal sealed record Answer(VisitorChat? Chat, long? Id, IReadOnlyDictionary<string, string>? Errors);
}
