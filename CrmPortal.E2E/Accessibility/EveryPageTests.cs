using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using CrmPortal.E2E.Support;
using CrmPortal.Layout;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Accessibility;

/// <summary>Every page of the program, in both themes, wide and narrow, keeps WCAG A and AA as far as axe can tell.</summary>
public sealed class EveryPageTests(Site site, EveryPageTests.Windows windows) : BrowserTest(site), IClassFixture<EveryPageTests.Windows>
{
    private const string Nobody = "";

    /// <summary>The width of most desks, for people who look at the pictures.</summary>
    private const int OnPictures = 1440;

    /// <summary>The first ones of the database; those of other tests come and go.</summary>
    private const int DemoCustomers = 1_000;

    /// <summary>The pages that the navigation does not lead to by themselves, or that have more to show by another address.</summary>
    private static readonly Dictionary<string, (string Role, string Path)> Others = new()
    {
        ["/customers/{id:long}"] = (RoleNames.Manager, "/customers/{customer}"),
        ["/customers/{id:long}/as-at"] = (RoleNames.Manager, "/customers/{customer}/as-at"),
        ["/customers/{id:long}/segments"] = (RoleNames.Manager, "/customers/{customer}/segments"),
        ["/segments/{id:long}"] = (RoleNames.Manager, "/segments/1"),
        ["/segments/groups/{id:long}"] = (RoleNames.Manager, "/segments/groups/4"),
        ["/segments/compare"] = (RoleNames.Manager, "/segments/compare"),
        ["/segments/rfm/moves"] = (RoleNames.Manager, "/segments/rfm/moves?from=1&to=5&was=loyal&is=champion"),
        ["/reports/{name}"] = (RoleNames.Manager, "/reports/orders"),
        ["/reports/kept/{id:long}"] = (RoleNames.Manager, "/reports/kept/1"),
        ["/customers/merge"] = (RoleNames.Manager, "/customers/merge?ids={customer},{other}"),
        ["/orders/new"] = (RoleNames.Staff, "/orders/new?customer={customer}"),
        ["/orders/{id:long}"] = (RoleNames.Staff, "/orders/{order}"),
        ["/loyalty/programme/{Id:long}"] = (RoleNames.Manager, "/loyalty/programme/{draft}"),
        ["/loyalty/redemptions"] = (RoleNames.Staff, "/loyalty/redemptions?customer={customer}"),
        ["/loyalty/what-if"] = (RoleNames.Manager, "/loyalty/what-if?version={draft}"),
        ["/orders/{id:long}/edit"] = (RoleNames.Staff, "/orders/{order}/edit"),
        ["/imports/{Id:long}"] = (RoleNames.Manager, "/imports/{import}"),
        ["/articles/{id:long}"] = (RoleNames.SupportAgent, "/articles/4"),
        ["/help"] = (Nobody, "/help"),
        ["/help/{language}"] = (Nobody, "/help/es"),
        ["/help/{language}/contact"] = (Nobody, "/help/en/contact"),
        ["/help/{language}/search"] = (Nobody, "/help/en/search?q=refund"),
        ["/help/{language}/{category}"] = (Nobody, "/help/en/points"),
        ["/help/{language}/{category}/{article}"] = (Nobody, "/help/en/returns/send-something-back"),
        ["/settings/users/{Id:long}"] = (RoleNames.Administrator, "/settings/users/{user}"),
        ["/tickets/{id:long}"] = (RoleNames.SupportAgent, "/tickets/8"),
        ["/chat/{id:long}"] = (RoleNames.SupportAgent, "/chat/1"),
        // What a link that is no longer good leads to.
        ["/feedback/{id:long}/{signature}"] = (Nobody, "/feedback/1/old"),
        ["/network"] = (RoleNames.Administrator, "/network"),
        ["/confirm/{token}"] = (Nobody, "/confirm/old"),
        ["/preferences/{token}"] = (Nobody, "/preferences/old"),
        ["/account/login"] = (Nobody, "/account/login"),
        ["/account/login-code"] = (Nobody, "/account/login-code"),
        ["/account/denied"] = (RoleNames.Customer, "/account/denied"),
        ["/account/forgot-password"] = (Nobody, "/account/forgot-password"),
        ["/account/reset-password"] = (Nobody, "/account/reset-password"),
        ["/account/invitation"] = (Nobody, "/account/invitation"),
        ["/account/confirm"] = (Nobody, "/account/confirm?user=1&token=old"),
        ["/account/email"] = (Nobody, "/account/email?user=1&token=old"),
        ["/account/register"] = (Nobody, "/account/register"),
        ["/my"] = (RoleNames.Customer, "/my"),
        ["/my/orders"] = (RoleNames.Customer, "/my/orders"),
        ["/my/orders/{id:long}"] = (RoleNames.Customer, "/my/orders/{own-order}"),
        ["/my/points"] = (RoleNames.Customer, "/my/points"),
        ["/my/messages"] = (RoleNames.Customer, "/my/messages"),
        ["/my/messages/new"] = (RoleNames.Customer, "/my/messages/new?subject=Order"),
        ["/my/messages/{id:long}"] = (RoleNames.Customer, "/my/messages/{own-ticket}"),
        // What is not theirs is not there.
        ["/my/messages/chats/{id:long}"] = (RoleNames.Customer, "/my/messages/chats/999999"),
        ["/my/profile"] = (RoleNames.Customer, "/my/profile"),
        ["/my/addresses"] = (RoleNames.Customer, "/my/addresses"),
        ["/my/addresses/new"] = (RoleNames.Customer, "/my/addresses/new"),
        ["/my/addresses/{id:long}"] = (RoleNames.Customer, "/my/addresses/999999"),
        ["/my/consents"] = (RoleNames.Customer, "/my/consents"),
        ["/my/data"] = (RoleNames.Customer, "/my/data"),
        // There are administrators, so this is the page for what is not there.
        ["/setup"] = (Nobody, "/setup"),
        ["/not-found"] = (RoleNames.Staff, "/not-found"),
        ["/error"] = (Nobody, "/error"),
    };

