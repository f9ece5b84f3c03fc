using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Api;

/// <summary>
/// Document 3, “Loyalty program” and its metrics, example by example: the requests as they are printed, in a shop in which the
/// printed figures come out.
/// </summary>
public sealed class DocumentThreeLoyaltyTests
{
    private const string Root = "/api/v1/retail-customers";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task GetLoyaltyBalance(DatabaseKind kind)
    {
        await using var shop = await Shop.OpenAsync(kind);
        await shop.FillAsync();

        var balance = await shop.GetAsync($"/{shop.John}/loyalty/balance");

        // Beside the printed fields stands what can be spent later.
        Assert.Equal(
            $$"""{"customer_id":"{{shop.John}}","current_balance":1500,"lifetime_points":3500,"points_expiring_soon":200,"points_expiring_date":"2025-12-31T23:59:59Z","tier":"silver","pending_points":0}""",
            balance.ToJsonString());
        await shop.NotFoundAsync(HttpMethod.Get, "/999/loyalty/balance");
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task GetTransactionHistory(DatabaseKind kind)
    {
        await using var shop = await Shop.OpenAsync(kind);
        await shop.FillAsync();
        var transactions = $"/{shop.John}/loyalty/transactions";

        var earned = await shop.ListAsync(transactions + "?transaction_type=EARNED&skip=0&limit=50");

        Assert.Equal([("EARNED", 200, 1500), ("EARNED", 200, 1700), ("EARNED", 3000, 3000)], earned);
        Assert.Equal([("EARNED", 200, 1500), ("ADJUSTED", 100, 1300), ("REDEEMED", -500, 1200), ("EARNED", 200, 1700),
            ("REDEEMED", -1500, 1500), ("EARNED", 3000, 3000)], await shop.ListAsync(transactions));
        // Rows are passed over one by one, up to a thousand at once; more is refused and not cut.
        Assert.Equal([("EARNED", 200, 1700)], await shop.ListAsync(transactions + "?transaction_type=EARNED&skip=1&limit=1"));
        Assert.Equal([("ADJUSTED", 100, 1300), ("REDEEMED", -500, 1200)], await shop.ListAsync(transactions + "?skip=1&limit=2"));
        Assert.Equal(6, (await shop.ListAsync(transactions + "?limit=1000")).Count);
        foreach (var wrong in new[] { "?limit=1001", "?limit=0", "?skip=-1" })
            await (await shop.Client.GetAsync(Root + transactions + wrong)).ProblemAsync(HttpStatusCode.UnprocessableEntity);
        foreach (var wrong in new[] { "?page=1", "?transaction_type=GIVEN", "?skip=x" })
            await (await shop.Client.GetAsync(Root + transactions + wrong)).ProblemAsync(HttpStatusCode.BadRequest);
        await shop.NotFoundAsync(HttpMethod.Get, "/999/loyalty/transactions");
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task EarnPoints(DatabaseKind kind)
    {
        await using var shop = await Shop.OpenAsync(kind);

        var entry = await shop.PostAsync("/loyalty/earn", Earn(shop.John));

        Assert.Equal(
            (shop.John, "EARNED", 200L, 200L, "Purchase reward - Order #12345", "order-uuid"),
            ((string)entry["customer_id"]!, (string)entry["transaction_type"]!, (long)entry["points"]!, (long)entry["balance_after"]!,
                (string)entry["description"]!, (string)entry["order_id"]!));
        // 365 days, to the end of the last one.
        Assert.Equal("2026-12-18T00:00:00Z", (string)entry["expires_at"]!);
        Assert.Equal(entry.ToJsonString(), (await shop.PostAsync("/loyalty/earn", Earn(shop.John))).ToJsonString());
        Assert.Equal(200, await shop.BalanceAsync());
        // 365 is also the default.
        Assert.Equal("2026-12-18T00:00:00Z",
            (string)(await shop.PostAsync("/loyalty/earn", $$"""{"customer_id":"{{shop.John}}","points":10}"""))["expires_at"]!);
        await shop.NotFoundAsync(HttpMethod.Post, "/loyalty/earn", Earn("999"));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task RedeemPoints(DatabaseKind kind)
    {
        await using var shop = await Shop.OpenAsync(kind);
        await shop.FillAsync();

        var entry = await shop.PostAsync("/loyalty/redeem", Redeem(shop.John));

        Assert.Equal(
            ("REDEEMED", -500L, 1000L, "Discount redemption", "order-uuid"),
            ((string)entry["transaction_type"]!, (long)entry["points"]!, (long)entry["balance_after"]!, (string)entry["description"]!,
                (string)entry["order_id"]!));
        // Those that run out first are spent first.
        Assert.Equal(0, (long)(await shop.GetAsync($"/{shop.John}/loyalty/balance"))["points_expiring_soon"]!);
        await shop.PostAsync("/loyalty/redeem", Redeem(shop.John));
        await shop.PostAsync("/loyalty/redeem", Redeem(shop.John));
        var refused = await (await shop.SendAsync(HttpMethod.Post, "/loyalty/redeem", Redeem(shop.John)))
            .ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal("Insufficient loyalty points", (string)refused["detail"]!);
        Assert.Equal(0, await shop.BalanceAsync());
        await shop.NotFoundAsync(HttpMethod.Post, "/loyalty/redeem", Redeem("999"));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task AdjustPoints(DatabaseKind kind)
    {
        await using var shop = await Shop.OpenAsync(kind);

        var entry = await shop.PostAsync("/loyalty/adjust", Adjust(shop.John, 100));
        Assert.Equal(("ADJUSTED", 100L, 100L, "Compensation for delayed delivery"),
            ((string)entry["transaction_type"]!, (long)entry["points"]!, (long)entry["balance_after"]!, (string)entry["description"]!));

        // “Positive or negative”.
        Assert.Equal((-60L, 40L), ((long)(entry = await shop.PostAsync("/loyalty/adjust", Adjust(shop.John, -60)))["points"]!,
            (long)entry["balance_after"]!));
        Assert.Equal("Insufficient loyalty points",
            (string)(await (await shop.SendAsync(HttpMethod.Post, "/loyalty/adjust", Adjust(shop.John, -41)))
            .ProblemAsync(HttpStatusCode.BadRequest))["detail"]!);
        foreach (var wrong in new[] { Adjust(shop.John, 0), $$"""{"customer_id":"{{shop.John}}","points":1,"reason":" "}""" })
            await (await shop.SendAsync(HttpMethod.Post, "/loyalty/adjust", wrong)).ProblemAsync(HttpStatusCode.UnprocessableEntity);
        await shop.NotFoundAsync(HttpMethod.Post, "/loyalty/adjust", Adjust("999", 100));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task ExpireOldPoints(DatabaseKind kind)
    {
        await using var shop = await Shop.OpenAsync(kind);
        await shop.FillAsync();
        var jane = await shop.AddAsync("Jane", "Smith");
        await shop.PostAsync("/loyalty/earn", $$"""{"customer_id":"{{jane}}","points":70,"expiry_days":1}""");

        // In the last second nothing has run out yet, in the next it has.
        await shop.GoToAsync("2025-12-31T23:59:59Z");
        Assert.Equal((0L, 0), await ExpireAsync("?customer_id=" + shop.John));
        await shop.GoToAsync("2026-01-01T00:00:00Z");
        Assert.Equal((200L, 1), await ExpireAsync("?customer_id=" + shop.John));
        Assert.Equal((0L, 0), await ExpireAsync("?customer_id=" + shop.John));
        // “Omit customer_id to expire for all customers”.
        Assert.Equal((70L, 1), await ExpireAsync(""));
        Assert.Equal(1300, await shop.BalanceAsync());
        await shop.NotFoundAsync(HttpMethod.Post, "/loyalty/expire-points?customer_id=999");

        async Task<(long Points, int Lots)> ExpireAsync(string query)
        {
            var answer = await shop.PostAsync("/loyalty/expire-points" + query, null, HttpStatusCode.OK);
            return ((long)answer["points_expired"]!, (int)answer["lots"]!);
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task UpdateLoyaltyTier(DatabaseKind kind)
    {
        await using var shop = await Shop.OpenAsync(kind);

        var standing = await (await shop.SendAsync(HttpMethod.Put, "/loyalty/tier", Promotion(shop.John, "gold"))).ReadAsync();

        Assert.Equal((shop.John, "gold", true, "2027-01-01T00:00:00Z"),
            ((string)standing["customer_id"]!, (string)standing["tier"]!, (bool)standing["is_manual"]!,
            (string)standing["tier_expires_at"]!));
        Assert.Equal("gold", (string)(await shop.GetAsync($"/{shop.John}/loyalty/balance"))["tier"]!);
        Assert.Equal("gold", (string)(await shop.GetAsync("/" + shop.John))["loyalty_tier"]!);
        await (await shop.SendAsync(HttpMethod.Put, "/loyalty/tier", Promotion(shop.John, "diamond")))
            .ProblemAsync(HttpStatusCode.UnprocessableEntity);
        await shop.NotFoundAsync(HttpMethod.Put, "/loyalty/tier", Promotion("999", "gold"));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite, 999, "bronze")]
    [InlineData(DatabaseKind.Sqlite, 1000, "silver")]
    [InlineData(DatabaseKind.Postgres, 1500, "silver")]
    [InlineData(DatabaseKind.Sqlite, 2450, "silver")] // Printed as gold elsewhere; the table of thresholds wins.
    [InlineData(DatabaseKind.Sqlite, 5000, "gold")]
    [InlineData(DatabaseKind.Postgres, 10000, "platinum")]
    public async Task AutoCalculateTier_BasedOnPoints(DatabaseKind kind, long points, string tier)
    {
        await using var shop = await Shop.OpenAsync(kind);
        await shop.PostAsync("/loyalty/earn", $$"""{"customer_id":"{{shop.John}}","points":{{points}}}""");
        // The points came while money spent was what counted.
        Assert.Equal("bronze", (string)(await shop.GetAsync($"/{shop.John}/loyalty/balance"))["tier"]!);
        await using (var system = shop.App.AsSystem())
        {
            var draft = await system.Get<ProgrammeService>()
                .SaveDraftAsync(null, "By points", new() { TierBasis = TierBasis.Points }, null, Token);
            await system.Get<ProgrammeService>().ActivateAsync(draft!.Part.Id, Token);
        }

        var standing = await shop.PostAsync($"/{shop.John}/loyalty/auto-tier", null, HttpStatusCode.OK);

        Assert.Equal((tier, false, (decimal)points),
            ((string)standing["tier"]!, (bool)standing["is_manual"]!, (decimal)standing["basis_amount"]!));
        await shop.NotFoundAsync(HttpMethod.Post, "/999/loyalty/auto-tier");
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task LoyaltyProgramMetrics(DatabaseKind kind)
    {
        await using var shop = await Shop.OpenAsync(kind);
        await using (var db = shop.App.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null))
        {
            Members(db);
            await db.SaveChangesAsync(Token);
        }

        var metrics = await shop.GetAsync("/analytics/loyalty/metrics");

        var printed = JsonNode.Parse("""
            {
              "total_members": 5000,
              "active_members": 4500,
              "bronze_members": 3000,
              "silver_members": 1200,
              "gold_members": 250,
              "platinum_members": 50,
              "total_points_issued": 5000000,
              "total_points_redeemed": 1500000,
              "total_points_expired": 200000,
              "current_outstanding_points": 3300000,
              "redemption_rate": 30.0
            }
            """);
        Assert.True(JsonNode.DeepEquals(printed, metrics), metrics.ToString());
        // The figures stand on a ledger in which everything adds up.
        await using var system = shop.App.AsSystem();
        Assert.Empty((await system.Get<LedgerReconciliation>().RunAsync(Token)).Faults);
        using var staff = await shop.App.ClientAsAsync(RoleNames.Staff);
        await (await staff.GetAsync(Root + "/analytics/loyalty/metrics")).ProblemAsync(HttpStatusCode.Forbidden);
    }

    /// <summary>
    /// Five thousand members who earned a thousand points each. 500 of them did so two years ago and nothing since; of these 200 let
    /// theirs run out. Of the others 1,500 have spent all of theirs.
    /// </summary>
    private static void Members(CrmDbContext db)
    {
        var (recently, longAgo) = (Shop.At("2025-10-01T12:00:00Z"), Shop.At("2023-10-01T12:00:00Z"));
        for (var i = 0; i < 5000; i++)
        {
            var isActive = i < 4500;
            var left = i < 1500 || i >= 4800 ? 0 : 1000;
            var (at, expiresAt) = isActive
                ? (recently, Shop.At("2026-10-02T00:00:00Z")) : (longAgo, i >= 4800
                ? Shop.At("2024-10-01T00:00:00Z") : (DateTimeOffset?)null);
            var tier = i switch { < 50 => "platinum", < 300 => "gold", < 1500 => "silver", _ => "bronze" };
            var customer = new Customer { Id = 1000 + i, Number = string.Create(CultureInfo.InvariantCulture, $"CUST-20230101-{i:0000}"),
                GivenName = "Member", CreatedAt = longAgo, LastInteractionAt = at, Tier = tier, Points = left };
            var account = new LoyaltyAccount { Customer = customer, OpenedForId = customer.Id, OpenedAt = at, Balance = left };
            var earned = Entry(account, EntryKind.Earned, 1000, 1000, at);
            var lot = new LoyaltyLot { Account = account, Entry = earned, Points = 1000, Remaining = left, UsableAt = at,
                ExpiresAt = expiresAt };
            db.AddRange(customer, account, earned, lot);
            if (left > 0) continue;
            var gone = Entry(account, isActive ? EntryKind.Redeemed : EntryKind.Expired, -1000, 0, isActive ? recently : expiresAt!.Value);
            db.AddRange(gone, new LoyaltyLotUse { Lot = lot, Entry = gone, Points = 1000 });
        }

        static LoyaltyEntry Entry(LoyaltyAccount account, EntryKind kind, long points, long after, DateTimeOffset at) =>
            new() { Booking = new() { At = at, Reason = "Example" }, Account = account, Kind = kind, Points = points, BalanceAfter = after,
                At = at };
    }

    private static string Earn(string customer) => $$"""
        {
          "customer_id": "{{customer}}",
          "points": 200,
          "description": "Purchase reward - Order #12345",
          "order_id": "order-uuid",
          "expiry_days": 365
        }
        """;

    private static string Redeem(string customer) => $$"""
        {
          "customer_id": "{{customer}}",
          "points": 500,
          "description": "Discount redemption",
          "order_id": "order-uuid"
        }
        """;

    private static string Adjust(string customer, long points) => $$"""
        {
          "customer_id": "{{customer}}",
          "points": {{points}},
          "reason": "Compensation for delayed delivery"
        }
        """;

    private static string Promotion(string customer, string tier) => $$"""
        {
          "customer_id": "{{customer}}",
          "new_tier": "{{tier}}",
          "reason": "Promotional upgrade",
          "tier_expiry_date": "2026-12-31"
        }
        """;

    /// <summary>The program on the day of the document, with its customer and a manager.</summary>
    private sealed class Shop : IAsyncDisposable
    {
        private readonly TestClock _clock;

        private Shop(TestApp app, TestClock clock, HttpClient client) => (App, _clock, Client) = (app, clock, client);

        public TestApp App { get; }

        public HttpClient Client { get; private set; }

        public string John { get; private set; } = "";

        public static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

        public static async Task<Shop> OpenAsync(DatabaseKind kind)
        {
            var clock = new TestClock();
            clock.Set(At("2025-12-17T08:00:00Z"));
            var app = await TestApp.StartAsync(kind, configure: s => s.AddSingleton<TimeProvider>(clock));
            var shop = new Shop(app, clock, await app.ClientAsAsync(RoleNames.Manager));
            shop.John = await shop.AddAsync("John", "Doe");
            return shop;
        }

        public async Task<string> AddAsync(string given, string family) =>
            (string)(await PostAsync("/", $$"""{"first_name":"{{given}}","last_name":"{{family}}"}"""))["id"]!;

        /// <summary>
        /// A purchase of 3,000, two redemptions, what the document earns and adjusts, and 200 points that run out at the end of the year.
        /// </summary>
        public async Task FillAsync()
        {
            var order = await Client
                .PostAsync("/api/orders",
                ApiClient.Json(
                $$"""{"external_id":"W-1","status":"paid","customer_id":{{John}},"lines":[{"product_code":"SHIRT","quantity":1,"unit_price":3000}]}"""));
            Assert.True(order.StatusCode == HttpStatusCode.Created, await order.Content.ReadAsStringAsync());
            await PostAsync("/loyalty/redeem", $$"""{"customer_id":"{{John}}","points":1500}""");
            await PostAsync("/loyalty/earn", Earn(John));
            await PostAsync("/loyalty/redeem", Redeem(John));
            await PostAsync("/loyalty/adjust", Adjust(John, 100));
            await PostAsync("/loyalty/earn",
                $$"""{"customer_id":"{{John}}","points":200,"description":"Christmas present","expiry_days":14}""");
        }

        /// <summary>Another day, for which the manager signs in anew.</summary>
        public async Task GoToAsync(string at)
        {
            _clock.Set(At(at));
            Client.Dispose();
            Client = await App.ClientAsAsync(RoleNames.Manager);
        }

        public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null) =>
            Client.SendAsync(method, Root + path, body);

        public async Task<JsonObject> GetAsync(string path)
        {
            var answer = await Client.GetAsync(Root + path);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
            return await answer.ReadAsync();
        }

        public async Task<JsonObject> PostAsync(string path, string? body, HttpStatusCode status = HttpStatusCode.Created)
        {
            var answer = await SendAsync(HttpMethod.Post, path, body);
            Assert.True(answer.StatusCode == status, await answer.Content.ReadAsStringAsync());
            return await answer.ReadAsync();
        }

        public async Task NotFoundAsync(HttpMethod method, string path, string? body = null) =>
            Assert.Equal("Customer not found",
                (string)(await (await SendAsync(method, path, body)).ProblemAsync(HttpStatusCode.NotFound))["detail"]!);

        public async Task<long> BalanceAsync() => (long)(await GetAsync($"/{John}/loyalty/balance"))["current_balance"]!;

        public async Task<List<(string Type, int Points, int Balance)>> ListAsync(string path) =>
            [.. JsonNode.Parse(await Client.GetStringAsync(Root + path))!.AsArray()
                .Select(t => ((string)t!["transaction_type"]!, (int)t["points"]!, (int)t["balance_after"]!))];

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await App.DisposeAsync();
        }
    }
}
