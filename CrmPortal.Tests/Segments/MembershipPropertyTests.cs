using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Segments;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Segments;

/// <summary>
/// Whatever happens, and in whichever order: the rows say what the rules say when they are asked, and what was said by hand.
/// </summary>
public sealed class MembershipPropertyTests
{
    private static readonly string[] Rules =
    [
        "spent:more:40", "tags:any:tea;not(tags:any:old)", "any(vip:yes;orders:more:2)", "city:is:Paris", "created:last:30;spent:less:90",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseKind.Sqlite, 1, 120)]
    [InlineData(DatabaseKind.Sqlite, 2, 120)]
    [InlineData(DatabaseKind.Postgres, 3, 80)]
    public async Task Rows_AreWhatTheRulesAndTheHandSay(DatabaseKind kind, int seed, int steps)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();
        var random = new Random(seed);
        var (segments, groups) = (system.Get<SegmentService>(), system.Get<GroupService>());
        List<long> customers = [], byRules = [], byHand = [];
        foreach (var (i, rule) in Rules.Index())
            byRules.Add((await segments.SaveAsync(null, new($"S{i}", null, rule), null, Token))!.Part.Id);
        byHand.Add((await groups.SaveAsync(null, new("Hand", null, null, 5, false, false), null, Token))!.Part.Id);
        byHand.Add((await groups.SaveAsync(null, new("Both", null, $"segment:any:{byRules[0]}", 5, false, false), null, Token))!.Part.Id);
        var ofAll = $"group:any:{byHand[1]};not(segment:any:{byRules[1]})";
        byRules.Add((await segments.SaveAsync(null, new("Of all", null, ofAll), null, Token))!.Part.Id);

        for (var step = 0; step < steps; step++)
        {
            await StepAsync(step);
            if (random.Next(4) != 0) continue;
            await data.Get<SegmentKeeper>().RunAsync(Token);
            await AssertRowsAsync(step);
        }

        await data.Get<SegmentKeeper>().RunAsync(Token);
        await AssertRowsAsync(steps);
        // Nothing is left for the night to find.
        Assert.Equal(0, await data.Get<SegmentKeeper>().RefreshAllAsync(Token));

        async Task StepAsync(int step)
        {
            var id = customers.Count == 0 ? 0 : customers[random.Next(customers.Count)];
            switch (customers.Count < 4 ? 0 : random.Next(11))
            {
                case 0 or 1:
                    customers.Add((await data.AddCustomerAsync($"C{step}", tags: random.Next(2) == 0 ? ["tea"] : [])).Id);
                    break;
                case 2 or 3:
                    await data.AddOrderAsync(step.ToString(CultureInfo.InvariantCulture), id, random.Next(1, 6_000));
                    break;
                case 4:
                    await system.Get<TagService>().AddAsync(id, random.Next(2) == 0 ? "old" : "tea", Token);
                    break;
                case 5:
                    await system.Trash.DeleteAsync(id, Token);
                    break;
                case 6:
                    await system.Trash.RestoreAsync(id, false, Token);
                    break;
                case 7:
                    await system.Get<AddressService>().SaveAsync(id, null, new() { Line1 = "1", City = "Paris", Country = "FR" }, Token);
                    break;
                case 8:
                    await groups.AddAsync(byHand[random.Next(2)], id, Token);
                    break;
                case 9:
                    await groups.RemoveAsync(byHand[random.Next(2)], id, Token);
                    break;
                default:
                    await segments.SaveAsync(byRules[0], new("S0", null, $"spent:more:{random.Next(80)}"), null, Token);
                    break;
            }
        }

        async Task AssertRowsAsync(int step)
        {
            foreach (var id in byRules.Concat(byHand))
            {
                var segment = await data.ReadAsync(db => db.Segments.SingleAsync(s => s.Id == id, Token));
                var said = await data.ReadAsync(db => db.GroupChoices.Where(c => c.SegmentId == id)
                    .ToDictionaryAsync(c => c.CustomerId, c => c.IsIn, Token));
                var fits = segment.Filter.Length == 0 ? []
                    : (await system.Finder.FittingAsync(customers, segment.Filter, Token)).ToHashSet();
                var there = await data.ReadAsync(db => db.Customers.Where(c => c.DeletedAt == null).Select(c => c.Id).ToListAsync(Token));
                var expected = there.Where(c => said.TryGetValue(c, out var isIn) ? isIn : fits.Contains(c)).Order().ToList();
                var open = await data.ReadAsync(db => db.SegmentMembers.Where(m => m.SegmentId == id && m.Until == null)
                    .Select(m => m.CustomerId).OrderBy(c => c).ToListAsync(Token));
                Assert.True(expected.SequenceEqual(open),
                    $"{segment.Name} at step {step}: {string.Join(' ', expected)} / {string.Join(' ', open)}");
                Assert.Equal(open.Count, segment.Customers);
            }
        }
    }
}
