using System.Net;
using System.Text.Json.Nodes;
using CrmPortal.Core.Consents;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Tickets;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.SelfService;

/// <summary>What a customer's app does with the token of their account.</summary>
public sealed class OwnApiTests
{
    private const string Me = "/api/customers/customers/me";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_WritesReadsAndSettlesRequests_AndFindsNobodyElses(DatabaseKind kind)
    {
        await using var shop = await OwnShop.OpenAsync(kind);
        using var ada = await ClientAsync(shop, shop.Ada);
        using var bob = await ClientAsync(shop, shop.Bob);

        var created = await ada.SendAsync(HttpMethod.Post, Me + "/tickets", """{"subject":"Lid","text":"It is missing."}""");
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var id = (long)(await created.ReadAsync())["id"]!;
        Assert.Equal($"{Me}/tickets/{id}", created.Headers.Location!.ToString());
        foreach (var (path, body) in new[] { ($"/tickets/{id}", null), ($"/tickets/{id}/messages", """{"text":"Mine?"}"""),
            ($"/tickets/{id}/solve", "{}") })
            await (await bob.SendAsync(body is null ? HttpMethod.Get : HttpMethod.Post, Me + path, body))
                .ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(0, (int)(await (await bob.GetAsync(Me + "/tickets", Token)).ReadAsync())["total"]!);

        var answered = await (await ada.SendAsync(HttpMethod.Post, $"{Me}/tickets/{id}/messages/", """{"text":"Found it."}""")).ReadAsync();
        Assert.Equal(["It is missing.", "Found it."], answered["messages"]!.AsArray().Select(m => (string)m!["text"]!));
        var solved = await (await ada.SendAsync(HttpMethod.Post, $"{Me}/tickets/{id}/solve")).ReadAsync();
        Assert.Equal("solved", (string)solved["state"]!);
        var blank = await (await ada.SendAsync(HttpMethod.Post, Me + "/tickets", """{"subject":" ","text":""}"""))
            .ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(["subject", "text"], blank["errors"]!.AsObject().Select(e => e.Key).Order(StringComparer.Ordinal));
        Assert.Equal(2, await shop.Accounts.ReadAsync(db => db.TicketMessages.CountAsync(m => m.TicketId == id, Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_SetsConsentsAllOrNone(DatabaseKind kind)
    {
        await using var shop = await OwnShop.OpenAsync(kind);
        await shop.AsStaffAsync(staff => staff.Get<ConsentWordingService>().AddAsync(ConsentPurpose.Marketing, "en", "I want offers.", Token),
            RoleNames.Administrator);
        using var ada = await ClientAsync(shop, shop.Ada);

        await (await ada.SendAsync(HttpMethod.Put, Me + "/consents", """
            {"consents":[{"purpose":"marketing","channel":"email","is_given":true},{"purpose":"profiling","channel":"email","is_given":true}]}
            """)).ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(0, await shop.Accounts.ReadAsync(db => db.Consents.CountAsync(Token)));
        var set = await (await ada.SendAsync(HttpMethod.Put, Me + "/consents", """
            {"consents":[{"purpose":"marketing","channel":"email","is_given":true},{"purpose":"marketing","channel":"sms","is_given":false}]}
            """)).ReadAsync();

        var current = Assert.Single(set["current"]!.AsArray());
        Assert.Equal(("marketing", "email", "granted"), ((string)current!["purpose"]!, (string)current["channel"]!,
            (string)current["state"]!));
        Assert.Equal("I want offers.", (string)set["wordings"]![0]!["text"]!);
        Assert.Equal(ConsentSource.Api, await shop.Accounts.ReadAsync(db => db.Consents.Select(c => c.Source).SingleAsync(Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_RedeemsOnceForOneKey_AndSeesTheirCodes(DatabaseKind kind)
    {
        await using var shop = await OwnShop.OpenAsync(kind);
        var reward = await shop.AsStaffAsync(async staff =>
        {
            foreach (var customer in new[] { shop.Ada, shop.Bob })
                await staff.Get<LedgerService>().AdjustAsync(new() { CustomerId = customer.Id, Points = 500, Reason = "Welcome" }, null, Token);
            return (await staff.Get<RewardService>().SaveAsync(null, new() { Name = "Cup of coffee", Price = 100 }, null, Token))!.Part;
        }, RoleNames.Administrator);
        using var ada = await ClientAsync(shop, shop.Ada);

        var codes = new List<string>();
        for (var i = 0; i < 2; i++)
            codes.Add((string)(await (await ada.SendAsync(HttpMethod.Post, $"{Me}/rewards/{reward.Id}/redeem", null,
                ("Idempotency-Key", "coffee-1"))).ReadAsync())["code"]!);
        var listed = JsonNode.Parse(await ada.GetStringAsync(Me + "/rewards/codes", Token))!.AsArray();

        Assert.Single(codes.Distinct());
        Assert.Equal([codes[0]], listed.Select(c => (string)c!["code"]!));
        Assert.Equal(shop.Ada.Id, await shop.Accounts.ReadAsync(db => db.RewardRedemptions.Select(r => r.CustomerId).SingleAsync(Token)));
        await (await ada.SendAsync(HttpMethod.Post, Me + "/rewards/999/redeem")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Copy_OfAPersonsData_IsForThemAndForStaffWithBothRights(DatabaseKind kind)
    {
        await using var shop = await OwnShop.OpenAsync(kind);
        using var ada = await ClientAsync(shop, shop.Ada);
        using var manager = await shop.App.ClientAsAsync(RoleNames.Manager);
        using var masked = await shop.App.ClientAsAsync(await TestUsers.CreateAsync(shop.App.Services, "Exports only",
            [Permissions.CustomersView, Permissions.CustomersExport]));

        var own = JsonNode.Parse(await ada.GetStringAsync(Me + "/export", Token))!.AsObject();
        var asked = JsonNode.Parse(await manager.GetStringAsync($"/api/customers/{shop.Ada.Id}/export", Token))!.AsObject();
        own.Remove("written_at");
        asked.Remove("written_at");

        Assert.Equal(own.ToJsonString(), asked.ToJsonString());
        await (await masked.GetAsync($"/api/customers/{shop.Ada.Id}/export", Token)).ProblemAsync(HttpStatusCode.Forbidden);
        await (await ada.GetAsync($"/api/customers/{shop.Bob.Id}/export", Token)).ProblemAsync(HttpStatusCode.Forbidden);
        await (await manager.GetAsync("/api/customers/999999/export", Token)).ProblemAsync(HttpStatusCode.NotFound);
    }

    private static async Task<HttpClient> ClientAsync(OwnShop shop, OwnCustomer customer) =>
        await shop.App.ClientAsAsync(await shop.Accounts.ReadAsync(db => db.Users.SingleAsync(u => u.Id == customer.UserId, Token)));
}
