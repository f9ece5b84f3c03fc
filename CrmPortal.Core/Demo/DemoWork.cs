using System.Globalization;
using System.Text;
using CrmPortal.Core.Analytics;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Reports;
using CrmPortal.Core.Segments;
using CrmPortal.Core.Worklist;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Demo;

/// <summary>
/// What only the services can make of the demo shop, as its staff would have: documents, imports, a comparison of all customers with one
/// pair merged and one told apart, a proof of the points and a trial of the next programme. It runs once, beside the first visits.
/// </summary>
public sealed class DemoWork(IServiceScopeFactory scopes, IDatabaseProvider provider, TimeProvider clock, ShopClock zone)
{
    private const string BestCustomers = "Best customers";
    private const string Done = "demo-work";
    private const int MonthsTried = 12;
    private readonly Silence _silence = new();

    /// <summary>Does what has not been done; nothing where there are no demo customers.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        var settings = await db.Settings.Where(s => s.Name == Done || s.Name == DemoCustomers.Done).Select(s => s.Name)
            .ToListAsync(cancellationToken);
        if (!settings.Contains(DemoCustomers.Done) || settings.Contains(Done)) return;
        var staff = await DemoStaff.FindAsync(db, cancellationToken);
        var loyal = await db.Customers.Where(c => c.DeletedAt == null && c.Email != null).OrderByDescending(c => c.OrderCount)
            .ThenBy(c => c.Id).Take(8)
            .Select(c => new Known(c.Id, c.DisplayName, c.Email!)).ToListAsync(cancellationToken);
        // Each step looks whether an earlier start came so far.
        if (!await db.Documents.AnyAsync(cancellationToken)) await FileAsync(staff, loyal, cancellationToken);
        if (!await db.DuplicatePairs.AnyAsync(cancellationToken)) await CompareAsync(staff, cancellationToken);
        if (!await db.Imports.AnyAsync(cancellationToken)) await ImportAsync(staff, loyal, cancellationToken);
        if (!await db.RfmRuns.AnyAsync(cancellationToken)) await ScoreAsync(staff, cancellationToken);
        if (!await db.ForecastRuns.AnyAsync(cancellationToken))
            await AsAsync<LifetimeValueService>(staff.Manager, values => values.CalculateAsync(null, null, true, cancellationToken));
        await using (var tickets = provider.CreateContext(null))
            await new DemoTickets(tickets, staff, zone.Zone, clock.GetUtcNow()).WriteAsync(cancellationToken);
        await using (var chats = provider.CreateContext(null))
            await new DemoChats(chats, staff, clock.GetUtcNow()).WriteAsync(cancellationToken);
        await GiveAccountAsync(db, cancellationToken);
        await AsAsync<CohortKeeper>(staff.Manager, cohorts => cohorts.RunAsync(cancellationToken));
        await AsAsync<TrendsService>(staff.Manager, trends => trends.CountAsync(null, cancellationToken));
        await AsAsync<WorklistService>(staff.Agent, worklist => worklist.RefreshAsync(cancellationToken));
        if (!await db.Segments.AnyAsync(cancellationToken))
        {
            await SegmentAsync(staff, cancellationToken);
            await GroupAsync(staff, loyal, cancellationToken);
            var best = await db.Segments.Where(s => s.Name == BestCustomers).Select(s => s.Id).FirstAsync(cancellationToken);
            await AsAsync<SegmentTestService>(staff.Manager, async tests =>
            {
                foreach (var customer in loyal.Take(2)) await tests.SayAsync(best, customer.Id, true, cancellationToken);
            });
        }

