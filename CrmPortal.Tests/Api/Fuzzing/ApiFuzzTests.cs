using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Verification;
using CrmPortal.Core.Webhooks;
using CrmPortal.Hosting;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CrmPortal.Tests.Api.Fuzzing;

/// <summary>
/// Each operation of the documents that the program serves is sent what nobody should send: whatever it is, the answer is one that its
/// document names, in the shape that the document describes, and never a fault of ours.
/// </summary>
public sealed partial class ApiFuzzTests
{
    /// <summary>Another one, by the environment, sends other requests; a failure names the one that it was seen with.</summary>
    private const int UsualSeed = 20261130;
    private const int MostShown = 40;

    /// <summary>Operations that end the session which asks, so that each of their requests has one of its own.</summary>
    private static readonly string[] Ending = ["Logout", "ShopChangePassword"];

    /// <summary>Headers that are there where the document says so, and nowhere else.</summary>
    private static readonly string[] Telling = ["ETag", "Deprecation", "Sunset"];

    /// <summary>
    /// Operations whose work is not always reached with what a document prints: codes and tokens that were mailed, passwords that nobody
    /// has, chats of visitors, categories of articles, scores, and records that must be two of a kind.
    /// </summary>
    private static readonly string[] Unreached =
    [
        "AcceptChat", "ConfirmEmailLink", "CreateArticle", "EndChat", "FillSavedReply", "GetArticle", "GetChat",
        "GetCustomerClv", "GetCustomerRfm", "RetailGetCustomerClv", "RetailGetCustomerRfm",
        "HandOverChat", "LinkTickets", "ListChatMessages", "Login", "LookAtEmailLink", "MakeTicketOfChat", "MergeTickets", "Refresh",
        "ReplaceArticle", "RetailVerifyEmail", "RetailVerifyPhone", "RunMacro", "SayInChat", "ShopChangeOwnEmail",
        "ShopChangePassword", "SplitTicket", "TakeTicketMessageBack",
        // Each customer who asks is new here, and has neither requests nor points; nobody has a connection to the network.
        "AuthoriseAccess", "ShopAnswerOwnTicket", "ShopDownloadOwnTicketFile", "ShopGetOwnTicket", "ShopRedeemOwnReward",
        "ShopSolveOwnTicket",
        // Nothing waits for a second person, no job fails or lasts, no tier was set by hand, and codes are cancelled before they are used.
        "ApproveAdjustment", "CancelJob", "RejectAdjustment", "RetryJob", "TakeTier", "UseRedemption", "WithdrawAdjustment",
        // What comes before has put the draft in force, changed the row again, or not yet checked the file or already.
        "PublishImport", "ReplaceProgrammeDraft", "SetImportFormat", "SetImportPlan", "UndoChange", "UndoImport",
        // Nobody has an account yet, nobody is to be contacted before the night, and scores are calculated once at most.
        "ClaimEntry", "DisableCustomerAccount", "DismissEntry", "EnableCustomerAccount", "FinishEntry", "ListRfmMoves", "PutEntryOff",
        "ReleaseEntry", "ReopenEntry",
        // The number of another customer is none that is printed.
        "AddRelationship",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Operations_WhateverIsSent_AnswerAsTheirDocumentSays(DatabaseKind kind)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CRM_FUZZ_SEED"), CultureInfo.InvariantCulture, out var own)
            ? own : UsualSeed;
        await using var app = await StartAsync(kind);
        var operations = await DescribedOperation.ReadAllAsync(app, Token);
        Assert.Empty(Ending.Concat(Unreached).Except(operations.Select(o => o.Id)));
        using var administrator = await ClientAsync(app, RoleNames.Administrator);
        using var staff = await ClientAsync(app, RoleNames.Staff);
        using var nobody = app.CreateClient();
        var (ids, faults, reached) = (new KnownIds(), new Dictionary<string, string>(), new HashSet<string>());
        foreach (var name in new[] { "Ada Lovelace", "Mary Major", "John Doe", "Jane Smith" })
        {
            var made = await administrator.CreateCustomerAsync(
                $$"""{"name":"{{name}}","email":"{{name.Split(' ')[0]}}.first@example.com"}""");
            ids.Learn("/api/customers", made);
            // Half of them have an account, which can be disabled, and half can be invited.
            if (name.StartsWith('J'))
                using (await administrator.SendAsync(HttpMethod.Post, $"/api/customers/{made["id"]}/account/invite")) { }
        }

        // What makes records comes first, and what removes them last.
        foreach (var operation in operations.OrderBy(o => Array.IndexOf(["POST", "PUT", "PATCH", "GET", "DELETE"], o.Method))
            .ThenBy(o => o.Path.Count(c => c == '/') * (o.Method == "DELETE" ? -1 : 1)).ThenBy(o => o.Id, StringComparer.Ordinal))
        {
            // A customer who was blocked or removed by what came before would be nobody.
            using var customer = await ClientAsync(app, RoleNames.Customer);
            var cases = new FuzzCases(operation, ids, new Random(SeedOf(operation.Id, seed)));
            foreach (var request in cases.All()) await TryAsync(administrator, "administrator", operation, request);
            foreach (var (client, who) in new[] { (staff, "staff"), (customer, "customer"), (nobody, "nobody") })
                foreach (var request in cases.Usual().Take(2)) await TryAsync(client, who, operation, request);
        }

        Assert.True(faults.Count == 0, string.Create(CultureInfo.InvariantCulture,
            $"Seed {seed}, {faults.Count} faults:\n{string.Join('\n', faults.Values.Take(MostShown))}"));
        // What removes a record may find that another contract has removed it before.
        if (seed == UsualSeed)
            Assert.Equal("", string.Join(' ', operations.Where(o => o.Method != "DELETE").Select(o => o.Id).Except(reached)
                .Except(Unreached).Order(StringComparer.Ordinal)));

        async Task TryAsync(HttpClient client, string who, DescribedOperation operation, FuzzRequest request)
        {
            using var own = Ending.Contains(operation.Id) && who == "administrator" ? await ClientAsync(app, RoleNames.Manager) : null;
            var (status, fault, body) = await SendAsync(own ?? client, operation, request);
            // One request is enough of each fault.
            if (fault is not null) faults.TryAdd($"{operation.Id} {fault.Kind}", $"{operation.Id} as {who}, {request}\n    {fault}");
            if (status is < 200 or >= 300) return;
            reached.Add(operation.Id);
            ids.Learn(request.Address, body);
        }
    }

