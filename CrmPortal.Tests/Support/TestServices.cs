using System.Globalization;
using CrmPortal.Core;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Reports;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Outbox;
using CrmPortal.Core.Tickets;
using CrmPortal.Core.Verification;
using CrmPortal.Hosting.DataProtection;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Support;

/// <summary>The services of Core on a database of the test, with a clock that the test moves.</summary>
internal sealed class TestServices : IAsyncDisposable
{
    private static int _roleCount;
    private readonly ServiceProvider _provider;
    private readonly bool _ownsDatabase;

    private TestServices(TestDatabase database, TestClock clock, Action<IServiceCollection>? configure, bool ownsDatabase)
    {
        (Database, Clock, _ownsDatabase) = (database, clock, ownsDatabase);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton<IInterceptor>(Commands);
        services.Configure<ShopOptions>(_ => { });
        services.AddCrmCore(database.Options);
        services.AddScoped<IAccountLetters, TestLetters>();
        services.AddSingleton<ICustomerLetters>(Letters);
        services.AddSingleton<IReportLetters, TestReportLetters>();
        services.AddSingleton<ISurveyLetters, TestSurveyLetters>();
        services.AddSingleton<IContactLetters, TestContactLetters>();
        services.AddSingleton<ISmsSender>(Sms);
        services.AddSingleton<Core.Tickets.IMailboxProbe, TestMailboxProbe>();
        services.AddSingleton<ISecretProtector>(new SecretProtector(new EphemeralDataProtectionProvider()));
        configure?.Invoke(services);
        Registrations = services;
        // That everything can be made is looked at once, by the test of registrations: here it would be most of what a small test costs.
        _provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
    }

    public TestDatabase Database { get; }

    public TestClock Clock { get; }

    /// <summary>What customers were sent.</summary>
    public TestCustomerLetters Letters { get; } = new();

    public TestSms Sms { get; } = new();

    /// <summary>The statements that these services sent.</summary>
    public CommandCounter Commands { get; } = new();

    public IServiceProvider Root => _provider;

    /// <summary>What all these services were made from.</summary>
    public IEnumerable<ServiceDescriptor> Registrations { get; }

    /// <summary>Services on a fresh database. Skips the test where the engine is not installed.</summary>
    public static async Task<TestServices> CreateAsync(DatabaseKind kind, Action<IServiceCollection>? configure = null) =>
        new(await TestDatabase.CreateAsync(kind), new TestClock(), configure, ownsDatabase: true);

    /// <summary>A second program on a database that somebody else removes.</summary>
    public static TestServices On(TestDatabase database, TestClock clock, Action<IServiceCollection>? configure = null) =>
        new(database, clock, configure, ownsDatabase: false);

    public T Get<T>()
        where T : notnull => _provider.GetRequiredService<T>();

    /// <summary>A scope of the program itself, which may do everything.</summary>
    public TestScope AsSystem() => As(Actor.System("tests"));

    /// <summary>A scope in which nobody is signed in.</summary>
    public TestScope AsNobody() => As(Actor.Anonymous);

    /// <summary>A scope of this actor.</summary>
    public TestScope As(Actor actor) => new(_provider.CreateAsyncScope(), actor);

    /// <summary>A scope of a new user who is signed in and holds just these permissions.</summary>
    public async Task<TestScope> AsAsync(params string[] permissions)
    {
        var role = string.Create(CultureInfo.InvariantCulture, $"Role {Interlocked.Increment(ref _roleCount)}");
        return As(await TestUsers.SignInAsync(_provider, await TestUsers.CreateAsync(_provider, role, permissions)));
    }

    /// <summary>A scope of a new user who is signed in and holds a default role.</summary>
    public async Task<TestScope> AsRoleAsync(string role) =>
        As(await TestUsers.SignInAsync(_provider, await TestUsers.CreateAsync(_provider, role)));

    /// <summary>Creates a customer as the program itself; without arguments they have a name only.</summary>
    public async Task<CustomerDetails> AddCustomerAsync(string? given = "Ada", string? family = "Lovelace", string? email = null,
        string? phone = null, params string[] tags)
    {
        await using var system = AsSystem();
        return (await system.Customers.CreateAsync(
            new() { GivenName = given, FamilyName = family, Email = email, Phone = phone, Tags = tags }, CancellationToken.None)).Customer;
    }

    /// <summary>Reads the database directly.</summary>
    public async Task<T> ReadAsync<T>(Func<CrmDbContext, Task<T>> read)
    {
        await using var db = Get<IDatabaseProvider>().CreateContext(null);
        return await read(db);
    }

    /// <summary>Changes the database directly, past services and recorder.</summary>
    public async Task WriteAsync(Func<CrmDbContext, Task> write)
    {
        await using var db = Get<IDatabaseProvider>().CreateContext(null);
        await write(db);
        await db.SaveChangesAsync();
    }

    /// <summary>Hands over all events that wait.</summary>
    public async Task DispatchAsync()
    {
        while (await Get<OutboxDispatcher>().DispatchAsync(CancellationToken.None) > 0)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        if (_ownsDatabase) await Database.DisposeAsync();
    }
}

/// <summary>The services of one scope, as a circuit or a request has them, with its actor.</summary>
internal sealed class TestScope : IAsyncDisposable
{
    private readonly AsyncServiceScope _scope;

    public TestScope(AsyncServiceScope scope, Actor actor)
    {
        _scope = scope;
        Actor = actor;
        Get<CurrentUser>().Set(actor);
    }

    public Actor Actor { get; }

    public long UserId => Actor.UserId ?? throw new InvalidOperationException("This scope has no user.");

    public CustomerService Customers => Get<CustomerService>();

    public CustomerFinder Finder => Get<CustomerFinder>();

    public CustomerTrash Trash => Get<CustomerTrash>();

    public IServiceProvider Services => _scope.ServiceProvider;

    public T Get<T>()
        where T : notnull => _scope.ServiceProvider.GetRequiredService<T>();

    /// <summary>A context that records changes as those of this scope's actor.</summary>
    public CrmDbContext OpenContext() => Get<IDbContextFactory<CrmDbContext>>().CreateDbContext();

    public ValueTask DisposeAsync() => _scope.DisposeAsync();
}

/// <summary>Stands for the mails that the web program words.</summary>
internal sealed class TestLetters : IAccountLetters
{
    public (string Subject, string Text) Invitation(User user) => ("Invitation", "Welcome");

    public (string Subject, string Text) Registration(User user) => ("Confirm your e-mail", "Welcome");

    public (string Subject, string Text) NewEmail(User user, string email) => ("Confirm your new e-mail", "Welcome");

    public (string Subject, string Text) EmailLeaves(User user) => ("A new e-mail", "Welcome");

    public (string Subject, string Text) EmailStays(User holder) => ("Your e-mail", "Welcome");
}
