using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CrmPortal.Benchmarks.Circuits;
using CrmPortal.E2E.Support;
using CrmPortal.Tests.Support;
using Npgsql;

namespace CrmPortal.E2E.Nodes;

/// <summary>Two published nodes on one PostgreSQL database behind HAProxy, with an administrator who is signed in.</summary>
internal sealed class TwoNodes : IAsyncDisposable
{
    public const string Email = "nodes@shop.example";
    public const string Password = "a sentence for two nodes";

    /// <summary>Few enough that the limits are reached soon, and enough for what the test itself does.</summary>
    public const int SignInsPerMinute = 12;

    public const int RequestsPerMinute = 200;

    private readonly string _folder;
    private readonly string _connection;
    private readonly HttpClient _client;

    private TwoNodes(string folder, string connection, IReadOnlyList<PublishedNode> nodes, HaProxy proxy)
    {
        (_folder, _connection, Nodes, Proxy) = (folder, connection, nodes, proxy);
        Site = new CircuitSite(proxy.Address, proxy.Trusted);
        _client = new(Site.Handler, disposeHandler: false);
    }

    public IReadOnlyList<PublishedNode> Nodes { get; }

    public HaProxy Proxy { get; }

    public CircuitSite Site { get; }

    /// <summary>Without a slash at the end.</summary>
    public string Url => Site.Origin;

    public static async Task<TwoNodes> StartAsync(string program)
    {
        var token = TestContext.Current.CancellationToken;
        var cluster = await PostgresCluster.StartAsync();
        var database = $"nodes_{Guid.NewGuid():N}";
        await cluster.ExecuteAsync($"create database {database}");
        // The key file is in the folder that both have.
        var folder = Directory.CreateTempSubdirectory("crmportal-nodes-").FullName;
        var settings = new Dictionary<string, string>
        {
            ["Database__Provider"] = "Postgres",
            ["Database__DataFolder"] = folder,
            ["ConnectionStrings__Crm"] = cluster.ConnectionString(database),
            ["Proxies"] = "127.0.0.1",
            ["AllowedHosts"] = "localhost",
            ["SignIn__PerMinute"] = FormattableString.Invariant($"{SignInsPerMinute}"),
            ["Api__RequestsPerMinute"] = FormattableString.Invariant($"{RequestsPerMinute}"),
        };
        var first = await PublishedNode.StartAsync(program, settings);
        var starting = PublishedNode.StartAsync(program, settings);
        using (var direct = new CircuitSite(new(first.Address)))
        {
            var made = await direct.FillInAsync(new Uri(await first.SetupLinkAsync()).PathAndQuery, new(), new Dictionary<string, string>
            {
                ["Input.DisplayName"] = "Nora Nodes", ["Input.Email"] = Email, ["Input.Password"] = Password,
            }, token);
            Assert.Equal(302, made.Status);
        }

        var second = await starting;
        var nodes = new TwoNodes(folder, settings["ConnectionStrings__Crm"], [first, second],
            await HaProxy.StartAsync([first.Port, second.Port], token));
        var tokens = await nodes.SendAsync(HttpMethod.Post, nodes.Url + "/api/auth/login", new { email = Email, password = Password });
        nodes._client.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", tokens.GetProperty("access_token").GetString());
        return nodes;
    }

    /// <summary>Asks as a program, of the proxy or of one of the nodes.</summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string address, object body)
    {
        using var request = new HttpRequestMessage(method, address) { Content = JsonContent.Create(body) };
        using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {address} answers {(int)answer.StatusCode}: {text}");
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>Writes by the proxy under a key, and again where nothing was answered.</summary>
    /// <returns>Whether it was acknowledged: what a killed node was at is not known to be lost for a while.</returns>
    public async Task<bool> WriteAsync(string path, string key, object body, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, Url + path) { Content = JsonContent.Create(body) };
                request.Headers.Add("Idempotency-Key", key);
                using var answer = await _client.SendAsync(request, cancellationToken);
                if ((int)answer.StatusCode == 201) return true;
                if ((int)answer.StatusCode == 409) return false;
            }
            catch (HttpRequestException)
            {
                // The node is gone; another takes it.
            }

            await Task.Delay(200, cancellationToken);
        }
    }

    /// <summary>The status with which a node answers an address that is nobody's but the caller's.</summary>
    public static async Task<int> StatusAsync(PublishedNode node, string path, string clientAddress, object? body)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, node.Address + path)
        {
            Content = body is null ? null : JsonContent.Create(body),
        };
        request.Headers.Add("X-Forwarded-For", clientAddress);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }

    public async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(_connection);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        Site.Dispose();
        await Proxy.DisposeAsync();
        foreach (var node in Nodes) await node.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