        if (!await db.Articles.AnyAsync(cancellationToken)) await ExplainAsync(staff, cancellationToken);
        if (!await db.SavedReports.AnyAsync(cancellationToken)) await ReportAsync(staff, cancellationToken);
        var draft = await db.LoyaltyProgrammes.Where(p => p.State == ProgrammeState.Draft).Select(p => (long?)p.Id)
            .FirstOrDefaultAsync(cancellationToken);
        if (draft is { } version)
            await AsAsync<WhatIfService>(staff.Manager, whatIf => whatIf.StartAsync(version, MonthsTried, cancellationToken));
        await AsAsync<LedgerReconciliation>(staff.Administrator, proof => proof.RunAsync(cancellationToken));
        db.Settings.Add(new Setting { Name = Done, Value = clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture) });
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Gives the customer's account a record that has something of everything.</summary>
    private static async Task GiveAccountAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        var shown = await db.Customers.Where(c => c.DeletedAt == null && c.Status == CustomerStatus.Active && c.OpenTickets > 0)
            .OrderByDescending(c => c.Addresses.Count > 0).ThenByDescending(c => c.Language == "en")
            .ThenByDescending(c => c.OrderCount).ThenBy(c => c.Id).Select(c => new { c.Id, c.DisplayName })
            .FirstOrDefaultAsync(cancellationToken);
        if (shown is null) return;
        await db.Users.Where(u => u.CustomerId == null && u.Roles.Any(r => r.Role!.Name == RoleNames.Customer))
            .ExecuteUpdateAsync(u => u.SetProperty(x => x.CustomerId, shown.Id).SetProperty(x => x.DisplayName, shown.DisplayName),
                cancellationToken);
    }

    /// <summary>Three that a shop has, each for a letter.</summary>
    private Task SegmentAsync(DemoStaff staff, CancellationToken cancellationToken) =>
        AsAsync<SegmentService>(staff.Manager, async segments =>
        {
            foreach (var input in new SegmentInput[]
            {
                new("Regulars who went quiet", "Two orders or more, none for 90 days: for the letter in spring",
                    "orders:more:1;last_order:older:90"),
                new(BestCustomers, "VIP, or champions", "any(vip:yes;rfm_segment:any:champion)"),
                new("May be written to", "By e-mail, in English or Spanish", "email_marketing:yes;any(language:is:en;language:is:es)"),
            }) await segments.SaveAsync(null, input, null, cancellationToken);
        });

    /// <summary>The help centre, with what visitors searched for and said of it over the last weeks.</summary>
    private async Task ExplainAsync(DemoStaff staff, CancellationToken cancellationToken)
    {
        var topics = new Dictionary<string, long>();
        await AsAsync<ArticleCategoryService>(staff.Agent, async categories =>
        {
            foreach (var topic in DemoArticles.Topics)
            {
                var names = new Dictionary<string, string?> { ["en"] = topic.English, ["es"] = topic.Spanish };
                var saved = await categories.SaveAsync(null, new(names, topic.Slug, topic.IsFaq), null, cancellationToken);
                topics[topic.Slug] = saved!.Part.Id;
            }
        });
        var written = new List<long>();
        var now = clock.GetUtcNow();
        await AsAsync<ArticleService>(staff.Agent, async articles =>
        {
            foreach (var article in DemoArticles.All)
            {
                var texts = new[] { article.English, article.Spanish }.OfType<ArticleTextInput>().ToList();
                var saved = await articles.SaveAsync(null, new(topics[article.Topic], article.State, now.AddDays(-article.Age), null,
                    texts), null, cancellationToken);
                if (article.State == ArticleState.Published) written.Add(saved!.Part.Id);
            }
        });
        await using var db = provider.CreateContext(null);
        var today = LocalZone.Utc.DayOf(now);
        foreach (var (i, search) in DemoArticles.Searches.Index())
            db.HelpSearches.Add(new() { Day = today.AddDays(-1 - i), Language = search.Language, Text = search.Text, Count = search.Times,
                Hits = search.Hits });
        foreach (var ((helped, didNot, reasons), article) in DemoArticles.Votes.Zip(written))
        {
            db.ArticleVotes.Add(new() { ArticleId = article, Language = "en", Day = today.AddDays(-3), Helped = helped, DidNot = didNot });
            foreach (var reason in reasons)
                db.ArticleVoteReasons.Add(new() { ArticleId = article, Language = "en", Day = today.AddDays(-3), Text = reason });
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>What a manager reads every month, and the segments as they are today.</summary>
    private async Task ReportAsync(DemoStaff staff, CancellationToken cancellationToken)
    {
        await AsAsync<ReportService>(staff.Manager, reports => reports.KeepAsync("rfm", new(), null, cancellationToken));
        await AsAsync<SavedReportService>(staff.Manager, reports => reports.SaveAsync(null, new("Sales of the month", "orders",
            new(ReportPeriod.LastMonth, By: ReportGrouping.Week), ReportFrequency.Monthly, 1, "pdf", []), null, cancellationToken));
    }

    /// <summary>A group by rules and one by hand.</summary>
    private Task GroupAsync(DemoStaff staff, List<Known> loyal, CancellationToken cancellationToken) =>
        AsAsync<GroupService>(staff.Manager, async groups =>
        {
            var club = await groups.SaveAsync(null, new("Gold club", "Whoever spent over 1,000 or is VIP",
                "any(vip:yes;spent:more:1000)", 10, true, true), null, cancellationToken);
            var wholesale = await groups.SaveAsync(null, new("Wholesale", "Cafés and offices with an agreement", null, 7.5m, false, true),
                null, cancellationToken);
            foreach (var customer in loyal.Take(4)) await groups.AddAsync(wholesale!.Part.Id, customer.Id, cancellationToken);
            if (loyal.Count > 0) await groups.RemoveAsync(club!.Part.Id, loyal[^1].Id, cancellationToken);
        });

    /// <summary>The scores of today, and those of four quarters before, so that one sees who moved.</summary>
    private Task ScoreAsync(DemoStaff staff, CancellationToken cancellationToken) =>
        AsAsync<RfmService>(staff.Manager, async scores =>
        {
            var today = LocalZone.Utc.DayOf(clock.GetUtcNow());
            for (var months = 12; months > 0; months -= 3)
                await scores.CalculateAsAtAsync(today.AddMonths(-months), cancellationToken);
            await scores.CalculateAsync(null, true, cancellationToken);
        });

    private async Task FileAsync(DemoStaff staff, List<Known> loyal, CancellationToken cancellationToken)
    {
        var today = LocalZone.Utc.DayOf(clock.GetUtcNow());
        (string Name, DocumentKind Kind, int? Days, DocumentStatus Status, string? Reason, string Text)[] all =
        [
            ("identity-card.pdf", DocumentKind.Identity, 12, DocumentStatus.Verified, null, "Copy of an identity card"),
            ("invoice-2210.pdf", DocumentKind.Invoice, null, DocumentStatus.Pending, null, "Invoice 2210"),
            ("trade-licence.pdf", DocumentKind.Contract, 200, DocumentStatus.Pending, null, "Licence to trade"),
            ("water-bill.pdf", DocumentKind.Address, null, DocumentStatus.Verified, null, "Water bill"),
            ("photo-of-the-damage.pdf", DocumentKind.Photo, null, DocumentStatus.Rejected, "Nothing can be seen on it",
            "Damage to a parcel"),
            ("standing-order.pdf", DocumentKind.Contract, 400, DocumentStatus.Pending, null, "Standing order"),
            ("passport.pdf", DocumentKind.Identity, 25, DocumentStatus.Pending, null, "Copy of a passport"),
        ];
        foreach (var (i, one) in all.Index())
        {
            if (loyal.Count == 0) return;
            var customer = loyal[i % Math.Min(4, loyal.Count)].Id;
            using var content = new MemoryStream(DemoPaper.Write(one.Text, "Made up for the demo shop."));
            DocumentDetails? document = null;
            await AsAsync<DocumentService>(staff.Agent, async documents => document = await documents.UploadAsync(
                customer, new(one.Name, one.Kind, one.Days is { } days ? today.AddDays(days) : null), content, cancellationToken));
            if (document is not null && one.Status != DocumentStatus.Pending)
                await AsAsync<DocumentService>(staff.Manager, documents => documents.CheckAsync(customer, document.Id, one.Status,
                    one.Reason, cancellationToken));
        }

        await AsAsync<DocumentUpkeep>(staff.Administrator, upkeep => upkeep.RemindAsync(cancellationToken));
    }

    private async Task CompareAsync(DemoStaff staff, CancellationToken cancellationToken)
    {
        await AsAsync<DuplicateService>(staff.Manager, duplicates => duplicates.ScanAsync(_silence, cancellationToken));
        await using var db = provider.CreateContext(null);
        var pairs = await db.DuplicatePairs.Where(p => p.State == DuplicateState.Open).OrderByDescending(p => p.Score).ThenBy(p => p.Id)
            .Select(p => new { p.Id, p.FirstId, p.SecondId, p.Second!.OrderCount }).ToListAsync(cancellationToken);
        if (pairs.Count < 3) return;
        await AsAsync<DuplicateService>(staff.Manager, duplicates => duplicates.DismissAsync(pairs[^1].Id, cancellationToken));
        // Rather one who has hardly bought yet, so that the merge is a small one.
        var merged = pairs.SkipLast(1).MinBy(p => p.OrderCount)!;
        await AsAsync<MergeService>(staff.Manager, merges => merges.MergeAsync(new(merged.FirstId, [merged.FirstId, merged.SecondId]),
            cancellationToken));
    }

    private async Task ImportAsync(DemoStaff staff, List<Known> loyal, CancellationToken cancellationToken)
    {
        const string header = "Given,Surname,Mail,Land\n";
        var fair = header + """
            Maren,Thorsen,maren.thorsen@example.org,NO
            Joaquim,Andrade,joaquim.andrade@example.org,PT
            Ilse,Verbruggen,ilse.verbruggen@example.org,BE
            Katalin,Szabó,katalin.szabo@example.org,HU
            Risto,Niemelä,risto.niemela@example.org,FI
            Dagmar,Nováková,dagmar.novakova@example.org,CZ
            Without,Address,not-an-address,CZ

            """;
        var later = header + string.Concat(loyal.Take(3)
            .Select(l => $"New,Name,{l.Email},GB\n")) + "Sorin,Ionescu,sorin.ionescu@example.org,RO\n";
        await AsAsync(staff.Manager, async services =>
        {
            var (imports, runner) = (services.GetRequiredService<ImportService>(), services.GetRequiredService<ImportRunner>());
            var first = await CheckedAsync("summer-fair.csv", fair);
            await imports.BeginPublishAsync(first, cancellationToken);
            await runner.PublishAsync(first, _silence, cancellationToken);
            await CheckedAsync("newsletter-desk.csv", later);

            async Task<long> CheckedAsync(string name, string text)
            {
                await using var file = new MemoryStream(Encoding.UTF8.GetBytes(text));
                var id = await imports.UploadAsync(name, file, file.Length, null, cancellationToken);
                var plan = (await imports.GetAsync(id, cancellationToken))!.Plan;
                await imports.SetPlanAsync(id, plan with
                {
                    Columns = new Dictionary<string, int> { [ImportFields.GivenName] = 0, [ImportFields.FamilyName] = 1,
                    [ImportFields.Email] = 2, [ImportFields.Country] = 3 },
                    Match = MatchKey.Email,
                }, cancellationToken);
                await runner.CheckAsync(id, _silence, cancellationToken);
                return id;
            }
        });
    }

    private Task AsAsync<T>(DemoUser user, Func<T, Task> work)
        where T : notnull => AsAsync(user, services => work(services.GetRequiredService<T>()));

    /// <summary>Works as a member of staff; as the program itself where there is no such user.</summary>
    private async Task AsAsync(DemoUser user, Func<IServiceProvider, Task> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(user.Id is { } id ? new Actor(id, user.Name, null, ActorOrigin.Job)
            : Actor.System(DemoCustomers.ActorName));
        await work(scope.ServiceProvider);
    }

    private sealed record Known(long Id, string Name, string Email);

    private sealed class Silence : IProgress<JobProgress>
    {
        public void Report(JobProgress value)
        {
        }
    }
}
