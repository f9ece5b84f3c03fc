using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using CrmPortal.Core.Chats;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Api;

/// <summary>Document 4: the list with its filters, which an oracle of its own answers too, the statistics, and what a page costs.</summary>
public sealed class DocumentFourListTests
{
    private const string Root = "/api/v2/customers";

    // In Mexico City the day began at six.
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset NewSince = new(2026, 2, 8, 6, 0, 0, TimeSpan.Zero);
    private static readonly string?[] Statuses = [null, "active", "inactive", "blocked", "vip"];
    private static readonly string?[] Segments = [null, "vip", "regular", "new", "inactive"];
    private static readonly string?[] Tags = [null, "premium", "Loyal,premium", "nobody,", "loyal,nobody"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task List_ByEveryCombinationOfFilters_HasWhomTheOracleNames(DatabaseKind kind)
    {
        await using var app = await StartAsync(kind);
        var people = await SeededAsync(app);
        using var client = await app.ClientAsAsync(RoleNames.Manager);

        foreach (var (status, segment, tags, search) in from status in Statuses from segment in Segments from tags in Tags
            from search in new[] { null, "john" } select (status, segment, tags, search))
        {
            var address = Root + Query(("status", status), ("segment", segment), ("tags", tags), ("search", search), ("limit", "100"));
            var list = await GetAsync(client, address);
            var expected = people.Where(p => p.Is(status, segment, tags, search)).OrderByDescending(p => p.Customer.LastInteractionAt)
                .ThenByDescending(p => p.Customer.Id).ToList();
            Assert.Equal((address, string.Join(' ', expected.Select(p => p.Customer.Id))),
                (address, string.Join(' ', list["customers"]!.AsArray().Select(c => (string)c!["_id"]!))));
            Assert.Equal(expected.Count, (int)list["pagination"]!["total"]!);
            Assert.All(list["customers"]!.AsArray().Zip(expected), pair => Assert.Equal((pair.Second.Status, pair.Second.Segment),
                ((string)pair.First!["status"]!, (string)pair.First["segment"]!)));
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task List_InEveryOrder_AndByPages_HasEachOnce(DatabaseKind kind)
    {
        await using var app = await StartAsync(kind);
        var people = await SeededAsync(app);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        (string Name, Func<Person, IComparable?> Key)[] orders =
        [
            ("lastInteraction", p => p.Customer.LastInteractionAt), ("createdAt", p => p.Customer.Id), ("updatedAt", p =>
                p.Customer.UpdatedAt),
            ("lastName", p => $"{p.Customer.FamilyName} {p.Customer.GivenName}".ToUpperInvariant()), ("email", p => p.Customer.Email),
        ];
        foreach (var (name, key) in orders)
        {
            foreach (var isDescending in new[] { true, false })
            {
                // Who has no value to sort by comes last in either direction.
                var known = people.Where(p => key(p) is not null).OrderBy(key).ThenBy(p => p.Customer.Id).ToList();
                var unknown = people.Where(p => key(p) is null).OrderBy(p => p.Customer.Id).ToList();
                if (isDescending) (known, unknown) = ([.. known.AsEnumerable().Reverse()], [.. unknown.AsEnumerable().Reverse()]);
                var found = new List<string>();
                for (var page = 1; page <= 3; page++)
                {
                    var list = await GetAsync(client, Root + Query(("sortBy", name), ("sortOrder", isDescending ? "desc" : "asc"),
                        ("limit", "5"), ("page", page.ToString(CultureInfo.InvariantCulture))));
                    found.AddRange(list["customers"]!.AsArray().Select(c => (string)c!["_id"]!));
                }

                Assert.Equal((name, isDescending, string.Join(' ', known.Concat(unknown).Select(p => p.Customer.Id))),
                    (name, isDescending, string.Join(' ', found)));
            }
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Statistics_AreTheTotalsOfTheLists(DatabaseKind kind)
    {
        await using var app = await StartAsync(kind);
        await SeededAsync(app);
        using var client = await app.ClientAsAsync(RoleNames.Manager);

        var stats = await GetAsync(client, Root + "/stats/summary");

        foreach (var (figure, query) in new[] { ("totalCustomers", ""), ("activeCustomers", "?status=active"), ("vipCustomers", "?status=vip"),
            ("blockedCustomers", "?status=blocked") })
            Assert.Equal((figure, await TotalAsync(query)), (figure, (int)stats["summary"]![figure]!));
        var segments = stats["segments"]!.AsArray().ToDictionary(s => (string)s!["_id"]!, s => (int)s!["count"]!);
        Assert.Equal(["vip", "regular", "new"], segments.Keys);
        foreach (var (segment, count) in segments) Assert.Equal((segment, await TotalAsync($"?segment={segment}")), (segment, count));
        Assert.True(segments.Values.All(c => c > 0));

        async Task<int> TotalAsync(string query) => (int)(await GetAsync(client, Root + query))["pagination"]!["total"]!;
    }

    [Fact]
    public async Task List_AsPrinted_IsAPageInTheEnvelope_WithLinksToTheOthers()
    {
        await using var app = await StartAsync(DatabaseKind.Sqlite);
        await SeededAsync(app);
        using var client = await app.ClientAsAsync(RoleNames.Manager);

        var printed = await GetAsync(client, Root + "?page=1&limit=20&status=active&segment=vip&search=john");
        Assert.Equal(["success", "customers", "pagination"], printed.Select(f => f.Key));
        Assert.Equal("""{"page":1,"limit":20,"total":1,"pages":1}""", printed["pagination"]!.ToJsonString());
        var details = await GetAsync(client, $"{Root}/{(string)printed["customers"]![0]!["_id"]!}");
        Assert.Equal(details["customer"]!.ToJsonString(), printed["customers"]![0]!.ToJsonString());

        var second = await client.GetAsync(Root + "?limit=5&page=2&status=active", Token);
        Assert.Equal("""{"page":2,"limit":5,"total":8,"pages":2}""", (await second.ReadAsync())["pagination"]!.ToJsonString());
        Assert.Equal($"<{Root}?status=active&page=1&limit=5>; rel=\"first\", <{Root}?status=active&page=1&limit=5>; rel=\"prev\", "
            + $"<{Root}?status=active&page=2&limit=5>; rel=\"last\"", second.Headers.GetValues("Link").Single());
        Assert.Equal("""{"page":9,"limit":20,"total":12,"pages":1}""",
            (await GetAsync(client, Root + "/?page=9"))["pagination"]!.ToJsonString());
    }

    [Fact]
    public async Task List_WhatIsWrong_IsToldByField()
    {
        await using var app = await StartAsync(DatabaseKind.Sqlite);
        using var client = await app.ClientAsAsync(RoleNames.Manager);

        foreach (var (query, field) in new[] { ("limit=101", "limit"), ("limit=0", "limit"), ("page=0", "page"), ("page=x", "page"),
            ("limit=many", "limit"), ("status=gone", "status"), ("segment=gold", "segment"), ("sortBy=shoeSize", "sortBy"),
            ("sortOrder=up", "sortOrder") })
        {
            var problem = await (await client.GetAsync($"{Root}?{query}", Token)).ProblemAsync(HttpStatusCode.BadRequest);
            Assert.True(problem["errors"]![field] is not null, $"{query}: {problem.ToJsonString()}");
        }

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(Root + "?limit=100&status=&segment=%20&tags=,&search=", Token)).StatusCode);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        var masked = await (await staff.GetAsync(Root + "?sortBy=email", Token)).ProblemAsync(HttpStatusCode.BadRequest);
        Assert.NotNull(masked["errors"]!["sortBy"]);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Figures_OfConversations_AreThoseOfEachCustomer(DatabaseKind kind)
    {
        await using var app = await StartAsync(kind);
        var people = await SeededAsync(app);
        await using (var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null))
        {
            for (var i = 0; i < 7; i++)
            {
                db.Set<Chat>().Add(new()
                {
                    KeyHash = $"{i}", Language = "en", CustomerId = people[i == 6 ? 1 : 0].Customer.Id, StartedAt = Now.AddMinutes(i),
                    LastMessageAt = Now.AddMinutes(i), State = i == 5 ? ChatState.Waiting : ChatState.Ended, MessageCount = 2,
                    AnswerCount = 1, AnswerSeconds = 10 * i, Score = i == 0 ? 4 : i == 1 ? 5 : null,
                });
            }

            await db.SaveChangesAsync(Token);
        }

        using var client = await app.ClientAsAsync(RoleNames.SupportAgent);
        var address = $"{Root}/{people[0].Customer.Id}";
        var details = await GetAsync(client, address);
        Assert.Equal("""{"totalConversations":6,"openConversations":1,"resolvedConversations":5}""",
            details["statistics"]!.ToJsonString());
        var customer = details["customer"]!;
        Assert.Equal(
            """{"totalConversations":6,"totalMessages":12,"totalTickets":0,"averageResponseTime":25,"satisfactionScore":4.5}""",
            customer["statistics"]!.ToJsonString());
        Assert.Equal(Now.AddMinutes(5), DateTimeOffset.Parse((string)customer["lastMessageAt"]!, CultureInfo.InvariantCulture));
        var page = await GetAsync(client, address + "/conversations?page=1&limit=5");
        Assert.Equal(["success", "conversations", "pagination"], page.Select(f => f.Key));
        Assert.Equal("""{"page":1,"limit":5,"total":6,"pages":2}""", page["pagination"]!.ToJsonString());
        Assert.Equal(page["conversations"]!.ToJsonString(), details["recentConversations"]!.ToJsonString());
        var newest = page["conversations"]![0]!;
        Assert.Equal(("waiting", customer["_id"]!.ToJsonString()), ((string)newest["state"]!, newest["customerId"]!.ToJsonString()));
        var list = (await GetAsync(client, Root + "?limit=100"))["customers"]!.AsArray();
        Assert.Equal([6, 1, 0], people.Take(3).Select(p => (int)list.Single(c => (string)c!["_id"]!
            == p.Customer.Id.ToString(CultureInfo.InvariantCulture))!["statistics"]!["totalConversations"]!));
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        Assert.Equal("[]", (await GetAsync(staff, address))["recentConversations"]!.ToJsonString());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Statements_OfAPage_AreTheSameHoweverManyCustomersItHas(DatabaseKind kind)
    {
        await using var app = await StartAsync(kind);
        await using (var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null))
        {
            for (var i = 0; i < 60; i++)
            {
                var customer = TestCustomers.Make(i, Now);
                customer.Notes.Add(new() { Text = $"Note {i}" });
                customer.Notes.Add(new() { Text = $"Newer note {i}" });
                customer.Preferences.Add(new() { Type = WholeCustomerService.WordType, Key = "company", Value = $"Company {i}" });
                db.Customers.Add(customer);
            }

            await db.SaveChangesAsync(Token);
        }

        using var client = await app.ClientAsAsync(RoleNames.Manager);
        await GetAsync(client, Root + "?limit=1");

        var few = await CountAsync(2);
        Assert.Equal(few, await CountAsync(60));
        Assert.InRange(few, 1, 16);

        async Task<int> CountAsync(int limit)
        {
            app.Commands.Clear();
            var page = await GetAsync(client, string.Create(CultureInfo.InvariantCulture, $"{Root}?limit={limit}&sortBy=updatedAt"));
            Assert.Equal(limit, page["customers"]!.AsArray().Count);
            Assert.All(page["customers"]!.AsArray(), c => Assert.StartsWith("Newer", (string)c!["notes"]!, StringComparison.Ordinal));
            return app.Commands.OfRequests.Count;
        }
    }

    private static Task<TestApp> StartAsync(DatabaseKind kind)
    {
        var clock = new TestClock();
        clock.Set(Now);
        return TestApp.StartAsync(kind, settings: new() { ["Shop:TimeZone"] = "America/Mexico_City", ["Shop:Country"] = "MX" },
            configure: s => s.AddSingleton<TimeProvider>(clock));
    }

    /// <summary>A dozen customers and one in the trash, written past the program.</summary>
    private static async Task<List<Person>> SeededAsync(TestApp app)
    {
        await using var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        Tag[] tags = [new() { Name = "premium", NameKey = "premium" }, new() { Name = "Loyal", NameKey = "loyal" }];
        var people = new List<Person>();
        (string Name, DateTimeOffset Created, CustomerStatus Status, bool IsVip, int Tags)[] seeds =
        [
            ("John Doe", Now.AddDays(-200), CustomerStatus.Active, true, 1), ("Ann Johnson", Now.AddDays(-100), CustomerStatus.Active, false, 2),
            ("Bea Lane", Now.AddDays(-90), CustomerStatus.Active, false, 3), ("Carl Moon", Now.AddDays(-80), CustomerStatus.Inactive, false, 0),
            ("John Nash", Now.AddDays(-70), CustomerStatus.Inactive, true, 2), ("Dora Orr", Now.AddDays(-60), CustomerStatus.Blocked, false, 1),
            ("Egon Petty", Now.AddDays(-50), CustomerStatus.Blocked, true, 0), ("Fay Quinn", NewSince.AddTicks(-10), CustomerStatus.Active,
                false, 1),
            ("Gus Reed", NewSince, CustomerStatus.Active, false, 0), ("John Stone", Now.AddDays(-3), CustomerStatus.Active, false, 3),
            ("Hal Tate", Now.AddDays(-2), CustomerStatus.Active, true, 0), ("Ivy Unger", Now, CustomerStatus.Active, false, 2),
            ("Gone John", Now.AddDays(-9), CustomerStatus.Active, true, 3),
        ];
        foreach (var (number, (name, created, status, isVip, tagged)) in seeds.Index())
        {
            var customer = new Customer
            {
                Number = $"CUST-20260101-{number:0000}", GivenName = name.Split(' ')[0], FamilyName = name.Split(' ')[1],
                Email = number % 3 == 2 ? null : $"{name.Split(' ')[1].ToLowerInvariant()}{number}@example.com", CreatedAt = created,
                UpdatedAt = Now.AddMinutes(number * 7 % 5), LastInteractionAt = Now.AddMinutes(number * 5 % 7),
            };
            if (status == CustomerStatus.Inactive) customer.Deactivate();
            if (status == CustomerStatus.Blocked) customer.Block("Spam");
            customer.SetVip(isVip, null, null, Now);
            if (number == seeds.Length - 1) customer.MoveToTrash(Now);
            foreach (var tag in tags.Where((_, i) => (tagged & (1 << i)) != 0)) customer.Tags.Add(new() { Tag = tag });
            customer.DeriveNames();
            customer.DeriveContacts([]);
            db.Customers.Add(customer);
            await db.SaveChangesAsync(Token);
            people.Add(new(customer, tags.Where((_, i) => (tagged & (1 << i)) != 0).Select(t => t.NameKey).ToHashSet()));
        }

        return people[..^1];
    }

    private static string Query(params IEnumerable<(string Name, string? Value)> fields) => "?" + string.Join('&',
        fields.Where(f => f.Value is not null).Select(f => $"{f.Name}={Uri.EscapeDataString(f.Value!)}"));

    private static async Task<JsonObject> GetAsync(HttpClient client, string path)
    {
        var answer = await client.GetAsync(path, Token);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {await answer.Content.ReadAsStringAsync(Token)}");
        return await answer.ReadAsync();
    }

    /// <summary>A customer as the oracle knows them; nothing here is the program's.</summary>
    private sealed record Person(Customer Customer, HashSet<string> Tags)
    {
        public string Status => Customer.Status switch
        {
            CustomerStatus.Blocked => "blocked",
            CustomerStatus.Inactive => "inactive",
            _ => "active",
        };

        public string Segment => Customer.IsVip ? "vip" : Status != "active" ? "inactive" : Customer.CreatedAt < NewSince ? "regular" : "new";

        public bool Is(string? status, string? segment, string? tags, string? search) =>
            (status is null || (status == "vip" ? Customer.IsVip : Status == status)) && (segment is null || Segment == segment)
            && (tags is null || tags.Split(',').Any(t => Tags.Contains(t.ToLowerInvariant())))
            && (search is null || $" {Customer.GivenName} {Customer.FamilyName} {Customer.Email}".Contains(" " + search,
                StringComparison.OrdinalIgnoreCase));
    }
}
