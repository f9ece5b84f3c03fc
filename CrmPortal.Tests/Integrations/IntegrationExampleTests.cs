using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Integrations;

/// <summary>
/// The examples of docs/integrations are sent as they stand there, with a key that may do just what the page says, and are answered as
/// the page shows.
/// </summary>
public sealed partial class IntegrationExampleTests
{
    private const string Answer = "HTTP/1.1 ";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseKind, string> Pages => new(new[] { DatabaseKind.Sqlite, DatabaseKind.Postgres }
        .SelectMany(_ => ExamplePage.Names, (kind, page) => (kind, page)));

    [Theory, MemberData(nameof(Pages))]
    public async Task Page_IsAnsweredAsItSays(DatabaseKind kind, string name)
    {
        var page = ExamplePage.Read(name);
        await using var app = await TestApp.StartAsync(kind);
        await using var administrator = await app.AsRoleAsync(RoleNames.Administrator);
        var (_, key) = await administrator.Get<ApiKeyService>().CreateAsync(new("Example", 30, page.Scopes), Token);
        var known = new Dictionary<string, string> { ["key"] = key };
        using var client = app.CreateClient();
        var blocks = page.Blocks("http");

        Assert.True(blocks.Count >= 4 && blocks.Count % 2 == 0, name);
        for (var i = 0; i < blocks.Count; i += 2)
        {
            using var request = Request(Filled(blocks[i], known));
            using var answer = await client.SendAsync(request, Token);
            await DemandAsync(blocks[i + 1], answer, known, $"{name}: {blocks[i].Split('\n')[0]}");
        }
    }

    [Fact]
    public void Pages_AreListed()
    {
        var list = File.ReadAllText(Path.Combine(Repository.Root, "docs", "integrations", "README.md"));

        Assert.All(ExamplePage.Names, name => Assert.Contains($"]({name})", list, StringComparison.Ordinal));
    }

    private static HttpRequestMessage Request(string block)
    {
        var (head, body) = Parts(block);
        var lines = head.Split('\n');
        var words = lines[0].Split(' ');
        var request = new HttpRequestMessage(new(words[0]), words[1]);
        if (body.Length > 0) request.Content = new StringContent(body, Encoding.UTF8);
        foreach (var line in lines.Skip(1).Select(l => l.Split(": ", 2)))
        {
            if (line[0] == "Content-Type") request.Content!.Headers.ContentType = new(line[1]);
            else Assert.True(request.Headers.TryAddWithoutValidation(line[0], line[1]));
        }

        return request;
    }

    private static async Task DemandAsync(string block, HttpResponseMessage answer, Dictionary<string, string> known, string example)
    {
        Assert.StartsWith(Answer, block, StringComparison.Ordinal);
        var (head, body) = Parts(block);
        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(head == Answer + ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture),
            $"{example}: {(int)answer.StatusCode} {text}");
        if (body.Length == 0) return;
        if (body[0] is '{' or '[') Demand(JsonNode.Parse(body), JsonNode.Parse(text), known, example);
        else Assert.Equal(Filled(body, known), text.Trim('\uFEFF', '\r', '\n').ReplaceLineEndings("\n"));
    }

    /// <summary>What the page shows is in the answer; a word in brackets that is not known yet is what stands there.</summary>
    private static void Demand(JsonNode? shown, JsonNode? given, Dictionary<string, string> known, string example)
    {
        switch (shown)
        {
            case JsonObject fields:
                Assert.All(fields, field =>
                {
                    Assert.True(given is JsonObject there && there.ContainsKey(field.Key), $"{example}: {field.Key} in {given}");
                    Demand(field.Value, given![field.Key], known, example);
                });
                break;
            case JsonArray items:
                Assert.Equal(items.Count, Assert.IsType<JsonArray>(given).Count);
                for (var i = 0; i < items.Count; i++) Demand(items[i], given![i], known, example);
                break;
            case JsonValue value when value.TryGetValue<string>(out var text) && Place().Match(text) is { Success: true } place:
                Assert.NotNull(given);
                if (known.TryAdd(place.Groups[1].Value, given.ToString())) return;
                Assert.Equal((example, known[place.Groups[1].Value]), (example, given.ToString()));
                break;
            case JsonValue number when number.TryGetValue<decimal>(out var amount):
                Assert.Equal((example, amount), (example, (decimal)given!));
                break;
            default:
                Assert.Equal((example, shown?.ToJsonString()), (example, given?.ToJsonString()));
                break;
        }
    }

    private static string Filled(string block, Dictionary<string, string> known) => AnyPlace().Replace(block, m =>
        known[m.Groups[1].Value]);

    private static (string Head, string Body) Parts(string block)
    {
        var parts = block.Split("\n\n", 2);
        return (parts[0].Trim(), parts.Length > 1 ? parts[1].Trim() : "");
    }

    [GeneratedRegex(@"^\{\{(\w+)\}\}$")]
    private static partial Regex Place();

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex AnyPlace();
}
