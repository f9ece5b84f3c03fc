using System.Globalization;
using CrmPortal.Account;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using CrmPortal.E2E.Support;
using CrmPortal.Hosting;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Site))]

namespace CrmPortal.E2E.Support;

/// <summary>The program on a port of its own, with the demo data of Development, and one browser; both serve the whole run.</summary>
public sealed class Site : IAsyncLifetime
{
    private const string NoBrowser = "No Chromium is installed (set CHROMIUM to its path), so the tests in a browser are skipped.";

    /// <summary>The one without a window of its own first: it draws pages alike, and no frame around them.</summary>
    private static readonly string?[] Chromiums =
        [Environment.GetEnvironmentVariable("CHROMIUM"), "/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync",
        // All pages are ours, so one process may draw several of them: starting one for each takes a tenth of the whole run.
        "--disable-site-isolation-trials", "--disable-features=IsolateOrigins,site-per-process", "--process-per-site",
            "--renderer-process-limit=1", "--in-process-gpu", "--num-raster-threads=1",
    ];

    /// <summary>Milliseconds until something that is waited for counts as missing: longer than one save may wait for another.</summary>
    public const int Patience = 45_000;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, string> _signedIn = [];
    private Task<string>? _published;
    private readonly string _folder = Directory.CreateTempSubdirectory("crmportal-e2e-").FullName;
    private Program? _program;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The e-mails of the demo accounts, by role.</summary>
    public static IReadOnlyDictionary<string, string> Accounts { get; } = DemoAccountsStep.Accounts.ToDictionary(a => a.Role, a => a.Email);

    public static string Password => DemoAccountsStep.Password;

    /// <summary>Where screenshots and what else people may want to look at is kept.</summary>
    public static string Artifacts { get; } = Path.Combine(FindRepository(), "artifacts");

    /// <summary>Without a slash at the end.</summary>
    public string Url { get; private set; } = "";

    internal PostOffice Post { get; private set; } = null!;

    public IServiceProvider Services => _program!.Services;

    public IBrowser Browser
    {
        get
        {
            if (_browser is null) Assert.Skip(NoBrowser);
            return _browser!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        Post = await PostOffice.OpenAsync();
        _program = new Program(_folder, Post.Port);
        _program.UseKestrel(0);
        _program.StartServer();
        // Passkeys work on the name, not on the number.
        Url = _program.ClientOptions.BaseAddress.ToString().Replace("127.0.0.1", "localhost", StringComparison.Ordinal).TrimEnd('/');
        // The demo shop is completed beside the first visits; tests shall find it complete.
        await _program.Services.GetServices<IHostedService>().OfType<DemoWorker>().Single().ExecuteTask!;
        await AlwaysOpenAsync();
        if (Chromiums.FirstOrDefault(File.Exists) is not { } chromium) return;
        _playwright = await Playwright.CreateAsync();
        SetDefaultExpectTimeout(Patience);
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = Arguments });
    }

    /// <summary>On Sundays there would be nobody to chat with.</summary>
    private async Task AlwaysOpenAsync()
    {
        await using var db = Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        var always = BusinessHours.Always.ToJson();
        await db.SupportCalendars.ExecuteUpdateAsync(c => c.SetProperty(x => x.HoursJson, always));
    }

    /// <summary>The cookies of somebody who signed in through the page, kept for the tests that come after.</summary>
    public async Task<string?> SignedInAsync(string? role)
    {
        if (role is null) return null;
        await _gate.WaitAsync();
        try
        {
            if (_signedIn.TryGetValue(role, out var state)) return state;
            await using var context = await Browser.NewContextAsync(new() { Locale = "en-GB" });
            var page = await context.NewPageAsync();
            await page.GotoAsync(Url + "/account/login");
            await SignInAsync(page, Accounts[role], Password);
            // Customers begin at their own pages.
            await Expect(page).ToHaveURLAsync(Url + (role == RoleNames.Customer ? "/my" : "/"));
            return _signedIn[role] = await context.StorageStateAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The folder of the program as it is published, for tests that start it as a process of its own.</summary>
    internal async Task<string> PublishedAsync()
    {
        await _gate.WaitAsync();
        try
        {
            return await (_published ??= PublishedNode.PublishAsync(Path.Combine(_folder, "published")));
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Fills the sign-in page in and sends it.</summary>
    public static async Task SignInAsync(IPage page, string email, string password)
    {
        await page.GetByLabel("E-mail", new() { Exact = true }).FillAsync(email);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_program is not null) await _program.DisposeAsync();
        await Post.DisposeAsync();
        _gate.Dispose();
        await PostgresCluster.StopAsync();
        SqliteConnection.ClearAllPools();
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // A page that was open to the end may write a last draft while the folder goes; no test is concerned, and the rest lies among
            // the system's temporary files.
        }
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CrmPortal.sln"))) folder = folder.Parent;
        return folder?.FullName ?? AppContext.BaseDirectory;
    }

    /// <param name="smtpPort">Of the mail server, where there is one; else mails are written as files.</param>
    private sealed class Program(string folder, int? smtpPort) : WebApplicationFactory<global::Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder) => builder
            .UseEnvironment("Development")
            .UseSetting("Database:DataFolder", folder)
            .UseSetting("ConnectionStrings:Crm", $"Data Source={Path.Combine(folder, "e2e.db")}")
            .ConfigureTestServices(services =>
            {
                services.AddSingleton<IInterceptor, RemoteAnswers>();
                services.AddSingleton(s => new Mailbox(smtpPort is null
                    ? new FileSender(Path.Combine(folder, "mail"), s.GetRequiredService<IOptions<MailOptions>>())
                    : ActivatorUtilities.CreateInstance<SmtpSender>(s)));
                services.AddSingleton<IMailSender>(s => s.GetRequiredService<Mailbox>());
            })
            .UseSetting($"{SupportOptions.Section}:{nameof(SupportOptions.IntakeKey)}", PostOffice.IntakeKey)
            .UseSetting("Mail:Smtp:Host", smtpPort is null ? "" : "127.0.0.1")
            .UseSetting("Mail:Smtp:Port", (smtpPort ?? 587).ToString(CultureInfo.InvariantCulture))
            .UseSetting("Mail:Smtp:UseTls", "false")
            // All tests come from one address.
            .UseSetting($"{SignInLimits.Section}:{nameof(SignInLimits.PerMinute)}", "1000")
            .UseSetting("Logging:LogLevel:Default", "Warning")
            .UseSetting("Logging:LogLevel:Microsoft.Hosting.Lifetime", "Warning");
    }
}
