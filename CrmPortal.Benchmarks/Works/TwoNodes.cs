using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using CrmPortal.Benchmarks.Circuits;

namespace CrmPortal.Benchmarks.Works;

/// <summary>
/// Five hundred pages are open on two nodes behind HAProxy, and programs write; one node is killed. Every page must live again on the
/// other, and what was acknowledged must be there.
/// </summary>
internal sealed class TwoNodes() : Work("Two nodes")
{
    private const int Usual = 500;
    private const int Writers = 4;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public override bool IsAlone => true;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        if (!bench.Options.IsPostgres || !HaProxy.IsInstalled)
        {
            Console.Error.WriteLine("Two nodes need PostgreSQL and the package haproxy.");
            return;
        }

        var count = bench.Options.Circuits ?? Usual;
        var program = bench.Program.With("--Proxies", "127.0.0.1");
        await using var first = await Portal.StartAsync(program, cancellationToken);
        await using var second = await Portal.StartAsync(program, cancellationToken);
        await using var proxy = await HaProxy.StartAsync([first.Port, second.Port], cancellationToken);
        using var site = new CircuitSite(proxy.Address, proxy.Trusted);
        var cookies = await site.SignInAsync(Portal.Email, Portal.Password, cancellationToken);
        // Everybody comes without a word about the node; the proxy gives them one.
        cookies[HaProxy.Cookie] = null;
        await using var walkers = new Walkers(await CircuitsOfOneNode.WalkAsync(bench), Rest);
        await walkers.OpenAsync(site, cookies, count, cancellationToken);
        var walking = walkers.WalkAsync(Before + After, cancellationToken);
        using var enough = new CancellationTokenSource();
        var token = first.Http.DefaultRequestHeaders.Authorization!;
        var run = Guid.NewGuid().ToString("N");
        var customer = bench.Facts.Ids[0];
        var acknowledged = new ConcurrentBag<string>();
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            for (var i = 0; !enough.IsCancellationRequested; i++)
            {
                var text = FormattableString.Invariant($"{run} {writer} {i}");
                if (await WriteAsync(site, token, customer, text, cancellationToken)) acknowledged.Add(text);
            }
        }));

        await Task.Delay(Before, cancellationToken);
        var calm = walkers.Navigations.ToList();
        first.Kill();
        await walking;
        await enough.CancelAsync();
        await writing;

        foreach (var fault in walkers.Faults.Distinct().Take(5)) Console.Error.WriteLine(fault);
        var lost = walkers.Pages.Where(p => p.Losses > 0).ToList();
        var dead = lost.Count(p => p.BackAfter is null);
        var back = new Timing(lost.Select(p => p.BackAfter ?? double.PositiveInfinity));
        var last = lost.Max(p => p.BackAfter ?? double.PositiveInfinity);
        var written = await bench.Bare.RowsAsync($"select \"Text\" from \"Notes\" where \"Text\" like '{run}%'");
        var times = written.CountBy(r => (string)r[0]!).ToDictionary();
        var kept = acknowledged.Count(a => times.GetValueOrDefault(a) == 1);
        bench.Table.Add(Result.Of(FormattableString.Invariant(
            $"{Name}: going on to another page while {count:N0} are open, each every {Rest.TotalSeconds:0} s"), new(calm))
            with { PerSecond = calm.Count / Before.TotalSeconds });
        bench.Table.Add(Result.Of(FormattableString.Invariant(
            $"{Name}: one is killed, and its {lost.Count:N0} pages live on the other (the last after {last / 1000:0.0} s, {dead} never)"), back)
            with { Goal = new("all ≤ 10 s", _ => last <= 10_000) });
        bench.Table.Add(new Result(FormattableString.Invariant(
            $"{Name}: meanwhile {acknowledged.Count:N0} notes were acknowledged, {kept:N0} of them are there once"), acknowledged.Count)
        {
            PerSecond = acknowledged.Count / (Before + After).TotalSeconds, Goal = new("each once", _ => kept == acknowledged.Count),
        });
    }

    /// <summary>
    /// A program that writes by the proxy, and sends what was not answered again under the same key. What the killed node was at is not
    /// known to be lost for some minutes: the other one says so, and nothing is acknowledged.
    /// </summary>
    private static async Task<bool> WriteAsync(CircuitSite site, AuthenticationHeaderValue token, long customer, string text,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var address = new Uri(site.Address, FormattableString.Invariant($"/api/customers/{customer}/notes"));
                using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = JsonContent.Create(new { text }) };
                request.Headers.Authorization = token;
                request.Headers.Add("Idempotency-Key", text.Replace(' ', '-'));
                using var answer = await site.Invoker.SendAsync(request, cancellationToken);
                if (answer.StatusCode == HttpStatusCode.Created) return true;
                if (answer.StatusCode == HttpStatusCode.Conflict) return false;
            }
            catch (HttpRequestException)
            {
                // The node is gone; another takes it.
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }
}
