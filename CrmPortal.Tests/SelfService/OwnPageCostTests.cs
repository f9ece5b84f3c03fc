using System.Globalization;
using System.Net;
using CrmPortal.Core.Chats;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Tickets;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.SelfService;

/// <summary>What the pages of a customer cost does not grow with what the customer has.</summary>
public sealed class OwnPageCostTests
{
    /// <summary>Each page by its route: an address of it, and how many statements it may send.</summary>
    internal static readonly Dictionary<string, (string Address, int Most)> Pages = new()
    {
        ["/my"] = ("/my", 19),
        ["/my/orders"] = ("/my/orders", 6),
        ["/my/orders/{id:long}"] = ("/my/orders/{order}", 11),
        ["/my/points"] = ("/my/points", 23),
        ["/my/messages"] = ("/my/messages", 4),
        ["/my/messages/new"] = ("/my/messages/new", 2),
        ["/my/messages/{id:long}"] = ("/my/messages/{ticket}", 5),
        ["/my/messages/chats/{id:long}"] = ("/my/messages/chats/{chat}", 4),
        ["/my/profile"] = ("/my/profile", 7),
        ["/my/addresses"] = ("/my/addresses", 6),
        ["/my/addresses/new"] = ("/my/addresses/new", 6),
        ["/my/addresses/{id:long}"] = ("/my/addresses/{address}", 6),
        ["/my/consents"] = ("/my/consents", 5),
        ["/my/data"] = ("/my/data", 2),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Pages_WithFewAndWithManyRows_SendTheSameFewStatements(DatabaseKind kind)
    {
        await using var shop = await OwnShop.OpenAsync(kind);
        var ticket = await FillAsync(shop, 0, 2);
        var address = await shop.AsStaffAsync(staff => staff.Get<AddressService>().SaveAsync(shop.Ada.Id, null, new()
        {
            Line1 = "Street 1", City = "Leeds", Country = "GB",
        }, Token));
        var places = new Dictionary<string, long>
        {
            ["{order}"] = shop.Ada.OrderId, ["{ticket}"] = ticket, ["{chat}"] = shop.Ada.ChatId,
            ["{address}"] = address!.Customer.Addresses[0].Id,
        };
        var browser = await shop.BrowserOfAsync(shop.Ada);

        var few = await CountAsync(shop, browser, places);
        await FillAsync(shop, 2, 40);
        var many = await CountAsync(shop, browser, places);

        Assert.All(Pages, page =>
        {
            Assert.True(few[page.Key].Count == many[page.Key].Count, $"{page.Key} sends\n{string.Join("\n\n", few[page.Key])}\n\n==== "
                + $"and with many rows\n\n{string.Join("\n\n", many[page.Key])}");
            Assert.True(many[page.Key].Count <= page.Value.Most, $"{page.Key} sends {many[page.Key].Count} statements, more than "
                + $"{page.Value.Most}:\n{string.Join("\n\n", many[page.Key])}");
        });
    }

    private static async Task<Dictionary<string, List<string>>> CountAsync(OwnShop shop, AccountBrowser browser,
        Dictionary<string, long> places)
    {
        var counts = new Dictionary<string, List<string>>();
        foreach (var (route, (template, _)) in Pages)
        {
            var address = places.Aggregate(template, (path, place) => path.Replace(place.Key,
                place.Value.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
            shop.App.Commands.Clear();
            using var answer = await browser.Http.GetAsync(new Uri(address, UriKind.Relative), Token);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address} answers {answer.StatusCode}.");
            // Whether there is chat is asked now and then, whoever looks.
            counts[route] = [.. shop.App.Commands.OfRequests.Where(s => !s.Contains(ChatDoor.LookingTag, StringComparison.Ordinal))];
        }

        return counts;
    }

    /// <summary>Adds orders, requests with messages and entries of the ledger; the first of the requests.</summary>
    private static async Task<long> FillAsync(OwnShop shop, int from, int count)
    {
        await using var staff = await shop.App.AsRoleAsync(RoleNames.Administrator);
        var first = 0L;
        for (var i = from; i < from + count; i++)
        {
            await staff.Get<OrderService>().CreateAsync(new()
            {
                CustomerId = shop.Ada.Id, ExternalId = $"X-{i}", Status = OrderStatus.Paid,
                Lines = new(new List<OrderLineInput> { new() { ProductCode = $"P-{i}", Name = $"Product {i}", UnitPrice = 10 } }),
            }, Token);
            var ticket = await staff.Get<TicketService>().CreateAsync(new()
            {
                CustomerId = shop.Ada.Id, Subject = $"Question {i}", Text = "What?",
            }, Token);
            if (first == 0) first = ticket.Id;
            await staff.Get<LedgerService>().AdjustAsync(new() { CustomerId = shop.Ada.Id, Points = 5, Reason = "Thanks" }, null, Token);
        }

        return first;
    }
}
