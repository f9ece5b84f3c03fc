using System.Net.Http.Headers;
using CrmPortal.Core.Platform.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Support;

/// <summary>The whole program on a fresh database, reached by HTTP without a network.</summary>
internal sealed class TestApp : WebApplicationFactory<Program>
{
    private readonly string _environment;
    private readonly Dictionary<string, string> _settings;
    private readonly Action<IServiceCollection>? _configure;

    private TestApp(TestDatabase database, string environment, Dictionary<string, string> settings, Action<IServiceCollection>? configure)
    {
        (Database, _environment, _settings, _configure) = (database, environment, settings, configure);
        ClientOptions.AllowAutoRedirect = false;
        ClientOptions.BaseAddress = new("https://localhost");
    }

    public TestDatabase Database { get; }

    /// <summary>The statements that the program sent.</summary>
    public CommandCounter Commands { get; } = new();

    /// <summary>Starts the program.</summary>
    /// <param name="settings">As in appsettings.json, with colons, such as <c>Shop:Country</c>.</param>
    public static async Task<TestApp> StartAsync(
        DatabaseKind kind = DatabaseKind.Sqlite, string environment = "Production", Dictionary<string, string>? settings = null,
            Action<IServiceCollection>? configure = null)
    {
        var app = new TestApp(await TestDatabase.CreateAsync(kind), environment, settings ?? [], configure);
        _ = app.Server;
        return app;
    }

    /// <summary>A client that sends the token of a new user with a default role.</summary>
    public async Task<HttpClient> ClientAsAsync(string role) => await ClientAsAsync(await TestUsers.CreateAsync(Services, role));

    /// <summary>A client that sends the token of this user.</summary>
    public async Task<HttpClient> ClientAsAsync(User user)
    {
        await using var scope = Services.CreateAsyncScope();
        var tokens = await scope.ServiceProvider.GetRequiredService<SessionService>()
            .StartApiAsync(user, "127.0.0.1", "tests", CancellationToken.None);
        var client = CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.AccessToken);
        return client;
    }

    /// <summary>A scope in which a new user of a role acts.</summary>
    public async Task<TestScope> AsRoleAsync(string role) =>
        new(Services.CreateAsyncScope(), await TestUsers.SignInAsync(Services, await TestUsers.CreateAsync(Services, role)));

    /// <summary>A scope of the program itself.</summary>
    public TestScope AsSystem() => new(Services.CreateAsyncScope(), Actor.System("tests"));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Database.DisposeAsync();
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(_environment)
            .UseSetting("Database:Provider", Database.Options.Provider)
            .UseSetting("Database:DataFolder", Database.Options.DataFolder)
            .UseSetting("ConnectionStrings:Crm", Database.Options.ConnectionString)
            .UseSetting("Logging:LogLevel:Default", "Warning")
            .UseSetting("Logging:LogLevel:Microsoft.Hosting.Lifetime", "Warning")
            // Values that are taken already are refused with a sentence; the data layer reports them as faults first.
            .UseSetting("Logging:LogLevel:Microsoft.EntityFrameworkCore.Update", "None");
        foreach (var (name, value) in _settings) builder.UseSetting(name, value);
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton<IInterceptor>(Commands);
            services.AddSingleton<IStartupFilter>(new CountedRequests(Commands));
            // What a password costs to hash is looked at where the program runs with its own settings, in the journeys.
            services.Configure<PasswordHasherOptions>(o => o.IterationCount = 1_000);
            _configure?.Invoke(services);
        });
    }
}

/// <summary>Tells the counter which statements are those of requests.</summary>
internal sealed class CountedRequests(CommandCounter commands) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(request => context =>
        {
            commands.BeginRequest();
            return request(context);
        });
        next(app);
    };
}
