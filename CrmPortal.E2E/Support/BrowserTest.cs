using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Support;

public enum Theme { Light, Dark }

/// <summary>
/// A test in the browser. What it leaves on the screen is kept as a picture; an error in the browser's console or a request
/// that failed fails the test, unless it said that it expects it.
/// </summary>
public abstract partial class BrowserTest(Site site) : IAsyncDisposable
{
    public const int Wide = 1280;
    public const int Narrow = 390;

    private static readonly string[] PlainPages = ["/account/", "/confirm/", "/feedback/", "/preferences/", "/help/", "/chat/frame", "/my"];

    private readonly List<IPage> _pages = [];
    private readonly ConcurrentQueue<string> _faults = [];
    private readonly List<Regex> _expected = [];

    /// <summary>Pictures cost seconds each, and in most runs nobody looks at them.</summary>
    protected static bool PicturesAreWanted => Environment.GetEnvironmentVariable("CRM_PICTURES") == "1";

    protected Site Site => site;

    /// <summary>A name for the pictures of this test.</summary>
    protected virtual string PictureName => Unfit().Replace($"{GetType().Name}.{TestContext.Current.TestMethod?.MethodName}", "-");

    /// <summary>Whether what is on the screen at the end is kept; not where the test itself keeps pictures of all there is.</summary>
    protected virtual bool KeepsLastPicture => true;

    /// <summary>Says that the browser may report this, since it is what the test is about.</summary>
    protected void Expecting(string pattern) => _expected.Add(new Regex(pattern));

    /// <summary>
    /// Opens a page as somebody with the role, or as a visitor, in a browser window of their own, and waits until it can be used.
    /// </summary>
    /// <param name="isKept">Whether somebody else closes the window.</param>
    protected async Task<IPage> OpenAsync(string? role, string path = "/", Theme theme = Theme.Light, int width = Wide,
        bool bypassContentPolicy = false, bool isKept = false)
    {
        var context = await Site.Browser.NewContextAsync(new()
        {
            StorageState = await Site.SignedInAsync(role),
            ViewportSize = new() { Width = width, Height = width == Narrow ? 844 : 800 },
            Locale = "en-GB",
            TimezoneId = "Europe/London",
            ReducedMotion = ReducedMotion.Reduce,
            BypassCSP = bypassContentPolicy,
        });
        await context.AddCookiesAsync([new() { Name = "crm-theme", Value = theme == Theme.Dark ? "dark" : "light", Url = Site.Url }]);
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(Site.Patience);
        Watch(page);
        if (!isKept) _pages.Add(page);
        await GoAsync(page, path);
        return page;
    }

    /// <summary>Closes the window of a page at the end, and keeps a picture of it where the test has failed.</summary>
    protected void Keep(IPage page) => _pages.Add(page);

    /// <summary>Goes to a path and waits until the page can be used.</summary>
    protected async Task GoAsync(IPage page, string path)
    {
        await page.GotoAsync(Site.Url + path);
        await WaitUntilUsableAsync(page);
    }

    /// <summary>Waits until the page answers clicks; the pages of accounts are plain ones that do so at once.</summary>
    protected static async Task WaitUntilUsableAsync(IPage page)
    {
        await page.WaitForLoadStateAsync(LoadState.DOMContentLoaded);
        if (IsPlain(new Uri(page.Url).AbsolutePath)) return;
        await page.WaitForFunctionAsync(
            "() => document.documentElement.dataset.interactive === 'true' && !document.querySelector('form[inert], main [aria-busy=true]')");
    }

    /// <summary>Whether a page has no circuit.</summary>
    protected static bool IsPlain(string path) =>
        path is "/setup" or "/account" or "/error" or "/help" || PlainPages.Any(p => path.StartsWith(p, StringComparison.Ordinal));

    /// <summary>
    /// Waits until nothing has changed on the page for a quarter of a second: what comes in by the circuit is no request that could be
    /// waited for. A page that never rests is looked at as it is after some seconds.
    /// </summary>
    protected static Task WaitUntilStillAsync(IPage page) => page.EvaluateAsync(
        """
        () => new Promise(still => {
          const rest = () => setTimeout(end, 250), observer = new MutationObserver(() => { clearTimeout(timer); timer = rest(); });
          const end = () => { clearTimeout(timer); clearTimeout(last); observer.disconnect(); still(); };
          const last = setTimeout(end, 5000);
          let timer = rest();
          observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
        })
        """);

