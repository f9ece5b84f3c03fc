using System.Globalization;
using System.Net;
using CrmPortal.Core.Analytics;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Outbox;
using CrmPortal.Core.Segments;
using CrmPortal.Core.Chats;
using CrmPortal.Core.Tickets;
using CrmPortal.Tests.HelpCentre;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Performance;

/// <summary>How many statements each page sends: few, and no more when there is more to show. Nothing is timed.</summary>
public sealed class PageCostTests
{
    /// <summary>Each page that needs a sign-in, with an address and the most statements it may send.</summary>
    private static readonly Dictionary<string, (string Address, int Most)> Pages = new()
    {
        ["/"] = ("/", 30),
        ["/customers"] = ("/customers", 15),
        ["/customers/trash"] = ("/customers/trash", 15),
        ["/customers/new"] = ("/customers/new", 6),
        ["/customers/{id:long}"] = ("/customers/{customer}", 45),
        ["/customers/{id:long}/as-at"] = ("/customers/{customer}/as-at", 24),
        ["/customers/merge"] = ("/customers/merge?ids={customer},{other}", 42),
        ["/customers/{id:long}/segments"] = ("/customers/{customer}/segments", 24),
        ["/segments"] = ("/segments", 8),
        ["/segments/new"] = ("/segments/new", 10),
        ["/segments/{id:long}"] = ("/segments/1", 30),
        ["/segments/groups"] = ("/segments/groups", 8),
        ["/segments/groups/new"] = ("/segments/groups/new", 10),
        ["/segments/groups/{id:long}"] = ("/segments/groups/2", 30),
        ["/segments/compare"] = ("/segments/compare?a=1&b=2", 20),
        ["/analytics"] = ("/analytics", 24),
        ["/worklist"] = ("/worklist", 14),
        ["/tickets"] = ("/tickets", 14),
        ["/tickets/new"] = ("/tickets/new?customer={customer}", 10),
        ["/tickets/{id:long}"] = ("/tickets/1", 40),
        ["/chat"] = ("/chat", 12),
        ["/chat/{id:long}"] = ("/chat/1", 24),
        ["/settings/chat"] = ("/settings/chat", 8),
        ["/settings/queues"] = ("/settings/queues", 10),
        ["/settings/service-levels"] = ("/settings/service-levels", 10),
        ["/settings/replies"] = ("/settings/replies", 10),
        ["/analytics/retention"] = ("/analytics/retention", 8),
        ["/segments/rfm"] = ("/segments/rfm", 14),
        ["/segments/value"] = ("/segments/value", 14),
        ["/segments/rfm/moves"] = ("/segments/rfm/moves?from=1&to=2&was=lost&is=loyal", 8),
        ["/reports"] = ("/reports", 12),
        ["/reports/support"] = ("/reports/support?group=agent", 60),
        ["/reports/{name}"] = ("/reports/orders", 14),
        ["/reports/kept/{id:long}"] = ("/reports/kept/1", 10),
        ["/duplicates"] = ("/duplicates", 12),
        ["/documents"] = ("/documents", 10),
        ["/orders"] = ("/orders", 12),
        ["/loyalty"] = ("/loyalty", 25),
        ["/loyalty/programme"] = ("/loyalty/programme", 10),
        ["/loyalty/programme/new"] = ("/loyalty/programme/new", 10),
        ["/loyalty/programme/{Id:long}"] = ("/loyalty/programme/{programme}", 10),
        ["/loyalty/rewards"] = ("/loyalty/rewards", 10),
        ["/loyalty/redemptions"] = ("/loyalty/redemptions", 10),
        ["/loyalty/what-if"] = ("/loyalty/what-if", 12),
        ["/loyalty/adjustments"] = ("/loyalty/adjustments", 10),
        ["/orders/new"] = ("/orders/new?customer={customer}", 14),
        ["/orders/{id:long}"] = ("/orders/{order}", 20),
        ["/orders/{id:long}/edit"] = ("/orders/{order}/edit", 12),
        ["/articles"] = ("/articles", 14),
        ["/articles/new"] = ("/articles/new", 10),
        ["/articles/{id:long}"] = ("/articles/1", 16),
        ["/articles/categories"] = ("/articles/categories", 10),
        ["/articles/report"] = ("/articles/report", 14),
        ["/imports"] = ("/imports", 10),
        ["/imports/{Id:long}"] = ("/imports/{import}", 10),
        ["/settings"] = ("/settings", 8),
        ["/settings/shop"] = ("/settings/shop", 10),
        ["/settings/users"] = ("/settings/users", 12),
        ["/settings/users/new"] = ("/settings/users/new", 10),
        ["/settings/users/{Id:long}"] = ("/settings/users/{user}", 14),
        ["/settings/roles"] = ("/settings/roles", 10),
        ["/settings/api-keys"] = ("/settings/api-keys", 14),
        ["/settings/tariffs"] = ("/settings/tariffs", 10),
        ["/network"] = ("/network", 10),
        ["/settings/tags"] = ("/settings/tags", 10),
        ["/settings/fields"] = ("/settings/fields", 10),
        ["/settings/consents"] = ("/settings/consents", 10),
        ["/settings/mail"] = ("/settings/mail", 10),
        ["/settings/jobs"] = ("/settings/jobs", 14),
        ["/settings/webhooks"] = ("/settings/webhooks", 10),
        ["/settings/audit"] = ("/settings/audit", 16),
        ["/settings/about"] = ("/settings/about", 10),
        ["/account"] = ("/account", 14),
    };

