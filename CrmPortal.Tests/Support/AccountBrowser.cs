using System.Collections.Concurrent;
using System.Net;
using AngleSharp.Html.Parser;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Mail;
using CrmPortal.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CrmPortal.Tests.Support;

/// <summary>Keeps the mails that the program sends.</summary>
internal sealed class SentMails : IMailSender
{
    public ConcurrentQueue<OutgoingMail> All { get; } = [];

    public Task SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        All.Enqueue(mail);
        return Task.CompletedTask;
    }
}

/// <summary>The program with a clock that a test moves and mails that it can read, and browsers to try its accounts with.</summary>
internal sealed class AccountApp : IAsyncDisposable
{
    public const string Password = "a sentence that is long";

    private AccountApp(TestApp app, TestClock clock, SentMails mails) => (App, Clock, Mails) = (app, clock, mails);

    public TestApp App { get; }

    public TestClock Clock { get; }

    public SentMails Mails { get; }

    /// <param name="settings">Beside those of every test.</param>
    public static async Task<AccountApp> StartAsync(DatabaseKind kind, Dictionary<string, string>? settings = null)
    {
        var (clock, mails) = (new TestClock(), new SentMails());
        var app = await TestApp.StartAsync(kind, settings: new(settings ?? []) { ["SignIn:PerMinute"] = "1000" }, configure: services =>
        {
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
            services.Replace(ServiceDescriptor.Singleton<IMailSender>(mails));
        });
        return new(app, clock, mails);
    }

    /// <summary>A new user with a default role and <see cref="Password"/>.</summary>
    public async Task<User> AddUserAsync(string role)
    {
        var made = await TestUsers.CreateAsync(App.Services, role);
        await using var scope = App.AsSystem();
        var users = scope.Get<UserManager<User>>();
        var user = (await users.FindByEmailAsync(made.Email))!;
        var result = await users.AddPasswordAsync(user, Password);
        Assert.True(result.Succeeded);
        return user;
    }

    public AccountBrowser OpenBrowser() => new(App.CreateClient());

    /// <summary>The link of the newest mail to somebody; waits until it is sent.</summary>
    public async Task<string> LinkToAsync(string email)
    {
        await App.Services.GetRequiredService<MailWorker>().SendDueAsync(CancellationToken.None);
        // The program's own worker may have been faster, and be still at it.
        for (var i = 0; i < 1200 && await ReadAsync(db => db.OutgoingMails.AnyAsync(m => m.SentAt == null)); i++) await Task.Delay(50);
        var mail = Mails.All.Last(m => m.To == email);
        return new Uri(mail.Text.Split('\n').First(l => l.StartsWith("http", StringComparison.Ordinal)).Trim()).PathAndQuery;
    }

    public async Task<T> ReadAsync<T>(Func<CrmDbContext, Task<T>> read)
    {
        await using var db = App.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        return await read(db);
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

/// <summary>Fills forms in as a browser without script does.</summary>
internal sealed class AccountBrowser(HttpClient http)
{
    public HttpClient Http => http;

    public Task<HttpResponseMessage> SignInAsync(string email, string password) =>
        SubmitAsync("/account/login", "login", new() { ["Input.Email"] = email, ["Input.Password"] = password });

    /// <summary>Loads a page and posts the form of this name with its hidden fields.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string page, string form, Dictionary<string, string> values)
    {
        var html = await new HtmlParser().ParseDocumentAsync(await http.GetStringAsync(new Uri(page, UriKind.Relative)));
        var found = html.QuerySelectorAll("form").First(f => f.QuerySelector($"input[name=_handler][value='{form}']") is not null);
        foreach (var hidden in found.QuerySelectorAll("input[type=hidden]"))
            values.TryAdd(hidden.GetAttribute("name")!, hidden.GetAttribute("value") ?? "");
        using var content = new FormUrlEncodedContent(values);
        return await http.PostAsync(new Uri(page, UriKind.Relative), content);
    }

    /// <summary>Whether the browser's cookie opens a page that needs a sign-in.</summary>
    public async Task<bool> IsSignedInAsync()
    {
        using var answer = await http.GetAsync(new Uri("/account", UriKind.Relative));
        return answer.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>The sentence of the page's message.</summary>
    public static async Task<string?> MessageAsync(HttpResponseMessage answer)
    {
        var html = await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStringAsync());
        return html.QuerySelector("main [role=alert]:not([data-passkey-message]), main [role=status]")?.TextContent.Trim();
    }
}
