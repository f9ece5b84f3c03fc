using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using AngleSharp.Html.Dom;
using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.SelfService;
using CrmPortal.Core.Tickets;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.SelfService;

/// <summary>The pages of customers with an account, as a browser without script uses them.</summary>
public sealed class OwnPagesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_SeesWhatIsTheirs_AndNothingOfAnybodyElse(DatabaseKind kind)
    {
        await using var shop = await OwnShop.OpenAsync(kind);
        var (ada, bob) = (shop.Ada, shop.Bob);
        var ticket = await shop.AsStaffAsync(async staff => (await staff.Get<TicketService>().CreateAsync(new()
        {
            CustomerId = bob.Id, Subject = "Bob's kettle leaks", Text = "It drips.",
        }, Token)).Id);
        await shop.AsStaffAsync(staff => staff.Get<AddressService>().SaveAsync(bob.Id, null, new()
        {
            Line1 = "Bob Street 1", City = "Leeds", Country = "GB",
        }, Token));
        var address = await shop.Accounts.ReadAsync(db => db.Set<Address>().Select(a => a.Id).SingleAsync(Token));
        var browser = await shop.BrowserOfAsync(ada);

        // Whatever leads customers to the beginning leads to their own pages.
        using (var home = await browser.Http.GetAsync("/", Token)) Assert.Equal("/my", PathOf(home));
        foreach (var path in new[] { "/my", "/my/orders", "/my/points", "/my/messages", "/my/messages/new", "/my/profile", "/my/addresses",
            "/my/addresses/new", "/my/consents", "/my/data", $"/my/orders/{ada.OrderId}", $"/my/messages/chats/{ada.ChatId}" })
        {
            var page = await OwnShop.PageAsync(browser, path);
            Assert.Single(page.QuerySelectorAll("h1"));
            Assert.DoesNotContain("Bob", page.DocumentElement.TextContent, StringComparison.Ordinal);
            Assert.DoesNotContain("Kettle", page.DocumentElement.TextContent, StringComparison.Ordinal);
            Assert.Equal(1, page.QuerySelectorAll("nav.tabs a[aria-current=page]").Length);
        }

        Assert.Contains("W-1001", (await OwnShop.PageAsync(browser, "/my/orders")).Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Teapot", (await OwnShop.PageAsync(browser, $"/my/orders/{ada.OrderId}")).Body!.TextContent,
            StringComparison.Ordinal);
        Assert.Contains("Yes, the Teapot is there.", (await OwnShop.PageAsync(browser, $"/my/messages/chats/{ada.ChatId}")).Body!.TextContent,
            StringComparison.Ordinal);
        foreach (var path in new[] { $"/my/orders/{bob.OrderId}", $"/my/messages/{ticket}", $"/my/messages/chats/{bob.ChatId}",
            $"/my/addresses/{address}", "/my/orders/999999" })
        {
            var missing = await OwnShop.ReadAsync(await browser.Http.GetAsync(path, Token), HttpStatusCode.NotFound);
            Assert.DoesNotContain("Bob", missing.DocumentElement.TextContent, StringComparison.Ordinal);
        }

        // Pages of staff are not theirs, and theirs are not those of staff or of nobody.
        foreach (var path in new[] { "/customers", "/orders", "/tickets", "/settings/users", $"/customers/{ada.Id}" })
            Assert.Equal("/account/denied", await LeadsToAsync(browser, path));
        var visitor = shop.Accounts.OpenBrowser();
        Assert.Equal("/account/login", await LeadsToAsync(visitor, "/my/orders"));
        var staff = await shop.Accounts.AddUserAsync(RoleNames.Administrator);
        using (await visitor.SignInAsync(staff.Email, AccountApp.Password)) Assert.Equal("/account/denied", await LeadsToAsync(visitor, "/my"));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_ChangesProfileAndAddresses_AndLosesNothingTyped(DatabaseKind kind)
    {
        await using var shop = await OwnShop.OpenAsync(kind);
        var browser = await shop.BrowserOfAsync(shop.Ada);

        var wrong = await OwnShop.ReadAsync(await browser.SubmitAsync("/my/profile", "profile", Profile("Ada", "nonsense")));
        Assert.Equal("nonsense", Input(wrong, "input-phone").Value);
        Assert.NotNull(wrong.QuerySelector("#input-phone-error"));
        using (var saved = await browser.SubmitAsync("/my/profile", "profile", Profile("Augusta", "+442071838750")))
            Assert.Equal("/my/profile?done=saved", PathOf(saved));
        var customer = await shop.Accounts.ReadAsync(db => db.Customers.SingleAsync(c => c.Id == shop.Ada.Id, Token));
        Assert.Equal(("Augusta", "Lovelace", "+442071838750", new DateOnly(1985, 12, 10), "es"), (customer.GivenName, customer.FamilyName,
            customer.Phone, customer.DateOfBirth!.Value, customer.Language));

        // Somebody changed the record in between: it is said, and what was typed is still there to be saved.
        var stale = Profile("Countess", "+442071838750");
        stale["Input.Version"] = (customer.Version - 1).ToString(CultureInfo.InvariantCulture);
        var conflict = await OwnShop.ReadAsync(await browser.SubmitAsync("/my/profile", "profile", stale));
        Assert.Equal("Countess", Input(conflict, "input-givenname").Value);
        Assert.Equal(customer.Version.ToString(CultureInfo.InvariantCulture),
            ((IHtmlInputElement)conflict.QuerySelector("input[name='Input.Version']")!).Value);

        var incomplete = await OwnShop.ReadAsync(await browser.SubmitAsync("/my/addresses/new", "address", Address("", "London")));
        Assert.NotNull(incomplete.QuerySelector("#input-line1-error"));
        Assert.Equal("London", Input(incomplete, "input-city").Value);
        using (var added = await browser.SubmitAsync("/my/addresses/new", "address", Address("12 St James's Square", "London")))
            Assert.Equal("/my/addresses?done=saved", PathOf(added));
        var id = await shop.Accounts.ReadAsync(db => db.Set<Address>().Select(a => a.Id).SingleAsync(Token));
        using (var changed = await browser.SubmitAsync($"/my/addresses/{id}", "address", Address("5 Hanover Square", "London")))
            Assert.Equal("/my/addresses?done=saved", PathOf(changed));
        Assert.Equal("5 Hanover Square", await shop.Accounts.ReadAsync(db => db.Set<Address>().Select(a => a.Line1).SingleAsync(Token)));

        // Another customer's address cannot be removed by its number.
        var other = await shop.BrowserOfAsync(shop.Bob);
        using (await other.SubmitAsync("/my/addresses/new", "address", Address("Bob Street 1", "Leeds")))
        using (await other.SubmitAsync("/my/addresses", "addresses", new()
        {
            ["AddressId"] = id.ToString(CultureInfo.InvariantCulture),
        })) Assert.Equal(2, await shop.Accounts.ReadAsync(db => db.Set<Address>().CountAsync(Token)));
        using (await browser.SubmitAsync("/my/addresses", "addresses", new() { ["AddressId"] = id.ToString(CultureInfo.InvariantCulture) }))
            Assert.Equal("Bob Street 1", await shop.Accounts.ReadAsync(db => db.Set<Address>().Select(a => a.Line1).SingleAsync(Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_WritesWithAFile_ReadsTheAnswer_AndSaysThatItIsSettled(DatabaseKind kind)
    {
        await using var shop = await OwnShop.OpenAsync(kind, new() { ["Help:MessagesPerMinute"] = "100" });
        var browser = await shop.BrowserOfAsync(shop.Ada);

        using var sent = await OwnShop.SendAsync(browser, await OwnShop.PageAsync(browser, "/my/messages/new?subject=Order%20W-1001"), new()
        {
            ["Subject"] = "Order W-1001", ["Text"] = "The lid is <b>missing</b>.",
        }, ("lid.txt", "where the lid should be"));
        Assert.Equal(HttpStatusCode.SeeOther, sent.StatusCode);
        var address = PathOf(sent);
        var ticket = await shop.Accounts.ReadAsync(db => db.Tickets.SingleAsync(Token));
        Assert.Equal(($"/my/messages/{ticket.Id}?done=sent", shop.Ada.Id, TicketChannel.Web, TicketState.New),
            (address, ticket.CustomerId, ticket.Channel, ticket.State));
        Assert.Equal([null], await shop.Accounts.ReadAsync(db => db.TicketEvents.Select(e => e.UserId).ToListAsync(Token)));
        var page = await OwnShop.PageAsync(browser, address);
        Assert.Contains("The lid is <b>missing</b>.", page.QuerySelector(".own-words.is-own .help-text")!.TextContent,
            StringComparison.Ordinal);
        var file = page.QuerySelector(".own-words a[download]")!.GetAttribute("href")!;
        Assert.Equal("where the lid should be", await browser.Http.GetStringAsync(new Uri(file, UriKind.Relative), Token));
        var other = await shop.BrowserOfAsync(shop.Bob);
        using (var theirs = await other.Http.GetAsync(file, Token)) Assert.Equal(HttpStatusCode.NotFound, theirs.StatusCode);

        // What staff say among themselves stays there, and an answer that has not left is none yet.
        await shop.AsStaffAsync(async staff =>
        {
            var tickets = staff.Get<TicketService>();
            await tickets.NoteAsync(ticket.Id, "She always complains.", [], Token);
            return await tickets.ReplyAsync(ticket.Id, new() { Text = "A lid is **on its way**.", State = TicketState.Pending }, Token);
        });
        Assert.Single((await OwnShop.PageAsync(browser, address)).QuerySelectorAll(".own-words"));
        shop.Accounts.Clock.Advance(TimeSpan.FromMinutes(1));
        await using (var system = shop.App.AsSystem()) await system.Get<TicketClockwork>().SendDueAsync(Token);
        var answered = await OwnShop.PageAsync(browser, address);
        Assert.Equal("on its way", answered.QuerySelector(".own-words .rich-text strong")!.TextContent);
        Assert.DoesNotContain("complains", answered.DocumentElement.TextContent, StringComparison.Ordinal);

        using (var again = await OwnShop.SendAsync(browser, answered, new() { ["Text"] = "It is here, thank you." }))
            Assert.Equal(address, PathOf(again));
        Assert.Equal(TicketState.Open, await StateAsync(shop, ticket.Id));
        using (await browser.SubmitAsync($"/my/messages/{ticket.Id}", "settled", []))
            Assert.Equal(TicketState.Solved, await StateAsync(shop, ticket.Id));
        var solved = await shop.Accounts.ReadAsync(db => db.TicketEvents.Where(e => e.Kind == TicketEventKind.Solved).SingleAsync(Token));
        Assert.Null(solved.UserId);

        // A request that is closed goes on as a new one.
        await shop.AsStaffAsync(staff => staff.Get<TicketService>().ChangeAsync(ticket.Id, new() { State = TicketState.Closed }, Token));
        using (var late = await OwnShop.SendAsync(browser, await OwnShop.PageAsync(browser, address), new() { ["Text"] = "It broke." }))
        {
            var next = await shop.Accounts.ReadAsync(db => db.Tickets.SingleAsync(t => t.ParentId == ticket.Id, Token));
            Assert.Equal($"/my/messages/{next.Id}?done=sent", PathOf(late));
            Assert.Equal((ticket.Subject, shop.Ada.Id), (next.Subject, next.CustomerId));
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Message_ThatCannotBeTaken_ComesBackWithWhatWasTyped_AndForgedOnesAreRefused(DatabaseKind kind)
    {
        await using var shop = await OwnShop.OpenAsync(kind, new() { ["Help:MessagesPerMinute"] = "2" });
        var browser = await shop.BrowserOfAsync(shop.Ada);
        var form = await OwnShop.PageAsync(browser, "/my/messages/new");

        var blank = await OwnShop.ReadAsync(await OwnShop.SendAsync(browser, form, new() { ["Subject"] = " ", ["Text"] = "Long words" }),
            HttpStatusCode.BadRequest);
        Assert.Equal("Long words", blank.QuerySelector("#message-text")!.TextContent);
        Assert.NotNull(blank.QuerySelector("#message-subject-error"));
        // What comes back can be sent.
        using (var sent = await OwnShop.SendAsync(browser, blank, new() { ["Subject"] = "Now", ["Text"] = "Long words" }))
            Assert.Equal(HttpStatusCode.SeeOther, sent.StatusCode);
        var many = await OwnShop.ReadAsync(await OwnShop.SendAsync(browser, form, new() { ["Subject"] = "Third", ["Text"] = "Kept" }),
            HttpStatusCode.TooManyRequests);
        Assert.Equal("Kept", many.QuerySelector("#message-text")!.TextContent);

        form.QuerySelector("form[enctype] input[type=hidden]")!.SetAttribute("value", "forged");
        using (var forged = await OwnShop.SendAsync(browser, form, new() { ["Subject"] = "Forged", ["Text"] = "x" }))
            Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        using (var json = await browser.Http.PostAsync("/my/messages/new/send", ApiClient.Json("{}"), Token))
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, json.StatusCode);
        Assert.Equal(["Now"], await shop.Accounts.ReadAsync(db => db.Tickets.Select(t => t.Subject).ToListAsync(Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_TakesARewardForTheirPoints_AndNoMoreThanTheyHave(DatabaseKind kind)
    {
        await using var shop = await OwnShop.OpenAsync(kind);
        var reward = await shop.AsStaffAsync(async staff =>
        {
            await staff.Get<LedgerService>().AdjustAsync(new() { CustomerId = shop.Ada.Id, Points = 150, Reason = "Welcome" }, null, Token);
            return (await staff.Get<RewardService>().SaveAsync(null, new() { Name = "Cup of coffee", Price = 100 }, null, Token))!.Part;
        }, RoleNames.Administrator);
        var browser = await shop.BrowserOfAsync(shop.Ada);
        var before = await shop.Accounts.ReadAsync(db => db.LoyaltyAccounts.Where(a => a.CustomerId == shop.Ada.Id).Select(a => a.Balance)
            .SingleAsync(Token));

        var wish = new Dictionary<string, string> { ["RewardId"] = reward.Id.ToString(CultureInfo.InvariantCulture) };
        using var redeemed = await browser.SubmitAsync("/my/points", "redeem", new(wish));
        var redemption = await shop.Accounts.ReadAsync(db => db.RewardRedemptions.SingleAsync(Token));
        Assert.Equal(($"/my/points?code={redemption.Id}", shop.Ada.Id), (PathOf(redeemed), redemption.CustomerId));
        var page = await OwnShop.PageAsync(browser, PathOf(redeemed));
        Assert.Equal(redemption.Code, page.QuerySelector("[role=status] .own-code")!.TextContent.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(before - 100, await shop.Accounts.ReadAsync(db => db.LoyaltyAccounts.Where(a => a.CustomerId == shop.Ada.Id)
            .Select(a => a.Balance).SingleAsync(Token)));

        // The button is gone, and whoever sends its form all the same is told why.
        Assert.Null(page.QuerySelector("button[name=RewardId]"));
        var refused = await OwnShop.ReadAsync(await browser.SubmitAsync("/my/points", "redeem", new(wish)));
        Assert.NotNull(refused.QuerySelector("main [role=alert]"));
        Assert.Equal(1, await shop.Accounts.ReadAsync(db => db.RewardRedemptions.CountAsync(Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_GivesAndWithdrawsConsents_WithTheirNameInTheLedger(DatabaseKind kind)
    {
        await using var shop = await OwnShop.OpenAsync(kind);
        await shop.AsStaffAsync(staff => staff.Get<ConsentWordingService>().AddAsync(ConsentPurpose.Marketing, "en", "I want offers.", Token),
            RoleNames.Administrator);
        var browser = await shop.BrowserOfAsync(shop.Ada);

        foreach (var choice in new[] { "Marketing:Email:give", "Marketing:Email:give", "Profiling:Email:give", "Marketing:Email:withdraw" })
            using (var saved = await browser.SubmitAsync("/my/consents", "consents", new() { ["Choice"] = choice }))
                Assert.Equal("/my/consents?done=1", PathOf(saved));

        // Given twice it is given once, and what has no words cannot be agreed to.
        var entries = await shop.Accounts.ReadAsync(db => db.Consents.OrderBy(c => c.Id).ToListAsync(Token));
        Assert.Equal([(ConsentState.Granted, "Ada", shop.Ada.UserId), (ConsentState.Withdrawn, "Ada", shop.Ada.UserId)],
            entries.Select(c => (c.State, c.ActorName, c.ActorId ?? 0)));
        Assert.All(entries, c => Assert.Equal((ConsentSource.PreferencePage, shop.Ada.Id, ConsentPurpose.Marketing),
            (c.Source, c.CustomerId, c.Purpose)));
        Assert.NotNull(entries[0].WordingId);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_DownloadsACopyOfTheirData_AndItIsNoted(DatabaseKind kind)
    {
        await using var shop = await OwnShop.OpenAsync(kind);
        var browser = await shop.BrowserOfAsync(shop.Ada);
        await shop.AsStaffAsync(async staff =>
        {
            await staff.Get<NoteService>().AddAsync(shop.Ada.Id, "Pays late.", Token);
            return await staff.Get<TicketService>().CreateAsync(new() { CustomerId = shop.Ada.Id, Subject = "Lid", Text = "Missing" }, Token);
        });

        using var answer = await browser.Http.GetAsync("/my/data/file", Token);
        var text = await answer.Content.ReadAsStringAsync(Token);
        var copy = JsonNode.Parse(text)!.AsObject();
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal((1, "Ada", "Ada@example.com"), ((int)copy["format_version"]!, (string)copy["profile"]!["given_name"]!,
            (string)copy["profile"]!["email"]!));
        Assert.Equal(("W-1001", "Teapot", 25.00m), ((string)copy["orders"]![0]!["number"]!, (string)copy["orders"]![0]!["lines"]![0]!["product"]!,
            (decimal)copy["orders"]![0]!["total"]!));
        Assert.Equal("Missing", (string)copy["messages"]![0]!["messages"]![0]!["text"]!);
        Assert.Equal(2, copy["chats"]![0]!["messages"]!.AsArray().Count);
        foreach (var foreign in new[] { "Bob", "Kettle", "Pays late", "password", "hash" })
            Assert.DoesNotContain(foreign, text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, await shop.Accounts.ReadAsync(db => db.AuditEntries.CountAsync(e => e.Fields == "PersonalData"
            && e.CustomerId == shop.Ada.Id && e.ChangeSet!.ActorId == shop.Ada.UserId, Token)));
    }

    [Fact]
    public void Copy_OfPersonalData_NamesEveryKindOfRowsThatNamesACustomer()
    {
        var given = PersonalDataSections.All.Select(s => s.Kind.Name).Append(nameof(Core.Customers.Fields.CustomFieldValue)).ToList();

        var kinds = CustomerParts.All.Select(p => p.Entity.Name).ToList();
        Assert.Empty(kinds.Except(given).Except(PersonalDataSections.LeftOut.Keys));
        Assert.Empty(PersonalDataSections.LeftOut.Keys.Except(kinds).Concat(PersonalDataSections.LeftOut.Keys.Intersect(given)));
        Assert.Equal(given.Count, given.Distinct().Count());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Visitor_MakesAnAccountInTheBrowser_AndFindsTheirOrders(DatabaseKind kind)
    {
        await using var shop = await OwnShop.OpenAsync(kind);
        await using (var system = shop.App.AsSystem())
            await system.Customers.CreateAsync(new() { GivenName = "Cleo", FamilyName = "Known", Email = "cleo@example.com" }, Token);
        var browser = shop.Accounts.OpenBrowser();
        var typed = new Dictionary<string, string>
        {
            ["Input.GivenName"] = "Cleo", ["Input.Email"] = "cleo@example.com", ["Input.Password"] = "short",
        };

        var weak = await OwnShop.ReadAsync(await browser.SubmitAsync("/account/register", "register", new(typed)));
        Assert.NotNull(weak.QuerySelector("#input-password-error"));
        Assert.Equal("cleo@example.com", Input(weak, "input-email").Value);
        typed["Input.Password"] = AccountApp.Password;
        var done = await OwnShop.ReadAsync(await browser.SubmitAsync("/account/register", "register", new(typed)));
        Assert.NotNull(done.QuerySelector("main [role=status]"));
        using (await browser.SignInAsync("cleo@example.com", AccountApp.Password)) Assert.False(await browser.IsSignedInAsync());

        var link = await shop.Accounts.LinkToAsync("cleo@example.com");
        using (await browser.SubmitAsync(link, "confirm", new() { ["Input.Password"] = AccountApp.Password }))
        using (await browser.SignInAsync("cleo@example.com", AccountApp.Password))
        {
            // The record that the shop had is theirs now.
            var profile = await OwnShop.PageAsync(browser, "/my/profile");
            Assert.Equal(("Cleo", "Known"), (Input(profile, "input-givenname").Value, Input(profile, "input-familyname").Value));
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Shop_ThatSwitchesOff_MakesNoAccountsAndLetsNobodyRedeem(DatabaseKind kind)
    {
        await using var shop = await OwnShop.OpenAsync(kind, new()
        {
            ["SelfService:Register"] = "false", ["SelfService:RedeemRewards"] = "false",
        });
        await shop.AsStaffAsync(async staff =>
        {
            await staff.Get<LedgerService>().AdjustAsync(new() { CustomerId = shop.Ada.Id, Points = 150, Reason = "Welcome" }, null, Token);
            return await staff.Get<RewardService>().SaveAsync(null, new() { Name = "Cup of coffee", Price = 100 }, null, Token);
        }, RoleNames.Administrator);

        var visitor = shop.Accounts.OpenBrowser();
        Assert.Null((await OwnShop.PageAsync(visitor, "/account/register")).QuerySelector("form input[name='Input.Email']"));
        Assert.Null((await OwnShop.PageAsync(visitor, "/account/login")).QuerySelector("a[href='/account/register']"));
        var page = await OwnShop.PageAsync(await shop.BrowserOfAsync(shop.Ada), "/my/points");
        Assert.Contains("Cup of coffee", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Null(page.QuerySelector("button[name=RewardId]"));
    }

    /// <summary>Where an answer leads, without the host.</summary>
    private static string PathOf(HttpResponseMessage answer) => new Uri(new("https://localhost"), answer.Headers.Location!).PathAndQuery;

    private static async Task<string> LeadsToAsync(AccountBrowser browser, string path)
    {
        using var answer = await browser.Http.GetAsync(path, Token);
        return answer.Headers.Location is { } location ? new Uri(browser.Http.BaseAddress!, location).AbsolutePath
            : answer.StatusCode.ToString();
    }

    private static Task<TicketState> StateAsync(OwnShop shop, long ticket) =>
        shop.Accounts.ReadAsync(db => db.Tickets.Where(t => t.Id == ticket).Select(t => t.State).SingleAsync(Token));

    private static IHtmlInputElement Input(IHtmlDocument page, string id) => (IHtmlInputElement)page.QuerySelector("#" + id)!;

    private static Dictionary<string, string> Profile(string name, string phone) => new()
    {
        ["Input.GivenName"] = name, ["Input.FamilyName"] = "Lovelace", ["Input.Phone"] = phone, ["Input.DateOfBirth"] = "1985-12-10",
        ["Input.Gender"] = "Female", ["Input.Language"] = "es",
    };

    private static Dictionary<string, string> Address(string line, string city) => new()
    {
        ["Input.Type"] = "Shipping", ["Input.Line1"] = line, ["Input.City"] = city, ["Input.PostalCode"] = "SW1Y 4JH",
        ["Input.Country"] = "GB",
    };
}