    /// <summary>Sends one request: its status, what is wrong with the answer, and its JSON.</summary>
    private static async Task<(int Status, Fault? Fault, JsonNode? Body)> SendAsync(HttpClient client, DescribedOperation operation,
        FuzzRequest request)
    {
        using var message = request.ToMessage();
        string text;
        HttpResponseMessage answer;
        try
        {
            answer = await client.SendAsync(message, Token);
            text = await answer.Content.ReadAsStringAsync(Token);
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            return (0, new("broke off", broken.ToString()), null);
        }

        using (answer)
        {
            var status = (int)answer.StatusCode;
            var type = text.Length == 0 ? null : answer.Content.Headers.ContentType?.MediaType;
            JsonNode? body = null;
            if (type?.EndsWith("json", StringComparison.Ordinal) == true)
            {
                try
                {
                    body = JsonNode.Parse(text);
                }
                catch (JsonException broken)
                {
                    return (status, new($"{status}, JSON that cannot be read, {broken.Message}", text), null);
                }
            }

            if (request.Case == FuzzCases.Stale && operation.Takes("If-Match") && status is >= 200 and < 300)
                return (status, new("a stale version is taken", text), body);
            var faults = status >= 400 ? Problems(operation, request, answer, body, text) : Answers(operation, answer, type, body);
            return (status, faults.FirstOrDefault() is { } first ? new($"{status}, {first}", text) : null, body);
        }
    }