    /// <summary>Chooses from a select, by what it shows.</summary>
    protected static async Task ChooseAsync(ILocator select, string choice)
    {
        await select.ClickAsync();
        // The list finds its place beside the field only after it has opened.
        await Expect(select).ToHaveAttributeAsync("aria-expanded", "true");
        await WaitUntilStillAsync(select.Page);
        await select.Page.Locator(".mud-popover-open").GetByRole(AriaRole.Option, new() { Name = choice, Exact = true }).ClickAsync();
        await Expect(select).ToHaveValueAsync(choice);
    }

    /// <summary>Chooses files as soon as the control hears of them, which is a moment after the page can be used.</summary>
    protected static async Task ChooseFilesAsync(IPage page, string control, params FilePayload[] files)
    {
        await WaitForFileControlAsync(page, control);
        await page.Locator(control).SetInputFilesAsync(files);
    }

    /// <summary>Waits until Blazor's control for files listens; the property is one that it sets then.</summary>
    protected static Task WaitForFileControlAsync(IPage page, string control) =>
        page.WaitForFunctionAsync("c => document.querySelector(c)?._blazorInputFileNextFileId !== undefined", control);

    /// <summary>The path of a customer of the test's own, since those of the demo data serve every test that runs beside it.</summary>
    protected async Task<string> AddCustomerAsync(string given, string family, string? email = null, string? phone = null)
    {
        await using var scope = Site.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(Actor.System("tests"));
        var added = await scope.ServiceProvider.GetRequiredService<CustomerService>()
            .CreateAsync(new() { GivenName = given, FamilyName = family, Email = email, Phone = phone },
            TestContext.Current.CancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"/customers/{added.Customer.Id}");
    }

    /// <summary>A user of the test's own: what they did last, and whether they may sign in, is nobody else's.</summary>
    protected async Task<(string Email, string Password)> AddUserAsync(string role)
    {
        await using var scope = Site.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(Actor.System("tests"));
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var email = $"own-{Guid.NewGuid():N}@demo.example";
        const string password = "A-long-password-2026";
        Assert.True((await users.CreateAsync(new User { UserName = email, Email = email, EmailConfirmed = true, DisplayName = "Own user" },
            password)).Succeeded);
        Assert.True((await users.AddToRoleAsync((await users.FindByEmailAsync(email))!, role)).Succeeded);
        return (email, password);
    }

    /// <summary>Opens the portal as a user of the test's own.</summary>
    protected async Task<IPage> OpenAsOwnUserAsync(string email, string password)
    {
        var page = await OpenAsync(null, "/account/login");
        await Site.SignInAsync(page, email, password);
        await Expect(page).ToHaveURLAsync(Site.Url + "/");
        await WaitUntilUsableAsync(page);
        return page;
    }

    /// <summary>
    /// Keeps a picture of the page under artifacts/screenshots, where pictures are wanted (<c>CRM_PICTURES=1</c>) or the test has failed.
    /// </summary>
    protected async Task PictureAsync(IPage page, string name)
    {
        if (!PicturesAreWanted && TestContext.Current.TestState?.Result != TestResult.Failed) return;
        var folder = Directory.CreateDirectory(Path.Combine(Site.Artifacts, "screenshots")).FullName;
        await page.ScreenshotAsync(new() { Path = Path.Combine(folder, Unfit().Replace($"{PictureName}.{name}", "-") + ".png"),
            FullPage = true });
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var (number, page) in _pages.Index())
        {
            if (KeepsLastPicture && !page.IsClosed) await PictureAsync(page, "end-" + (number + 1).ToString(CultureInfo.InvariantCulture));
            await page.Context.CloseAsync();
        }

        Assert.DoesNotContain(_faults, fault => !_expected.Any(e => e.IsMatch(fault)));
    }

    /// <summary>Takes note of everything on the page that should not be.</summary>
    protected void Watch(IPage page)
    {
        page.Console += (_, message) =>
        {
            if (message.Type == "error") _faults.Enqueue($"console: {message.Text} ({message.Location})");
        };
        page.PageError += (_, fault) => _faults.Enqueue("script: " + fault);
        page.RequestFailed += (_, request) =>
        {
            // The browser gives up what it was loading when the test goes on to another page.
            if (request.Failure != "net::ERR_ABORTED") _faults.Enqueue($"request: {request.Method} {request.Url} {request.Failure}");
        };
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
                _faults.Enqueue(
                $"answer: {response.Status.ToString(CultureInfo.InvariantCulture)} {response.Request.Method} {response.Url}");
        };
    }

    [GeneratedRegex("[^A-Za-z0-9.-]+")]
    private static partial Regex Unfit();
}
