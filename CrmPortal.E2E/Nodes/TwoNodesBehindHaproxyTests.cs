using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using CrmPortal.Benchmarks.Circuits;
using CrmPortal.E2E.Support;
using CrmPortal.Tests.Support;
using Microsoft.Playwright;
using Npgsql;

namespace CrmPortal.E2E.Nodes;

/// <summary>Two nodes hold what one promises: sessions, drafts, jobs, live changes and limits are not those of a process.</summary>
[Collection(typeof(Alone))]
public sealed class TwoNodesBehindHaproxyTests(Site site) : BrowserTest(site)
{
    private const int Circuits = 40;
    private const int Writers = 2;

    /// <summary>After so long a page must live again.</summary>
    private const int MostMilliseconds = 10_000;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WalkingTime = TimeSpan.FromSeconds(20);

    /// <summary>For what comes within a second or a few.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>A job is taken over when its node has said nothing for 15 seconds.</summary>
    private static readonly TimeSpan TakenOverAfter = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task KilledNode_ItsPagesLiveOnTheOther_WithDraftsAndWrites_AndItsJobIsTakenOver()
    {
        Assert.SkipWhen(PostgresCluster.Binaries is null, "No PostgreSQL server is installed.");
        Assert.SkipUnless(HaProxy.IsInstalled, "The proxy of these tests (haproxy) is not installed.");
        Assert.NotNull(Site.Browser);
        // What the browser says of a connection that was lost, and of a page that is loaded anew meanwhile.
        Expecting("_blazor|WebSocket|[Cc]onnection|ERR_|Failed to (complete negotiation|start the connection)");
        var token = TestContext.Current.CancellationToken;
        await using var nodes = await TwoNodes.StartAsync(await Site.PublishedAsync());
        var customers = new List<(long Id, string Name)>();
        for (var i = 0; i < 6; i++)
        {
            var name = FormattableString.Invariant($"Person Number{i}");
            var made = await nodes.SendAsync(HttpMethod.Post, nodes.Url + "/api/customers", new { name });
            customers.Add((made.GetProperty("id").GetInt64(), name));
        }

        await AssertLimitsHoldAcrossAsync(nodes);

        // On each node two pages of people: a customer and a ticket.
        var desks = new List<Desk>();
        for (var i = 0; i < nodes.Nodes.Count; i++) desks.Add(await OpenDeskAsync(nodes, i, customers[i].Id));
        await AssertChangesAreSeenAcrossAsync(nodes, desks, customers);

        // Many more without a browser, who walk; and programs that write.
        var cookies = await nodes.Site.SignInAsync(TwoNodes.Email, TwoNodes.Password, token);
        cookies[HaProxy.Cookie] = null;
        await using var walkers = new Walkers(new([("/customers", Walk.Row), ("/tickets", Walk.Row)], customers), Rest);
        await walkers.OpenAsync(nodes.Site, cookies, Circuits, token);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(token);
        var walking = walkers.WalkAsync(WalkingTime, token);
        var acknowledged = new ConcurrentBag<string>();
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            for (var i = 0; !enough.IsCancellationRequested; i++)
            {
                var text = FormattableString.Invariant($"Written by {writer} as {i}.");
                if (await nodes.WriteAsync($"/api/customers/{customers[5].Id}/notes", FormattableString.Invariant($"{writer}-{i}"),
                    new { text }, token)) acknowledged.Add(text);
                // The limit of requests is that of all writers together.
                await Task.Delay(1_000, token);
            }
        }));

        // A job that cannot end before its node does: what it writes to is kept from it.
        await using var connection = await nodes.ConnectAsync();
        await using var held = await nodes.ConnectAsync();
        await ExecuteAsync(held, "begin; lock table \"RfmRuns\" in share mode");
        var (job, process) = await StartJobAsync(connection);
        var victim = nodes.Nodes.Index().Single(n => n.Item.ProcessId == process).Index;
        var lost = walkers.Pages.Where(p => p.Cookies[HaProxy.Cookie] == HaProxy.NameOf(victim)).ToList();
        Assert.InRange(lost.Count, Circuits / 4, Circuits * 3 / 4);
        var own = desks[victim];
        foreach (var page in own.Pages) await page.EvaluateAsync("() => { window.isOld = true; }");
        // The last word is typed as the node dies: it has never left the browser.
        await own.Reply.PressSequentiallyAsync(" And the last word");
        nodes.Nodes[victim].Kill();
        var watch = Stopwatch.StartNew();
        await ExecuteAsync(held, "rollback");

        foreach (var page in own.Pages)
        {
            await page.WaitForFunctionAsync("() => !window.isOld && document.documentElement.dataset.interactive === 'true'", null,
                new() { Timeout = Math.Max(1, MostMilliseconds - watch.ElapsedMilliseconds) });
            Assert.DoesNotContain("/account/login", page.Url, StringComparison.Ordinal);
        }

        await Expect(own.Note).ToHaveValueAsync("Half a thought");
        await Expect(own.Reply).ToHaveValueAsync("It comes tomorrow. And the last word");
        await Expect(NoteOf(own.Customer, "A note that was acknowledged")).ToBeVisibleAsync();
        await own.Customer.GetByRole(AriaRole.Button, new() { Name = "Add the note" }).ClickAsync();
        await Expect(NoteOf(own.Customer, "Half a thought")).ToBeVisibleAsync();

        await walking;
        await enough.CancelAsync();
        await writing;
        Assert.Empty(walkers.Faults);
        Assert.All(lost, page =>
        {
            Assert.Null(page.Fault);
            Assert.InRange(page.BackAfter ?? double.PositiveInfinity, 0, MostMilliseconds);
        });
        Assert.All(walkers.Pages.Except(lost), page => Assert.Equal(0, page.Losses));
        await AssertWrittenOnceAsync(connection, acknowledged);
        await AssertTakenOverAsync(connection, job, process);
        // Before the proxy ends, of which the pages would tell.
        foreach (var desk in desks) await desk.Customer.Context.CloseAsync();
    }

    private async Task<Desk> OpenDeskAsync(TwoNodes nodes, int node, long customer)
    {
        var context = await Site.Browser.NewContextAsync(new()
        {
            IgnoreHTTPSErrors = true, Locale = "en-GB", TimezoneId = "Europe/London", ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new() { Width = Wide, Height = 800 },
        });
        await context.AddCookiesAsync([new() { Name = HaProxy.Cookie, Value = HaProxy.NameOf(node), Url = nodes.Url }]);
        var page = await NewPageAsync(context);
        await page.GotoAsync(nodes.Url + "/account/login");
        await Site.SignInAsync(page, TwoNodes.Email, TwoNodes.Password);
        await Expect(page).ToHaveURLAsync(nodes.Url + "/");
        await WaitUntilUsableAsync(page);
        var made = await nodes.SendAsync(HttpMethod.Post, nodes.Url + "/api/tickets", new
        {
            customer_id = customer, subject = "Parcel is late", text = "Where is my parcel?",
        });

        await page.GotoAsync(FormattableString.Invariant($"{nodes.Url}/customers/{customer}"));
        await WaitUntilUsableAsync(page);
        var note = page.GetByLabel("New note");
        await note.FillAsync("A note that was acknowledged");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add the note" }).ClickAsync();
        await Expect(NoteOf(page, "A note that was acknowledged")).ToBeVisibleAsync();
        await note.FillAsync("Half a thought");

        var ticket = await NewPageAsync(context);
        await ticket.GotoAsync(FormattableString.Invariant($"{nodes.Url}/tickets/{made.GetProperty("id").GetInt64()}"));
        await WaitUntilUsableAsync(ticket);
        var reply = ticket.Locator("#ticket-text");
        await reply.FillAsync("It comes tomorrow.");
        await Expect(ticket.GetByText("Draft saved")).ToBeVisibleAsync();
        return new(page, ticket, note, reply);
    }

    private static ILocator NoteOf(IPage page, string text) => page.Locator("article.note").Filter(new() { HasText = text });

    private async Task<IPage> NewPageAsync(IBrowserContext context)
    {
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(Site.Patience);
        Watch(page);
        Keep(page);
        return page;
    }

    /// <summary>More than one node allows are refused although no node has seen as many.</summary>
    private static async Task AssertLimitsHoldAcrossAsync(TwoNodes nodes)
    {
        var wrong = new { email = "nobody@shop.example", password = "a wrong sentence" };
        // A minute that ends in between is a new count.
        for (var tries = 1; ; tries++)
        {
            var statuses = new List<int>();
            var address = FormattableString.Invariant($"198.51.100.{tries}");
            for (var i = 0; i < (TwoNodes.SignInsPerMinute - 1) * 2; i++)
                statuses.Add(await TwoNodes.StatusAsync(nodes.Nodes[i % 2], "/api/auth/login", address, wrong));
            if (statuses.Contains(429) || tries == 2)
            {
                Assert.Contains(429, statuses);
                break;
            }
        }

        for (var tries = 1; ; tries++)
        {
            var address = FormattableString.Invariant($"203.0.113.{tries}");
            Assert.DoesNotContain(429, await AskAsync(nodes.Nodes[0], address, TwoNodes.RequestsPerMinute * 3 / 4));
            // Nodes add up what they counted once a second. The other one refuses before it has seen as many itself.
            var (asked, isRefused) = (0, false);
            await Eventually.AnswerAsync(async () =>
            {
                isRefused = (await AskAsync(nodes.Nodes[1], address, 1))[0] == 429;
                return isRefused || ++asked == TwoNodes.RequestsPerMinute - 1 ? address : null;
            }, Patience, () => $"The other node has let {asked} requests in.");
            if (!isRefused && tries < 2) continue;
            Assert.True(isRefused);
            return;
        }

        async Task<int[]> AskAsync(PublishedNode node, string address, int times) =>
            await Task.WhenAll(Enumerable.Range(0, times).Select(_ => TwoNodes.StatusAsync(node, "/api/customers", address, null)));
    }

    /// <summary>A change by one node shows on the page of the other, and the other way round.</summary>
    private static async Task AssertChangesAreSeenAcrossAsync(TwoNodes nodes, IReadOnlyList<Desk> desks,
        List<(long Id, string Name)> customers)
    {
        for (var i = 0; i < desks.Count; i++)
        {
            var name = FormattableString.Invariant($"Renamed Number{i}");
            await nodes.SendAsync(HttpMethod.Patch,
                FormattableString.Invariant($"{nodes.Nodes[1 - i].Address}/api/customers/{customers[i].Id}"), new { name });
            await Expect(desks[i].Customer.Locator("#customer-name")).ToHaveTextAsync(name);
            customers[i] = (customers[i].Id, name);
        }
    }

    /// <summary>Starts a job, and waits until a node is at it.</summary>
    /// <returns>Its key, and the process of the node.</returns>
    private static async Task<(long Job, int Process)> StartJobAsync(NpgsqlConnection connection)
    {
        var job = (long)(await ReadAsync(connection, """
            insert into "Jobs" ("Kind", "SubjectId", "State", "Done", "Total", "OwnerName", "CreatedAt", "Attempts", "IsCancelAsked")
            values ('analytics.rfm', 0, 'Waiting', 0, 0, 'tests', now(), 0, false) returning "Id"
            """))!;
        var running = string.Create(CultureInfo.InvariantCulture,
            $"select \"Node\" from \"Jobs\" where \"Id\" = {job} and \"State\" = 'Running'");
        var node = await Eventually.AnswerAsync(async () => await ReadAsync(connection, running) as string, Patience,
            () => "No node has begun the job.");
        return (job, int.Parse(node.Split(' ')[1], CultureInfo.InvariantCulture));
    }

    private static async Task AssertTakenOverAsync(NpgsqlConnection connection, long job, int process)
    {
        var asked = string.Create(CultureInfo.InvariantCulture,
            $"select \"State\" || ' ' || \"Attempts\" || ' ' || split_part(\"Node\", ' ', 2) from \"Jobs\" where \"Id\" = {job}");
        var state = "";
        await Eventually.AnswerAsync(async () =>
        {
            state = (string)(await ReadAsync(connection, asked))!;
            return state.StartsWith("Done 2 ", StringComparison.Ordinal) ? state : null;
        }, TakenOverAfter, () => $"The job is {state}.");
        Assert.NotEqual(process.ToString(CultureInfo.InvariantCulture), state.Split(' ')[2]);
    }

    private static async Task AssertWrittenOnceAsync(NpgsqlConnection connection, IReadOnlyCollection<string> acknowledged)
    {
        await using var command = new NpgsqlCommand("select \"Text\" from \"Notes\" where \"Text\" like 'Written by %'", connection);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var there = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken)) there.Add(reader.GetString(0));
        Assert.NotEmpty(acknowledged);
        Assert.All(acknowledged, text => Assert.Single(there, text));
        Assert.Distinct(there);
    }

    private static async Task<object?> ReadAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>What somebody has open on one of the nodes.</summary>
    private sealed record Desk(IPage Customer, IPage Ticket, ILocator Note, ILocator Reply)
    {
        public IReadOnlyList<IPage> Pages => [Customer, Ticket];
    }
}
