using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Segments;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Segments;

public sealed class SegmentTests
{
    private const string Rules = "any(spent:more:50;vip:yes);not(tags:any:old)";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Segment_IsKeptWithItsCount_ChangedRemovedAndBroughtBack(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ids = await ShopAsync(data);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var segments = manager.Get<SegmentService>();

        var saved = (await segments.SaveAsync(null, new(" Good ones ", "For the autumn letter", Rules), null, Token))!.Part;

        Assert.Equal(("Good ones", "For the autumn letter", Rules, 2), (saved.Name, saved.Description, saved.Filter, saved.Customers));
        var preview = await segments.PreviewAsync(Rules, Token);
        Assert.Equal([ids[3], ids[1]], preview.Sample.Select(c => c.Id));
        Assert.Equal(2, preview.Customers);
        // The same name in another case is taken, and nothing of the attempt stays.
        Assert.Equal("There is a segment of this name already.",
            (await Assert.ThrowsAsync<RuleViolationException>(() =>
                segments.SaveAsync(null, new("GOOD ONES", null, "vip:yes"), null, Token))).Message);

        var changed = (await segments.SaveAsync(saved.Id, new("Best", null, "vip:yes"), saved.Version, Token))!.Part;
        Assert.Equal(("Best", null, 2), (changed.Name, changed.Description, changed.Customers));
        await Assert.ThrowsAsync<ConcurrencyConflictException>(() =>
            segments.SaveAsync(saved.Id, new("Mine", null, "vip:no"), saved.Version, Token));

        var removal = await segments.DeleteAsync(saved.Id, Token);
        Assert.Empty(await segments.ListAsync(Token));
        await manager.Get<UndoService>().UndoAsync(removal!.Value, false, Token);
        Assert.Equal(["Best"], (await segments.ListAsync(Token)).Select(s => s.Name));
        Assert.Null(await segments.DeleteAsync(999, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_IsTold_WhyTheyAreInASegment_OrWhyNot(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ids = await ShopAsync(data);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var segments = manager.Get<SegmentService>();
        var id = (await segments.SaveAsync(null, new("Good ones", null, Rules), null, Token))!.Part.Id;
        await segments.SaveAsync(null, new("Everybody", null, "spent:more:-1"), null, Token);

        var inside = (await segments.WhyAsync(id, ids[1], Token))!;
        var outside = (await segments.WhyAsync(id, ids[2], Token))!;

        Assert.Equal("+[+[+spent:more:50=9000 -vip:yes=False] +[-tags:any:old]]", Told(inside));
        Assert.Equal("-[+[+spent:more:50=8000 -vip:yes=False] -[+tags:any:old]]", Told(outside));
        Assert.Equal([("Everybody", true), ("Good ones", false)],
            (await segments.OfCustomerAsync(ids[2], Token))!.Select(s => (s.Segment.Name, s.IsIn)));
        Assert.Null(await segments.WhyAsync(id, 999, Token));
        Assert.Null(await segments.WhyAsync(999, ids[1], Token));
        Assert.Null(await segments.OfCustomerAsync(999, Token));
        // What the page says of each customer is what the list finds.
        foreach (var customer in ids)
        {
            var isListed = (await manager.Get<CustomerFinder>().ListAsync(new(Filter: Rules), new(), Token)).Items
                .Any(c => c.Id == customer);
            Assert.Equal(isListed, (await segments.WhyAsync(id, customer, Token))!.IsMet);
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Overlap_SaysHowManyAreInOthersToo(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await ShopAsync(data);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var segments = manager.Get<SegmentService>();
        var everybody = (await segments.SaveAsync(null, new("Everybody", null, "spent:more:-1"), null, Token))!.Part;
        await segments.SaveAsync(null, new("Nobody", null, "spent:more:1000000"), null, Token);
        var vip = (await segments.SaveAsync(null, new("VIP", null, "vip:yes"), null, Token))!.Part;

        Assert.Equal([new(everybody.Id, "Everybody", 2, 5), new(vip.Id, "VIP", 1, 2)], await segments.OverlapsAsync(Rules, null, Token));
        Assert.Equal([new(vip.Id, "VIP", 2, 2)], await segments.OverlapsAsync("vip:yes", everybody.Id, Token));
        Assert.Empty(await segments.OverlapsAsync("", null, Token));

        // At night all are counted again.
        await data.AddCustomerAsync("Late");
        await using var system = data.AsSystem();
        await system.Get<SegmentService>().CountAllAsync(Token);
        Assert.Equal(6, (await segments.GetAsync(everybody.Id, Token))!.Customers);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task WrongInput_IsSaidBesideItsField_AndPermissionsHold(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await ShopAsync(data);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var segments = manager.Get<SegmentService>();
        foreach (var (input, fields) in new (SegmentInput, string[])[]
        {
            (new(null, null, null), ["Name", "Filter"]),
            (new("x", null, "any("), ["Filter"]),
            (new("x", null, "no_such_field:is:1"), ["Filter"]),
            (new("x", null, "spent:more:many"), ["Filter"]),
            (new(new string('x', 81), new string('y', 501), "vip:yes"), ["Name", "Description"]),
        })
        {
            var refused = await Assert.ThrowsAsync<RuleViolationException>(() => segments.SaveAsync(null, input, null, Token));
            Assert.Equal(fields, refused.Errors.Select(e => e.Field));
        }

        Assert.Null(await segments.SaveAsync(999, new("x", null, "vip:yes"), null, Token));
        Assert.Empty(await segments.ListAsync(Token));

        // Staff look and do not change; what asks for masked values is not answered to those who do not see them.
        await segments.SaveAsync(null, new("By e-mail", null, "email:is:bob@example.org"), null, Token);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var looks = staff.Get<SegmentService>();
        Assert.Single(await looks.ListAsync(Token));
        await Assert.ThrowsAsync<RuleViolationException>(() => looks.PreviewAsync("email:is:bob@example.org", Token));
        Assert.Empty((await looks.OfCustomerAsync((await data.ReadAsync(db => db.Customers.Select(c => c.Id).FirstAsync(Token))), Token))!);
        await Assert.ThrowsAsync<AccessDeniedException>(() => looks.SaveAsync(null, new("x", null, "vip:yes"), null, Token));
        await Assert.ThrowsAsync<AccessDeniedException>(() => looks.DeleteAsync(1, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Why_AsksInOneStatement_HoweverManyRulesThereAre(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ids = await ShopAsync(data);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var segments = manager.Get<SegmentService>();
        for (var i = 0; i < 12; i++) await segments.SaveAsync(null, new($"S{i}", null, $"spent:more:{i}"), null, Token);

        var before = data.Commands.Statements.Count;
        await segments.OfCustomerAsync(ids[1], Token);

        Assert.InRange(data.Commands.Statements.Skip(before).Count(s => s.Contains("FROM \"Customers\"", StringComparison.Ordinal)), 1, 1);
    }

    /// <summary>Nothing, 90 spent, 80 spent with the tag old, VIP, and a VIP with the tag.</summary>
    private static async Task<List<long>> ShopAsync(TestServices data)
    {
        await using var system = data.AsSystem();
        var ids = new List<long>();
        foreach (var name in new[] { "Ada", "Bob", "Cy", "Dee", "Eve" }) ids.Add((await data.AddCustomerAsync(name)).Id);
        await data.AddOrderAsync("B-1", ids[1], 9_000);
        await data.AddOrderAsync("C-1", ids[2], 8_000);
        foreach (var tagged in new[] { ids[2], ids[4] }) await system.Get<TagService>().AddAsync(tagged, "old", Token);
        await data.WriteAsync(async db =>
        {
            foreach (var customer in await db.Customers.Where(c => c.Id == ids[3] || c.Id == ids[4]).ToListAsync(Token))
                customer.SetVip(true, "Loyal", null, data.Clock.GetUtcNow());
        });
        return ids;
    }

    private static string Told(RuleCheck check) => (check.IsMet ? "+" : "-") + (check.Parts.Count == 0
        ? check.Rule + (check.Value is null ? "" : $"={check.Value}") : $"[{string.Join(' ', check.Parts.Select(Told))}]");
}
