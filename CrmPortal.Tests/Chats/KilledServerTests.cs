using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using CrmPortal.Core.Chats;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Chats;

/// <summary>A server that is killed in the middle of chats loses no message that it acknowledged, and doubles none that is sent
/// again.</summary>
public sealed class KilledServerTests
{
    private const int Chats = 6;
    private const int MessagesPerRound = 25;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Messages_OfAServerThatIsKilled_AreThereOnceAndInOrder(DatabaseKind kind)
    {
        // So often in the suite; the variable makes it longer for whoever wants to see more of it.
        var kills = int.TryParse(Environment.GetEnvironmentVariable("CRM_KILLS"), out var wanted) ? wanted : 2;
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton(TimeProvider.System));
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await ChatTests.OpenAsync(data, agent);
        var keys = new List<string>();
        for (var i = 0; i < Chats; i++)
        {
            keys.Add(ChatTests.NewKey());
            await using var visitor = data.As(Actor.System("Chat"));
            await visitor.Get<VisitorChatService>().StartAsync(new() { Key = keys[i], Text = "start", MessageKey = "start" }, Token);
        }

        var acknowledged = new ConcurrentDictionary<(int Chat, int Number), long>();
        for (var round = 0; round <= kills; round++)
        {
            await using var server = await ServerProcess.StartAsync(data.Database, Token,
                new Dictionary<string, string> { ["Chat__CallsPerMinute"] = "100000" });
            var (count, current) = (0, round);
            await Task.WhenAll(keys.Select((key, chat) => SayAllAsync(server, key, chat, (current + 1) * MessagesPerRound, acknowledged,
                () =>
            {
                // In the middle of it, but for the last round, which carries everything to its end.
                if (current < kills && Interlocked.Increment(ref count) == Chats * MessagesPerRound / 2) server.Kill();
            })));
        }

        var all = Enumerable.Range(0, (kills + 1) * MessagesPerRound).ToList();
        for (var chat = 0; chat < Chats; chat++)
        {
            await using var visitor = data.As(Actor.System("Chat"));
            var there = new List<ChatMessageDetails>();
            var id = (await visitor.Get<VisitorChatService>().ResumeAsync(keys[chat], 0, Token))!.Id;
            there.AddRange(await data.ReadAsync(db => db.ChatMessages.Where(m => m.ChatId == id).OrderBy(m => m.Id)
                .Select(ChatMessageDetails.Of).ToListAsync(Token)));
            Assert.Equal(["start", .. all.Select(n => FormattableString.Invariant($"number {n}"))], there.Select(m => m.Text));
            Assert.All(all, n => Assert.Equal(there[n + 1].Id, acknowledged[(chat, n)]));
        }
    }

    /// <summary>Says number after number as the widget does: each until it is acknowledged, the next only then.</summary>
    private static async Task SayAllAsync(ServerProcess server, string key, int chat, int until,
        ConcurrentDictionary<(int Chat, int Number), long> acknowledged, Action said)
    {
        await using var hub = new HubConnectionBuilder().WithUrl(new Uri(server.Address, "/chat/hub"))
            .AddJsonProtocol(o => o.PayloadSerializerOptions.Converters.Add(new JsonStringEnumConverter())).Build();
        try
        {
            await hub.StartAsync(Token);
            await hub.InvokeAsync<ChatHubTests.Answer>("Resume", key, 0, Token);
            for (var number = 0; number < until; number++)
            {
                if (acknowledged.ContainsKey((chat, number))) continue;
                var answer = await hub.InvokeAsync<ChatHubTests.Answer>("Say", FormattableString.Invariant($"k{number}"),
                    FormattableString.Invariant($"number {number}"), Token);
                Assert.Null(answer.Errors);
                acknowledged[(chat, number)] = answer.Id!.Value;
                said();
            }
        }
        catch (Exception gone) when (gone is not Xunit.Sdk.XunitException)
        {
            // The server was killed.
        }
    }
}
