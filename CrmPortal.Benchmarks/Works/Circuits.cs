using System.Globalization;
using CrmPortal.Benchmarks.Circuits;

namespace CrmPortal.Benchmarks.Works;

/// <summary>A thousand pages are open on one node, and those who look at them go from page to page.</summary>
internal sealed class CircuitsOfOneNode() : Work("Circuits")
{
    private const int Usual = 1_000;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(60);

    /// <summary>What a process holds is told best where it has done nothing else before.</summary>
    public override bool IsAlone => true;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var count = bench.Options.Circuits ?? Usual;
        await using var portal = await Portal.StartAsync(bench.Program, cancellationToken);
        using var site = new CircuitSite(portal.Http.BaseAddress!);
        var cookies = await site.SignInAsync(Portal.Email, Portal.Password, cancellationToken);
        var walk = await WalkAsync(bench);
        // What every page needs once, such as compiled code and cached queries, belongs to none of them.
        await using (var first = new Walkers(walk, TimeSpan.Zero))
        {
            await first.OpenAsync(site, cookies, 10, cancellationToken);
            await first.WalkAsync(TimeSpan.FromSeconds(10), cancellationToken);
        }

        var before = portal.Megabytes;
        await using var walkers = new Walkers(walk, Rest);
        var opening = await Measure.OnceAsync(() => walkers.OpenAsync(site, cookies, count, cancellationToken));
        bench.Table.Add(Result.Of(FormattableString.Invariant($"{Name}: a page is opened, 8 at a time, until {count:N0} are"),
            new(walkers.Opened)) with { PerSecond = count / opening * 1000, Megabytes = Each(portal.Megabytes) });
        await walkers.WalkAsync(Time, cancellationToken);
        var lost = walkers.Pages.Sum(p => p.Losses) + walkers.Faults.Count;
        foreach (var fault in walkers.Faults.Distinct().Take(5)) Console.Error.WriteLine(fault);
        bench.Table.Add(Result.Of(FormattableString.Invariant(
            $"{Name}: going on to another page while {count:N0} are open, each every {Rest.TotalSeconds:0} s; {lost} lost"),
            new(walkers.Navigations)) with
        {
            PerSecond = walkers.Navigations.Count / Time.TotalSeconds, Megabytes = Each(portal.Megabytes),
            Goal = Goal.P95(100).And(Goal.Memory(0.6)),
        });

        double? Each(double? megabytes) => (megabytes - before) / count;
    }

    /// <summary>A walk by home, lists and the first customers.</summary>
    public static async Task<Walk> WalkAsync(Bench bench)
    {
        const string sql = "select \"Id\", \"DisplayName\" from \"Customers\" where \"DeletedAt\" is null order by \"Id\" limit 1000";
        return new([("/", "home-wide"), ("/customers", Walk.Row), ("/orders", Walk.Row)],
            [.. (await bench.Bare.RowsAsync(sql)).Select(r => (Convert.ToInt64(r[0], CultureInfo.InvariantCulture), (string)r[1]!))]);
    }
}