    /// <summary>
    /// Each page of the route table: who opens it, and by which address. Pages of the navigation are here by themselves, seen by whoever
    /// sees most on them; any other page that is missing here fails a test below.
    /// </summary>
    private static readonly Dictionary<string, (string Role, string Path)> Pages = NavigationMap.All
        .Where(e => !Others.ContainsKey(e.Address)).ToDictionary(e => e.Address, e => (RoleNames.Administrator, e.Address))
        .Concat(Others).ToDictionary();

    public static TheoryData<string> Routes => [.. Pages.Keys];

    protected override string PictureName => "Page";

    protected override bool KeepsLastPicture => false;

    [Fact]
    public void Pages_OfTheRouteTable_AreAllTried()
    {
        var routes = Site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<ComponentTypeMetadata>() is not null)
            .Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/')).Distinct().Order(StringComparer.Ordinal).ToList();

        Assert.Equal(routes, Pages.Keys.Order(StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(Routes))]
    public async Task Page_InBothThemesWideAndNarrow_HasNoAccessibilityFault(string route)
    {
        // A page may answer that something is not there, or not allowed; it has to be readable all the same.
        Expecting("40[134]");
        var (role, path) = Pages[route];
        var page = await LeadAsync(role, await AddressAsync(path));
        await Expect(page.Locator("h1").First).ToBeVisibleAsync();
        await WaitUntilStillAsync(page);
        await Axe.LoadAsync(page);
        await Axe.AssertCleanAsync(page, path, async (theme, width) =>
        {
            if (!IsKept(theme, width)) return;
            if (width == Wide && PicturesAreWanted) await page.SetViewportSizeAsync(width = OnPictures, 900);
            await PictureAsync(page, $"{path}.{theme}.{width.ToString(CultureInfo.InvariantCulture)}");
        });
    }

    /// <summary>
    /// Opens the first page of a role, and leads from it to the others as a link does: loading each anew takes longer than looking at it.
    /// </summary>
    private async Task<IPage> LeadAsync(string role, string address)
    {
        if (role == Nobody || IsPlain(address)) return await OpenAsync(role == Nobody ? null : role, address, bypassContentPolicy: true);
        if (!windows.TryGetValue(role, out var page))
            return windows[role] = await OpenAsync(role, address, bypassContentPolicy: true, isKept: true);
        Watch(page);
        await page.SetViewportSizeAsync(Wide, 800);
        await page.EvaluateAsync(
            "address => { document.querySelector('h1').dataset.former = ''; Blazor.navigateTo(address); }", address);
        await Expect(page.Locator("h1[data-former]")).ToHaveCountAsync(0);
        await WaitUntilUsableAsync(page);
        return page;
    }

