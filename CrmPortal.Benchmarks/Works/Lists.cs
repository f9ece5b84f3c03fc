using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Benchmarks.Works;

/// <summary>A list of customers: as the screen reads it, and as a program gets it, with the total.</summary>
internal class ListWork(string name, double goal, Func<Facts, (CustomerQuery Query, string Address, int Page)?> list) : Work(name)
{
    private const int Times = 200;
    private const int Callers = 8;
    private const int Size = 20;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        if (list(bench.Facts) is not var (query, address, number)) return;
        // The screen knows how long the list is by the time somebody turns to its end.
        var page = new PageRequest(number, Size) { Total = number > 1 ? bench.Facts.Customers : null };
        Task ListAsync() => bench.Inside.UseAsync<CustomerFinder>(finder => finder.ListAsync(query, page, cancellationToken));
        var statements = await bench.Inside.Recorder.RecordAsync(ListAsync);
        var bare = await bench.Bare.MedianAsync(statements, Times);
        bench.Table.Add(Result.Of($"{Name}: the screen's rows", await Measure.EachAsync(Times, _ => ListAsync())) with { Bare = bare,
            Goal = Goal.P95(goal) });

        var path = FormattableString.Invariant($"/api/customers?page={number}&limit={Size}{address}");
        var counted = await bench.Inside.Recorder.RecordAsync(async () =>
        {
            await ListAsync();
            await bench.Inside.UseAsync<CustomerFinder>(finder => finder.CountAsync(query, null, cancellationToken));
        });
        var bareCounted = await bench.Bare.MedianAsync(counted, Times / 4);
        bench.Table.Add(Result.Of($"{Name}: over HTTP, with the total",
            await Measure.EachAsync(Times, _ => bench.Portal.GetAsync(path, cancellationToken))) with
        {
            Bare = bareCounted,
            Goal = Goal.P95(goal),
            PerSecond = await Measure.PerSecondAsync(Callers, Times * 2, _ => bench.Portal.GetAsync(path, cancellationToken)),
        });
    }
}

internal sealed class FirstPage() : ListWork("First page, two filters, sorted by name", 10, _ =>
    (new(Filter: Filters, Sort: CustomerSort.Name, Descending: false), "&ordering=name&filter=" + Uri.EscapeDataString(Filters), 1))
{
    public const string Filters = "status:any:active;source:any:referral";
}

internal sealed class ThousandthPage() : ListWork("Page 1,000", 25, facts => facts.Customers < 20_000 ? null : (new(), "", 1_000));

internal sealed class LastPage() : ListWork("Last page", 25, facts => (new(), "", (facts.Customers + 19) / 20));

internal sealed class LastPageByName() : ListWork("Last page, sorted by name", 25,
    facts => (new(Sort: CustomerSort.Name, Descending: false), "&ordering=name", (facts.Customers + 19) / 20));

internal sealed class SearchThreeLetters() : ListWork("Search of three letters", 20,
    facts => (new(facts.ThreeLetters), "&search=" + Uri.EscapeDataString(facts.ThreeLetters), 1));

internal sealed class SearchTwoLetters() : ListWork("Search of two letters", 20,
    facts => (new(facts.TwoLetters), "&search=" + Uri.EscapeDataString(facts.TwoLetters), 1));

internal sealed class SearchFullName() : ListWork("Search of a full name", 20,
    facts => (new(facts.FullName), "&search=" + Uri.EscapeDataString(facts.FullName), 1));

internal sealed class SearchPair() : ListWork("Search of two Chinese or Japanese signs", 20, facts => facts.Pair is null
    ? null : (new(facts.Pair), "&search=" + Uri.EscapeDataString(facts.Pair), 1));

/// <summary>How many customers a filter has: exactly, and as far as the screen counts before it shows the page.</summary>
internal sealed class CountOfFilter() : Work("Count of a filter")
{
    private const int Times = 50;
    private const int AtOnce = 10_000;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        foreach (var (words, limit) in new[] { ("exact", (int?)null), ("up to 10,000, as the screen first asks", AtOnce) })
        {
            Task CountAsync() =>
                bench.Inside.UseAsync<CustomerFinder>(finder => finder.CountAsync(new(Filter: FirstPage.Filters), limit,
                cancellationToken));
            var bare = await bench.Bare.MedianAsync(await bench.Inside.Recorder.RecordAsync(CountAsync), Times);
            bench.Table.Add(Result.Of($"{Name}, {words}", await Measure.EachAsync(Times, _ => CountAsync())) with { Bare = bare,
                Goal = Goal.P95(100) });
        }
    }
}
