using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using CrmPortal.Core.Chats;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.SelfService;

/// <summary>A shop with two customers who have an account, each with an order and a chat.</summary>
internal sealed class OwnShop : IAsyncDisposable
{
    private OwnShop(AccountApp accounts) => Accounts = accounts;

    public AccountApp Accounts { get; }

    public TestApp App => Accounts.App;

    public OwnCustomer Ada { get; private set; } = null!;

    public OwnCustomer Bob { get; private set; } = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<OwnShop> OpenAsync(DatabaseKind kind, Dictionary<string, string>? settings = null)
    {
        var shop = new OwnShop(await AccountApp.StartAsync(kind, settings));
        shop.Ada = await shop.AddAsync("Ada", "W-1001", "Teapot");
        shop.Bob = await shop.AddAsync("Bob", "W-2002", "Kettle");
        return shop;
    }

    /// <summary>A browser in which a customer is signed in.</summary>
    public async Task<AccountBrowser> BrowserOfAsync(OwnCustomer customer)
    {
        var browser = Accounts.OpenBrowser();
        using var signedIn = await browser.SignInAsync(customer.Email, AccountApp.Password);
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        return browser;
    }

    /// <summary>Does something as the member of staff with a role.</summary>
    public async Task<T> AsStaffAsync<T>(Func<TestScope, Task<T>> work, string role = RoleNames.SupportAgent)
    {
        await using var staff = await App.AsRoleAsync(role);
        return await work(staff);
    }

    public static async Task<IHtmlDocument> ReadAsync(HttpResponseMessage answer, HttpStatusCode status = HttpStatusCode.OK)
    {
        using (answer)
        {
            var html = await answer.Content.ReadAsStringAsync(Token);
            Assert.True(answer.StatusCode == status, $"{answer.StatusCode} {answer.Headers.Location} {html}");
            return await new HtmlParser().ParseDocumentAsync(html, Token);
        }
    }

    public static async Task<IHtmlDocument> PageAsync(AccountBrowser browser, string address) =>
        await ReadAsync(await browser.Http.GetAsync(address, Token));

    /// <summary>Sends a form with files as a browser does.</summary>
    public static async Task<HttpResponseMessage> SendAsync(AccountBrowser browser, IHtmlDocument page, Dictionary<string, string> typed,
        params (string Name, string Content)[] files)
    {
        var form = page.QuerySelector("form[enctype]")!;
        using var content = new MultipartFormDataContent();
        foreach (var hidden in form.QuerySelectorAll("input[type=hidden]"))
            content.Add(new StringContent(hidden.GetAttribute("value") ?? ""), hidden.GetAttribute("name")!);
        foreach (var (name, text) in typed) content.Add(new StringContent(text), name);
        foreach (var (name, text) in files)
        {
            var part = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(text));
            part.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"file\"; filename=\"{name}\"");
            part.Headers.TryAddWithoutValidation("Content-Type", "text/plain");
            content.Add(part);
        }

        return await browser.Http.PostAsync(form.GetAttribute("action"), content, Token);
    }

    public ValueTask DisposeAsync() => Accounts.DisposeAsync();

    private async Task<OwnCustomer> AddAsync(string name, string orderNumber, string product)
    {
        var user = await Accounts.AddUserAsync(RoleNames.Customer);
        await using var system = App.AsSystem();
        var customer = (await system.Customers.CreateAsync(new() { GivenName = name, Email = $"{name}@example.com" }, Token)).Customer;
        var order = (await system.Get<OrderService>().CreateAsync(new()
        {
            CustomerId = customer.Id, ExternalId = orderNumber, Status = OrderStatus.Paid,
            Lines = new(new List<OrderLineInput> { new() { ProductCode = product, Name = product, Quantity = 2, UnitPrice = 12.50m } }),
        }, Token)).Order;
        await using var db = App.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        await db.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(u => u.SetProperty(x => x.CustomerId, customer.Id)
            .SetProperty(x => x.DisplayName, name), Token);
        var now = Accounts.Clock.GetUtcNow();
        var chat = new Chat
        {
            CustomerId = customer.Id, KeyHash = Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N"), Language = "en",
            State = ChatState.Ended, StartedAt = now, EndedAt = now, LastMessageAt = now,
        };
        chat.Messages.Add(new() { Kind = ChatMessageKind.Visitor, At = now, Text = $"Do you have a {product}?" });
        chat.Messages.Add(new() { Kind = ChatMessageKind.Agent, At = now, AuthorName = "Abel Agent", Text = $"Yes, the {product} is there." });
        db.Set<Chat>().Add(chat);
        await db.SaveChangesAsync(Token);
        return new(customer.Id, user.Id, user.Email, order.Id, chat.Id);
    }
}

/// <summary>A customer with an account.</summary>
internal sealed record OwnCustomer(long Id, long UserId, string Email, long OrderId, long ChatId);