    /// <summary>Parts of a customer's page that show rows of their own, opened by address.</summary>
    private static readonly Dictionary<string, (string Address, int Most)> Tabs = new()
    {
        ["points"] = ("/customers/{customer}?tab=points", 60),
        ["shopping"] = ("/customers/{customer}?tab=shopping", 40),
        ["orders"] = ("/customers/{customer}?tab=orders", 40),
        ["tickets"] = ("/customers/{customer}?tab=tickets", 34),
    };

    /// <summary>Pages that anyone may open; they show no lists, or are counted with their feature.</summary>
    private static readonly string[] Open =
        ["/account/login", "/account/login-code", "/account/denied", "/account/forgot-password", "/account/reset-password",
            "/account/invitation", "/account/confirm", "/account/email", "/setup", "/error", "/not-found", "/confirm/{token}",
            "/preferences/{token}", "/help",
            "/help/{language}", "/help/{language}/contact", "/help/{language}/search", "/help/{language}/{category}", "/help/{language}/{category}/{article}",
            "/feedback/{id:long}/{signature}", "/account/register"];

    /// <summary>Those that send one statement for each kind of record that stands on them.</summary>
    private static readonly string[] OfKinds = ["/settings/audit"];

    /// <summary>What a request sends beside its page: that it was looked at, how often, and now and then whether there is chat.</summary>
    private static readonly string[] Noted =
        [ChatDoor.LookingTag, "DailyCounters", "'Viewed'", "INSERT INTO \"ChangeSets\"", "INSERT INTO \"AuditEntries\"", "IdempotencyRecords"];

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Pages_WithFewAndWithManyRows_SendTheSameFewStatements(DatabaseKind kind)
    {
        await using var accounts = await AccountApp.StartAsync(kind);
        var administrator = await accounts.AddUserAsync(RoleNames.Administrator);
        var browser = accounts.OpenBrowser();
        using (var signedIn = await browser.SignInAsync(administrator.Email, AccountApp.Password))
            Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);

        await AddAsync(accounts, 0, 3);
        await AddOfOneAsync(accounts, 0, 2);
        await KeepDaysAsync(accounts);
        var few = await CountAsync(accounts, browser);
        await AddAsync(accounts, 3, 150);
        await AddOfOneAsync(accounts, 2, 30);
        await KeepDaysAsync(accounts);
        var many = await CountAsync(accounts, browser);

