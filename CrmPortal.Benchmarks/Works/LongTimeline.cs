using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Timeline;

namespace CrmPortal.Benchmarks.Works;

/// <summary>Opening a customer with whom very much has happened, beside one with whom little has.</summary>
internal sealed class LongTimeline() : Work("Timeline")
{
    private const int Few = 10;
    private const int Many = 50_000;
    private const int Times = 200;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var few = await MakeAsync(bench, Few, cancellationToken);
        var many = await MakeAsync(bench, Many, cancellationToken);
        async Task PageAsync(long id)
        {
            await bench.Inside.UseAsync<CustomerService>(customers => customers.GetAsync(id, cancellationToken));
            await bench.Inside.UseAsync<NoteService>(notes => notes.ListAsync(id, new(), cancellationToken));
            await bench.Inside.UseAsync<HistoryService>(history => history.ForCustomerAsync(id, null, 20, cancellationToken));
            await bench.Inside.UseAsync<TimelineService>(timeline => timeline.ReadAsync(id, new([]), cancellationToken));
        }

        await Measure.EachAsync(Few, _ => PageAsync(few));
        var little = await Measure.EachAsync(Times, _ => PageAsync(few));
        bench.Table.Add(Result.Of(FormattableString.Invariant($"{Name}: a customer with {Few} entries, his page and its stream"), little));
        // The ratio of this line is to the customer with few, and may be 1.5.
        bench.Table.Add(Result.Of(FormattableString.Invariant($"{Name}: a customer with {Many:N0} entries"),
            await Measure.EachAsync(Times, _ => PageAsync(many))) with { Bare = little.Median, Goal = Goal.P95(1.5 * little.P95) });
        foreach (var id in new[] { few, many })
        {
            await bench.Inside.UseAsync<CustomerTrash>(trash => trash.DeleteAsync(id, cancellationToken));
            await bench.Inside.UseAsync<CustomerTrash>(trash => trash.PurgeAsync(id, cancellationToken));
        }
    }

    /// <summary>A customer with as many notes and changes, half of each: copies of the first ones.</summary>
    private static async Task<long> MakeAsync(Bench bench, int entries, CancellationToken cancellationToken)
    {
        var id = (await bench.Inside.UseAsync<CustomerService, CustomerChangeResult>(customers =>
            customers.CreateAsync(new() { GivenName = "Benita", FamilyName = "Busy" }, cancellationToken))).Customer.Id;
        await bench.Inside.UseAsync<NoteService>(notes => notes.AddAsync(id, "Rang about the delivery", cancellationToken));
        await bench.Inside.UseAsync<CustomerService>(customers => customers.UpdateAsync(id, new() { Language = "de" }, null, null,
            cancellationToken));
        var copies = (entries / 2) - 1;
        await CopyAsync(bench, "Notes", FormattableString.Invariant($"\"CustomerId\" = {id}"), copies, []);
        // Each change was one of its own.
        var changed = FormattableString.Invariant($"\"CustomerId\" = {id} and \"EntityType\" = 'Customer' and \"Action\" = 'Updated'");
        await CopyAsync(bench, "ChangeSets", $"\"Id\" = (select max(\"ChangeSetId\") from \"AuditEntries\" where {changed})", copies, []);
        var last = await bench.Bare.ScalarAsync<long>("select max(\"Id\") from \"ChangeSets\"");
        await CopyAsync(bench, "AuditEntries", changed, copies,
            new() { ["ChangeSetId"] = FormattableString.Invariant($"{last - copies} + i") });
        return id;
    }

    private static async Task CopyAsync(Bench bench, string table, string where, int copies, Dictionary<string, string> own)
    {
        var columns = (await bench.Bare.ColumnsAsync(table)).Where(c => c != "Id").ToList();
        await bench.Bare.ExecuteAsync(FormattableString.Invariant($"""
            insert into "{table}" ({string.Join(", ", columns.Select(c => $"\"{c}\""))})
            with recursive n(i) as (select 1 union all select i + 1 from n where i < {copies}),
                first as (select * from "{table}" where {where} order by "Id" limit 1)
            select {string.Join(", ", columns.Select(c => own.GetValueOrDefault(c, $"\"{c}\"")))} from first, n
            """));
    }
}