    /// <summary>Each theme and each width once: enough to see what a page is like.</summary>
    private static bool IsKept(Theme theme, int width) => (theme, width) is (Theme.Light, Wide) or (Theme.Dark, Narrow);

    private async Task<string> AddressAsync(string path)
    {
        await using var db = Site.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        if (path.Contains("{customer}", StringComparison.Ordinal))
        {
            // The one with the most on their page.
            var id = await db.Customers.Where(c => c.DeletedAt == null && c.Id <= DemoCustomers)
                .OrderByDescending(c => c.Addresses.Count + c.Notes.Count + c.Tags.Count).ThenBy(c => c.Id).Select(c => c.Id).FirstAsync();
            path = path.Replace("{customer}", id.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }

        if (path.Contains("{other}", StringComparison.Ordinal))
        {
            var id = await db.Customers.Where(c => c.DeletedAt == null && c.Id <= DemoCustomers)
                .OrderByDescending(c => c.Addresses.Count + c.Notes.Count + c.Tags.Count).ThenBy(c => c.Id).Select(c => c.Id).Skip(1)
                .FirstAsync();
            path = path.Replace("{other}", id.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }

        if (path.Contains("{order}", StringComparison.Ordinal))
        {
            // One of which something came back.
            var id = await db.RefundLines.Where(l => l.OrderId != null).OrderBy(l => l.Id).Select(l => l.OrderId!.Value).FirstAsync();
            path = path.Replace("{order}", id.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }

        if (path.Contains("{own-", StringComparison.Ordinal))
        {
            var own = await db.Users.Where(u => u.Email == Site.Accounts[RoleNames.Customer]).Select(u => u.CustomerId).FirstAsync();
            var order = await db.Orders.Where(o => o.CustomerId == own).OrderBy(o => o.Id).Select(o => o.Id).FirstAsync();
            var ticket = await db.Tickets.Where(t => t.CustomerId == own).OrderBy(t => t.Id).Select(t => t.Id).FirstAsync();
            path = path.Replace("{own-order}", order.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("{own-ticket}", ticket.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }

        if (path.Contains("{draft}", StringComparison.Ordinal))
        {
            var services = Site.Services.CreateScope().ServiceProvider;
            services.GetRequiredService<CurrentUser>().Set(Actor.System("tests"));
            var programmes = services.GetRequiredService<ProgrammeService>();
            var usual = new ProgrammeRules { Categories = new Dictionary<string, decimal> { ["Tea"] = 2 },
                Campaigns = [new("Spring", new(2026, 3, 1), new(2026, 3, 31))], SignUpBonus = 50 };
            var draft = (await programmes.ListAsync(CancellationToken.None)).FirstOrDefault(p => p.Name == "For the eye")
                ?? (await programmes.SaveDraftAsync(null, "For the eye", usual, null, CancellationToken.None))!.Part;
            path = path.Replace("{draft}", draft.Id.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }

        if (path.Contains("{import}", StringComparison.Ordinal))
        {
            var imports = Site.Services.CreateScope().ServiceProvider;
            imports.GetRequiredService<CurrentUser>().Set(Actor.System("tests"));
            await using var file = new MemoryStream("email,name,name\na@example.com,Ada,x\n"u8.ToArray());
            var id = await imports.GetRequiredService<ImportService>().UploadAsync("people.csv", file, null, null, CancellationToken.None);
            path = path.Replace("{import}", id.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }

        if (path.Contains("{user}", StringComparison.Ordinal))
        {
            var id = await db.Users.OrderBy(u => u.Id).Select(u => u.Id).LastAsync();
            path = path.Replace("{user}", id.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }

        return path;
    }

    /// <summary>The window of each role, which serves all its pages.</summary>
    public sealed class Windows : Dictionary<string, IPage>, IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var page in Values) await page.Context.CloseAsync();
        }
    }
}