        // What a page shows is asked for by its request, and by nobody else.
        Assert.All(["/", "/customers", "/orders", "/customers/{id:long}"], page => Assert.InRange(few[page].Count, 3, 45));
        Assert.All(Pages.Concat(Tabs),
            page => Assert.True(Math.Max(few[page.Key].Count, many[page.Key].Count) <= page.Value.Most,
            $"{page.Key} sends {few[page.Key].Count} and {many[page.Key].Count} statements, more than {page.Value.Most}."));
        Assert.All(few.Keys.Except(OfKinds),
            page => Assert.True(few[page].Count == many[page].Count,
            $"{page} sends\n{string.Join("\n\n", few[page])}\n\n==== and with many rows\n\n{string.Join("\n\n", many[page])}"));
    }

    [Fact]
    public async Task Pages_OfTheRouteTable_AreAllCounted()
    {
        await using var accounts = await AccountApp.StartAsync(DatabaseKind.Sqlite);
        var routes = accounts.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<ComponentTypeMetadata>() is not null)
                .Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/')).Distinct();

        Assert.Equal(routes.Order(StringComparer.Ordinal), Pages.Keys.Concat(Open).Concat(SelfService.OwnPageCostTests.Pages.Keys)
            .Order(StringComparer.Ordinal));
    }

    /// <summary>So that the figures by day, months and members of segments are not kept beside the pages that are counted.</summary>
    private static async Task KeepDaysAsync(AccountApp accounts)
    {
        // Tickets follow what they hear of their customers: all of it was heard before statements are counted.
        while (await accounts.ReadAsync(db => db.Set<OutboxSubscription>().AnyAsync(s => db.Set<OutboxEvent>()
            .Any(e => e.Position == null || e.Position > s.Position), TestContext.Current.CancellationToken)))
            await accounts.App.Services.GetRequiredService<OutboxDispatcher>().DispatchAsync(TestContext.Current.CancellationToken);
        await accounts.App.Services.GetRequiredService<DayKeeper>().RunAsync(TestContext.Current.CancellationToken);
        await accounts.App.Services.GetRequiredService<CohortKeeper>().RunAsync(TestContext.Current.CancellationToken);
        await accounts.App.Services.GetRequiredService<SegmentKeeper>().RunAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>A segment, and a group by rules and by hand, in which the customers of the test are.</summary>
    private static async Task AddSegmentsAsync(TestScope scope, List<Customer> customers)
    {
        if ((await scope.Get<SegmentService>().ListAsync(default)).Count == 0)
        {
            await scope.Get<SegmentService>().SaveAsync(null, new("First ones", null, "email:starts:person00000"), null, default);
            await scope.Get<GroupService>().SaveAsync(null, new("Group", null, "spent:more:0", 5, true, false), null, default);
        }

        foreach (var customer in customers.Where(c => c.DeletedAt is null).Take(40))
        {
            await scope.Get<GroupService>().AddAsync(2, customer.Id, default);
            await scope.Get<SegmentTestService>().SayAsync(1, customer.Id, true, default);
        }

        await scope.Get<GroupService>().RemoveAsync(2, customers[1].Id, default);
    }

    /// <summary>Articles with versions, votes and searches.</summary>
    private static async Task AddArticlesAsync(TestScope scope, int count)
    {
        var category = await scope.Get<ArticleCategoryService>().ListAsync(default) is [var known, ..] ? known
            : await scope.AddCategoryAsync();
        for (var i = 0; i < count; i++)
        {
            var article = await scope.AddArticleAsync(category, $"Article {count} {i}");
            await scope.Get<HelpCentreService>().VoteAsync(article.Id, "en", false, "No", default);
            await scope.Get<HelpCentreService>().SearchAsync($"word{i} nothing", "en", true, default);
            await scope.Get<HelpCentreService>().SearchAsync($"article {i}", "en", true, default);
        }

        var first = (await scope.Get<ArticleService>().GetAsync(1, default))!;
        for (var i = 0; i < count; i++) first = await scope.ChangeAsync(first, body: $"Text {count} {i}");
    }

    private static async Task AddAsync(AccountApp accounts, int from, int count)
    {
        await using var scope = accounts.App.AsSystem();
        await using var db = await scope.Get<IDbContextFactory<CrmDbContext>>().CreateDbContextAsync();
        var customers = Enumerable.Range(from, count).Select(i => TestCustomers.Make(i, accounts.Clock.GetUtcNow())).ToList();
        db.Customers.AddRange(customers);
        TestOrders.Add(db, customers, accounts.Clock.GetUtcNow());
        foreach (var customer in customers.Where((_, i) => i % 3 == 0)) customer.MoveToTrash(accounts.Clock.GetUtcNow());
        await db.SaveChangesAsync();
        await AddSegmentsAsync(scope, customers);
        await AddArticlesAsync(scope, Math.Min(count, 40));
        await scope.Get<ProgrammeService>()
            .SaveDraftAsync(null, $"Draft {count}", (await scope.Get<ProgrammeService>().CurrentAsync(default)).Rules, null, default);
        for (var i = 0; i < Math.Min(count, 10); i++)
        {
            await scope.Get<LedgerService>().EarnAsync(new() { CustomerId = customers[i].Id, Points = 100 }, null, default);
            var reward = await scope.Get<RewardService>().SaveAsync(null, new() { Name = $"Mug {i}", Price = 10 }, null, default);
            if (i % 3 > 0) await scope.Get<RewardService>().RedeemAsync(customers[i].Id, reward!.Part.Id, default);
        }

        for (var i = 0; i < Math.Min(count, 30); i++)
        {
            await using var file = new MemoryStream("email,name\na@example.com,Ada\n"u8.ToArray());
            await scope.Get<ImportService>().UploadAsync("people.csv", file, null, null, TestContext.Current.CancellationToken);
        }
    }

    private static Task<long> FirstAsync(AccountApp accounts) => accounts.ReadAsync(db => db.Customers.Where(c => c.DeletedAt == null)
        .OrderBy(c => c.Id).Select(c => c.Id).FirstAsync());

    /// <summary>Gives the customer whose page is opened more of everything that its parts show.</summary>
    private static async Task AddOfOneAsync(AccountApp accounts, int from, int count)
    {
        var id = await FirstAsync(accounts);
        await using var scope = accounts.App.AsSystem();
        await using var db = await scope.Get<IDbContextFactory<CrmDbContext>>().CreateDbContextAsync();
        var customer = await db.Customers.SingleAsync(c => c.Id == id);
        for (var i = from; i < from + count; i++)
        {
            TestOrders.Add(db, [customer], accounts.Clock.GetUtcNow().AddDays(-i));
            await scope.Get<LedgerService>().EarnAsync(new() { CustomerId = id, Points = 50 }, null, default);
            await scope.Get<LedgerService>().RedeemAsync(new() { CustomerId = id, Points = 20 }, null, default);
            var ticket = await scope.Get<TicketService>().CreateAsync(new() { CustomerId = id, Subject = $"Question {i}", Text = "?" }, default);
            await scope.Get<TicketService>().NoteAsync(1, $"Note {i}", [], default);
            if (i > 0) await scope.Get<TicketService>().LinkAsync(1, ticket.Id, true, default);
            await scope.Get<QueueService>().SaveAsync(null, new($"Queue {i}", null, null, false), null, default);
            await scope.Get<SavedReplyService>().SaveAsync(null, $"Reply {i}", "Hello", null, false, default);
            await scope.Get<SavedReplyService>().SaveMacroAsync(null, $"Macro {i}", new(AssignToMe: true), default);
            await scope.Get<ServiceLevelService>().SaveCalendarAsync(null, $"Hours {i}", BusinessHours.Always, false, default);
            await scope.Get<ServiceLevelService>().SavePolicyAsync(null, new() { Name = $"Level {i}", CalendarId = 1, FirstResponseMinutes = 60 },
                default);
            db.Chats.Add(new()
            {
                CustomerId = id, KeyHash = $"chat {i}", Language = "en", State = i % 2 == 0 ? ChatState.Ended : ChatState.Active, AgentId = 1,
                StartedAt = accounts.Clock.GetUtcNow(), LastMessageAt = accounts.Clock.GetUtcNow(), MessageCount = 1,
                Messages = { new() { Kind = ChatMessageKind.Visitor, At = accounts.Clock.GetUtcNow(), Text = "Hello" } },
            });
            await scope.Get<ShoppingService>().WishAsync(id, new() { ProductCode = $"W-{i}", Name = $"Wish {i}" }, default);
            await scope.Get<ShoppingService>().ReviewAsync(id, new() { ProductCode = $"W-{i}", Rating = 4, Text = "Good" }, default);
            await scope.Get<ShoppingService>()
                .SaveCartAsync($"cart-{i}", new() { CustomerId = id, Lines = new([new() { ProductCode = $"W-{i}", UnitPrice = 2 }]) },
                default);
        }

        await db.SaveChangesAsync();
    }

    private static async Task<Dictionary<string, List<string>>> CountAsync(AccountApp accounts, AccountBrowser browser)
    {
        var customer = await FirstAsync(accounts);
        var other = await accounts.ReadAsync(db => db.Customers.Where(c => c.DeletedAt == null).OrderBy(c => c.Id).Select(c => c.Id).Skip(1)
            .FirstAsync());
        var user = await accounts.ReadAsync(db => db.Users.Select(u => u.Id).FirstAsync());
        var order = await accounts.ReadAsync(db => db.Orders.OrderBy(o => o.Id).Select(o => o.Id).FirstAsync());
        var import = await accounts.ReadAsync(db => db.Imports.Select(i => i.Id).OrderBy(i => i).FirstAsync());
        var programme = await accounts.ReadAsync(db => db.LoyaltyProgrammes.OrderByDescending(p => p.Id).Select(p => p.Id).FirstAsync());
        var counts = new Dictionary<string, List<string>>();
        foreach (var (route, (template, _)) in Pages.Concat(Tabs))
        {
            var address = template.Replace("{customer}", customer.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("{other}", other.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("{order}", order.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("{programme}", programme.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("{import}", import.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("{user}", user.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            accounts.App.Commands.Clear();
            using var answer = await browser.Http.GetAsync(new Uri(address, UriKind.Relative));
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address} answers {answer.StatusCode}.");
            counts[route] = [.. accounts.App.Commands.OfRequests.Where(s => !Noted.Any(b => s.Contains(b, StringComparison.Ordinal)))];
        }

        return counts;
    }
}