    private static IEnumerable<string> Problems(DescribedOperation operation, FuzzRequest request, HttpResponseMessage answer,
        JsonNode? body, string text)
    {
        var status = (int)answer.StatusCode;
        if (status >= 500) yield return "a fault of ours";
        // Whom an access server shall not let in is told in the JSON that it understands, and nothing else.
        if (operation.Id == "AuthoriseAccess" && status == 401 && body is JsonObject refusal
            && refusal.ContainsKey("reply:Reply-Message")) yield break;
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json" || body is not JsonObject problem)
        {
            yield return "no problem";
            yield break;
        }

        if ((int?)problem["status"] != status || string.IsNullOrEmpty((string?)problem["title"])
            || string.IsNullOrEmpty((string?)problem["detail"])) yield return "a problem without status, title and detail";
        if (Inside().IsMatch(text)) yield return "says what goes on inside";
        if (status == 401 && answer.Headers.WwwAuthenticate.Count == 0) yield return "no word of how to sign in";
        // A path that no route takes belongs to no operation.
        var isElsewhere = request.Case == "odd path" && status is 404 or 405;
        var (isDescribed, schema) = operation.Answer(status, "application/problem+json");
        if (!isDescribed && !isElsewhere)
            yield return $"not among the answers of the document ({string.Join(", ", operation.Statuses)})";
        foreach (var fault in SchemaFaults.Of(operation, schema, body)) yield return fault;
    }

    private static IEnumerable<string> Answers(DescribedOperation operation, HttpResponseMessage answer, string? type, JsonNode? body)
    {
        var status = (int)answer.StatusCode;
        var described = operation.Headers(status).Except(["Link"]).ToHashSet();
        foreach (var name in described.Where(h => !answer.Headers.Contains(h) && status != 304)) yield return $"has no {name}";
        foreach (var name in Telling.Where(h => answer.Headers.Contains(h) && !described.Contains(h) && status != 304))
            yield return $"has {name}, which is not described";
        var (isDescribed, schema) = operation.Answer(status, type);
        if (!isDescribed) yield return $"with {type ?? "no body"} is not among the answers of the document";
        if (type?.EndsWith("json", StringComparison.Ordinal) != true) yield break;
        foreach (var fault in SchemaFaults.Of(operation, schema, body)) yield return fault;
    }

    private static Task<TestApp> StartAsync(DatabaseKind kind) => TestApp.StartAsync(kind, settings: new()
    {
        ["Api:RequestsPerMinute"] = "1000000", ["SignIn:PerMinute"] = "1000000", ["Support:IntakeKey"] = "the-key-of-the-mail-server",
    }, configure: services =>
    {
        // Nothing leaves this machine.
        services.Replace(ServiceDescriptor.Singleton<IMailSender, SentMails>());
        services.Replace(ServiceDescriptor.Singleton<ISmsSender, TestSms>());
        services.Replace(ServiceDescriptor.Singleton<IHostNames, NoNames>());
    });

    private static async Task<HttpClient> ClientAsync(TestApp app, string role)
    {
        var user = await TestUsers.CreateAsync(app.Services, role);
        if (role == RoleNames.Customer)
        {
            await using var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
            var own = new Customer { Number = string.Create(CultureInfo.InvariantCulture, $"CUST-20250101-{user.Id:00000}"), GivenName = "Own", CreatedAt = user.CreatedAt };
            db.Add(own);
            await db.SaveChangesAsync(Token);
            await db.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(u => u.SetProperty(x => x.CustomerId, own.Id), Token);
        }

        var client = await app.ClientAsAsync(user);
        if (role == RoleNames.Administrator) client.DefaultRequestHeaders.Add("X-Intake-Key", "the-key-of-the-mail-server");
        return client;
    }

    /// <summary>The same on every machine and in every run, and another one for each operation.</summary>
    private static int SeedOf(string operation, int seed) => operation.Aggregate(seed, (hash, c) => unchecked((hash * 31) + c));

    [GeneratedRegex(@"   at \w|Exception|Npgsql|SQLite|SqliteE|Microsoft\.|System\.\w|\bSELECT\b|\bINSERT\b|\b\w+\.cs\b")]
    private static partial Regex Inside();

    /// <summary>What is wrong with an answer, and the answer.</summary>
    private sealed record Fault(string Kind, string Text)
    {
        private const int Shown = 300;

        public override string ToString() => $"{Kind}: {(Text.Length <= Shown ? Text : Text[..Shown] + "…")}";
    }

    /// <summary>A network without names.</summary>
    private sealed class NoNames : IHostNames
    {
        public Task<IPAddress[]> FindAsync(string host, CancellationToken cancellationToken) => Task.FromResult<IPAddress[]>([]);
    }
}
