using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Segments;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Segments;

/// <summary>Rules by what customers bought: they answer alike in lists, in counts, for a few customers and for all members.</summary>
public sealed class BoughtProductRuleTests
{
    private static readonly (string Code, string Name, string? Category, string? Brand)[] Sold =
    [
        ("T-1", "Green tea", "Tea", "Acme"), ("T-2", "Black tea", "Tea", null), ("M-1", "Mug", "Kitchen, dining", "acme"),
        ("M-2", "Mug", "kitchen", "Acme"), ("G-1", "100%", null, null), ("G-2", "Gift: 10 €", "Gifts; cards", "A_me"),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Rules_AboutWhatWasBought_AnswerWhatTheyMean_HoweverTheyAreAsked(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var random = new Random(20261129);
        var bought = await ShopAsync(data, random, 30);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var names = Sold.SelectMany(s => new[] { s.Code, s.Name }).Concat(["Nothing", "%", "mug"]).Distinct().ToList();
        var groups = Sold.SelectMany(s => new[] { s.Category, s.Brand }).OfType<string>().Concat(["tea", "_"]).Distinct().ToList();
        string[] fields = [CustomerFilters.BoughtProduct, CustomerFilters.BoughtCategory, CustomerFilters.BoughtBrand];
        var divided = 0;
        foreach (var rule in fields.SelectMany(f => (f == fields[0] ? names : groups).SelectMany(v => Rules(f, v))).Distinct())
        {
            var wanted = bought.Where(b => Holds(rule, b.Value)).Select(b => b.Key).Order().ToList();
            var filter = new FilterAll([rule]).ToString();

            var listed = await manager.Finder.ListAsync(new(Filter: filter), new(1, 100), Token);
            var counted = await manager.Finder.CountAsync(new(Filter: filter), null, Token);
            var some = await manager.Finder.FittingAsync([.. bought.Keys], filter, Token);

            Assert.Equal((filter, string.Join(' ', wanted)), (filter, string.Join(' ', listed.Items.Select(c => c.Id).Order())));
            Assert.Equal((filter, wanted.Count), (filter, counted.Rows));
            Assert.Equal((filter, string.Join(' ', wanted)), (filter, string.Join(' ', some.Order())));
            if (wanted.Count > 0 && wanted.Count < bought.Count) divided++;
        }

        Assert.True(divided > 20, $"only {divided} rules divided the customers");
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Members_FollowALineThatIsExchanged_AStep_AndACategoryThatIsRenamed(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var customer = (await data.AddCustomerAsync("Ada")).Id;
        var segments = manager.Get<SegmentService>();
        var drinkers = (await segments.SaveAsync(null, new("Drinkers", null, "bought_category:is:Tea"), null, Token))!.Part.Id;
        var orders = manager.Get<OrderService>();
        var placed = await orders.CreateAsync(Of("T-1", "Tea") with { CustomerId = (long?)customer, Status = OrderStatus.Pending }, Token);
        Assert.Empty(await MembersAsync(data, drinkers));

        // Only what was paid counts.
        await orders.SetStatusAsync(placed.Order.Id, OrderStatus.Paid, null, Token);
        Assert.Equal([customer], await MembersAsync(data, drinkers));

        // As an import writes an order again: no figure of the customer is other than before, as the price is the same.
        await using (var db = data.Get<IDatabaseProvider>().CreateContext(null))
        {
            var line = await db.Set<OrderLine>().SingleAsync(Token);
            line.Product = new Product { Code = "M-1", Name = "Mug", Category = "Kitchen" };
            await db.SaveChangesAsync(Token);
            await OrderStatistics.RefreshAsync(db, [customer], Token);
        }

        Assert.Empty(await MembersAsync(data, drinkers));

        await data.ReadAsync(db => db.Products.Where(p => p.Code == "M-1").ExecuteUpdateAsync(p => p.SetProperty(x => x.Category, "Tea"),
            Token));
        Assert.Equal([customer], await MembersAsync(data, drinkers));

        var why = (await segments.WhyAsync(drinkers, customer, Token))!;
        Assert.True(why.IsMet);
    }

    [Fact]
    public async Task Rules_AboutWhatWasBought_AreForThoseWhoMaySeeOrders()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await ShopAsync(data, new Random(1), 3);
        await using var clerk = await data.AsAsync(Permissions.CustomersView);

        foreach (var field in new[] { "bought_product", "bought_category", "bought_brand" })
            await Assert.ThrowsAsync<RuleViolationException>(() =>
                clerk.Finder.ListAsync(new(Filter: $"{field}:starts:T"), new(1, 10), Token));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var words = manager.Get<ProductWordService>();
        Assert.Equal(["100%", "Black tea", "Gift: 10 €", "Green tea", "Mug"],
            (await words.NamesAsync(null, Token)).Order(StringComparer.Ordinal));
        Assert.Equal(["Black tea", "Green tea"], (await words.NamesAsync(" tea", Token)).Order(StringComparer.Ordinal));
        Assert.Equal(["Mug"], await words.NamesAsync("m-", Token));
        Assert.Empty(await words.NamesAsync("t\0", Token));
        // However many there are, what is typed is found.
        await data.WriteAsync(db =>
        {
            db.Products.AddRange(Enumerable.Range(0, 300).Select(i => new Product { Code = $"A-{i}", Name = $"Article {i}" }));
            return Task.CompletedTask;
        });
        Assert.Equal(["Mug"], await words.NamesAsync("Mug", Token));
        Assert.Equal(200, (await words.NamesAsync("", Token)).Count);
        Assert.Equal(["Gifts; cards", "Kitchen, dining", "Tea", "kitchen"],
            (await words.CategoriesAsync(Token)).Order(StringComparer.Ordinal));
        Assert.Equal(["A_me", "Acme", "acme"], (await words.BrandsAsync(Token)).Order(StringComparer.Ordinal));
    }

    private static OrderInput Of(string code, string category) => new()
    {
        Lines = new List<OrderLineInput> { new() { ProductCode = code, Name = code, Category = category, Quantity = 1, UnitPrice = 5m } },
    };

    private static IEnumerable<FilterCondition> Rules(string field, string value) =>
    [
        new(field, FilterOperator.Is, [value]), new(field, FilterOperator.Not, [value]), new(field, FilterOperator.Starts, [value]),
        new(field, FilterOperator.Starts, [value[..1]]), new(field, FilterOperator.Present, []), new(field, FilterOperator.Empty, []),
    ];

    private static bool Holds(FilterCondition rule, IReadOnlyList<int> products)
    {
        var texts = products.Select(p => Sold[p]).SelectMany(p => rule.Field switch
        {
            CustomerFilters.BoughtProduct => new string?[] { p.Code, p.Name },
            CustomerFilters.BoughtCategory => [p.Category],
            _ => [p.Brand],
        }).OfType<string>().ToList();
        return rule.Operator switch
        {
            FilterOperator.Present => texts.Count > 0,
            FilterOperator.Empty => texts.Count == 0,
            FilterOperator.Starts => texts.Exists(t => t.StartsWith(rule.Values[0], StringComparison.Ordinal)),
            FilterOperator.Not => !texts.Contains(rule.Values[0]),
            _ => texts.Contains(rule.Values[0]),
        };
    }

    /// <summary>Customers with what is on their paid orders.</summary>
    private static async Task<Dictionary<long, List<int>>> ShopAsync(TestServices data, Random random, int customers)
    {
        var bought = new Dictionary<long, List<int>>();
        for (var i = 0; i < customers; i++) bought.Add((await data.AddCustomerAsync($"C{i}")).Id, []);
        await using var db = data.Get<IDatabaseProvider>().CreateContext(null);
        Product[] products = [.. Sold.Select(s => new Product { Code = s.Code, Name = s.Name, Category = s.Category, Brand = s.Brand })];
        db.Products.AddRange(products);
        foreach (var _ in Enumerable.Range(0, customers * 2))
        {
            var customer = random.Next(5) == 0 ? (long?)null : bought.Keys.ElementAt(random.Next(bought.Count));
            var order = new Order
            {
                CustomerId = customer, Status = (OrderStatus)random.Next(6), Currency = "EUR", PlacedAt = data.Clock.GetUtcNow(),
            };
            foreach (var product in Enumerable.Range(0, random.Next(1, 3)).Select(_ => random.Next(Sold.Length)))
            {
                order.Lines.Add(new() { Product = products[product], Quantity = 1, Amount = 100, UnitPrice = 10_000 });
                if (customer is { } who && Order.CountedStatuses.Contains(order.Status)) bought[who].Add(product);
            }

            db.Orders.Add(order);
        }

        await db.SaveChangesAsync(Token);
        return bought;
    }

    private static async Task<List<long>> MembersAsync(TestServices data, long segment)
    {
        await data.Get<SegmentKeeper>().RunAsync(Token);
        return await data.ReadAsync(db => db.SegmentMembers.Where(m => m.SegmentId == segment && m.Until == null)
            .Select(m => m.CustomerId).ToListAsync(Token));
    }
}
