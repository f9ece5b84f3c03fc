using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;

namespace CrmPortal.Benchmarks.Works;

/// <summary>Two hundred visitors chat at the same time: each says something every second, and is answered.</summary>
internal sealed class SimultaneousChats() : Work("Chats at the same time")
{
    private const int Chats = 200;
    private const int Rounds = 20;
    private const int AnsweredInARound = 20;

    private static readonly string[] ChatColumns =
    [
        "KeyHash", "State", "Language", "IsIdentified", "StartedAt", "LastMessageAt", "MessageCount", "AnswerCount", "AnswerSeconds",
        "VisitorReadId", "AgentReadId", "AgentId",
    ];

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var keys = Enumerable.Range(0, Chats).Select(_ => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).Replace('+', '-')
            .Replace('/', '_').TrimEnd('=')).ToList();
        var ids = await MakeAsync(bench, keys);
        var visitors = new List<Visitor>();
        try
        {
            for (var i = 0; i < Chats; i++) visitors.Add(await Visitor.ConnectAsync(bench.Portal.Http.BaseAddress!, keys[i], ids[i],
                cancellationToken));
            var (acknowledged, answered) = (new ConcurrentBag<double>(), new ConcurrentBag<double>());
            var all = Stopwatch.StartNew();
            for (var round = 0; round < Rounds; round++)
            {
                var start = Stopwatch.StartNew();
                var said = Task.WhenAll(visitors.Select(async (visitor, i) =>
                {
                    // Spread over the second, as people are.
                    await Task.Delay(i * 1_000 / Chats, cancellationToken);
                    acknowledged.Add(await Measure.OnceAsync(() => visitor.SayAsync(round, cancellationToken)));
                }));
                for (var i = 0; i < AnsweredInARound; i++)
                {
                    var visitor = visitors[((round * AnsweredInARound) + i) % Chats];
                    answered.Add(await Measure.OnceAsync(async () =>
                    {
                        var heard = visitor.NextAnswerAsync(cancellationToken);
                        await bench.Portal.SendAsync(HttpMethod.Post, FormattableString.Invariant($"/api/chats/{visitor.Id}/messages"),
                            new { text = "Here you are." }, cancellationToken);
                        await heard;
                    }));
                }

                await said;
                if (start.Elapsed < TimeSpan.FromSeconds(1)) await Task.Delay(TimeSpan.FromSeconds(1) - start.Elapsed, cancellationToken);
            }

            bench.Table.Add(Result.Of(FormattableString.Invariant($"{Name}: {Chats} visitors, each a message a second, until it is acknowledged"), new Timing(acknowledged)) with
            {
                PerSecond = acknowledged.Count / all.Elapsed.TotalSeconds,
            });
            bench.Table.Add(Result.Of($"{Name}: from an agent's answer over HTTP until the visitor has it", new Timing(answered)));
        }
        finally
        {
            foreach (var visitor in visitors) await visitor.DisposeAsync();
            foreach (var id in ids) await bench.Bare.ExecuteAsync(FormattableString.Invariant($"delete from \"Chats\" where \"Id\" = {id}"));
        }
    }

    private static async Task<IReadOnlyList<long>> MakeAsync(Bench bench, IReadOnlyList<string> keys)
    {
        var first = await bench.Bare.ScalarAsync<long>("select coalesce(max(\"Id\"), 0) from \"Chats\"");
        var agent = await bench.Bare.ScalarAsync<long>("select min(\"Id\") from \"Users\"");
        var now = TimeProvider.System.GetUtcNow();
        object at = bench.Options.IsPostgres ? now : (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        await using var transaction = await bench.Bare.Connection.BeginTransactionAsync();
        await bench.Bare.InsertAsync("Chats", ChatColumns, keys.Select(key => new object?[]
        {
            Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key))), "Active", "en", false, at, at, 0, 0, 0L, 0L, 0L, agent,
        }), transaction);
        await transaction.CommitAsync();
        return [.. (await bench.Bare.RowsAsync(string.Create(CultureInfo.InvariantCulture,
            $"select \"Id\" from \"Chats\" where \"Id\" > {first} order by \"Id\""))).Select(r => Convert.ToInt64(r[0], CultureInfo.InvariantCulture))];
    }

    /// <summary>One visitor with their connection, who asks for what is new as the widget does.</summary>
    private sealed class Visitor(HubConnection hub, string key, long id) : IAsyncDisposable
    {
        private TaskCompletionSource? _awaited;
        private long _last;

        public long Id => id;

        public static async Task<Visitor> ConnectAsync(Uri server, string key, long id, CancellationToken cancellationToken)
        {
            var hub = new HubConnectionBuilder().WithUrl(new Uri(server, "/chat/hub")).Build();
            var visitor = new Visitor(hub, key, id);
            hub.On<string, long?, string?, bool>("news", (news, _, _, _) => news is "Message" or "State" ? visitor.FetchAsync() : Task.CompletedTask);
            await hub.StartAsync(cancellationToken);
            await visitor.FetchAsync();
            return visitor;
        }

        public async Task SayAsync(int number, CancellationToken cancellationToken)
        {
            var answer = await hub.InvokeAsync<JsonElement>("Say", FormattableString.Invariant($"k{number}"), "Where is my parcel?", cancellationToken);
            if (answer.GetProperty("id").ValueKind != JsonValueKind.Number) throw new InvalidOperationException(answer.ToString());
        }

        public Task NextAnswerAsync(CancellationToken cancellationToken)
        {
            _awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _awaited.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
        }

        public ValueTask DisposeAsync() => hub.DisposeAsync();

        private async Task FetchAsync()
        {
            var answer = await hub.InvokeAsync<JsonElement>("Resume", key, _last);
            foreach (var message in answer.GetProperty("chat").GetProperty("messages").EnumerateArray())
            {
                _last = Math.Max(_last, message.GetProperty("id").GetInt64());
                if (message.GetProperty("kind").GetString() == "Agent") _awaited?.TrySetResult();
            }
        }
    }
}
