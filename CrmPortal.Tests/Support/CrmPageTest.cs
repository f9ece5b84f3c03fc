using System.Globalization;
using System.Reflection;
using System.Security.Claims;
using Bunit;
using Bunit.TestDoubles;
using CrmPortal.Account;
using CrmPortal.Core;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Core.Reports;
using CrmPortal.Core.Verification;
using CrmPortal.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MudBlazor;

namespace CrmPortal.Tests.Support;

/// <summary>
/// Tests of components with the real services and a real database behind them; only sign-in and the browser are stood in for.
/// </summary>
public abstract class CrmPageTest : BunitContext, IAsyncLifetime
{
    /// <summary>A page that is slow on a busy machine is not wrong.</summary>
    static CrmPageTest() => DefaultWaitTimeout = TimeSpan.FromSeconds(30);

    private TestServices? _data;
    private BunitAuthorizationContext? _authorization;

    /// <summary>The same database seen from elsewhere: to put data in, to look at it, or to act as somebody else.</summary>
    private protected TestServices Data => _data ?? throw new InvalidOperationException("The test has not begun.");

    /// <summary>Lets statements of the page fail.</summary>
    private protected FaultyCommands Faults { get; } = new();

    /// <summary>The statements of the page.</summary>
    private protected CommandCounter Commands { get; } = new();

    /// <summary>The dialogs over the page, which the layout has beside it.</summary>
    private protected IRenderedComponent<MudDialogProvider> Dialogs { get; private set; } = null!;

    /// <summary>The lists and calendars that are open over the page.</summary>
    private protected IRenderedComponent<MudPopoverProvider> Popovers { get; private set; } = null!;

    /// <summary>The member of staff who looks at the page.</summary>
    private protected Actor Me { get; private set; } = Actor.Anonymous;

    public virtual async ValueTask InitializeAsync()
    {
        _data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        JSInterop.Mode = JSRuntimeMode.Loose;
        JSInterop.Setup<Dictionary<string, string>>("crm.drafts.read", _ => true).SetResult([]);
        Services.AddLogging();
        Services.AddSingleton<TimeProvider>(_data.Clock);
        Services.Configure<ShopOptions>(_ => { });
        Services.AddSingleton<IInterceptor>(Faults);
        Services.AddSingleton<IInterceptor>(Commands);
        Services.AddCrmCore(_data.Database.Options);
        Services.Replace(ServiceDescriptor.Singleton(_data.Get<INodeChannel>()));
        Services.AddSingleton(_data.Get<ISecretProtector>());
        Services.AddSingleton(_data.Get<ICustomerLetters>());
        Services.AddSingleton(_data.Get<IReportLetters>());
        Services.AddSingleton(_data.Get<ISmsSender>());
        Services.AddScoped<IAccountLetters, TestLetters>();
        Services.AddSingleton<Core.Tickets.IMailboxProbe, TestMailboxProbe>();
        Services.AddLocalization();
        AddOwnServices();
        _authorization = this.AddAuthorization();
        SetRendererInfo(new("Server", isInteractive: true));
    }

    public override IRenderedComponent<TComponent> Render<TComponent>(
        Action<ComponentParameterCollectionBuilder<TComponent>>? parameterBuilder = null)
    {
        if (Dialogs is null)
        {
            Popovers = base.Render<MudPopoverProvider>();
            Dialogs = base.Render<MudDialogProvider>();
        }

        return base.Render(parameterBuilder);
    }

    /// <summary>Chooses from a select by what it shows.</summary>
    private protected async Task ChooseAsync(IRenderedComponent<IComponent> where, string select, string choice)
    {
        await where.Find(select).MouseDownAsync(new());
        Popovers.WaitForElement(".mud-list-item");
        await Popovers.FindAll(".mud-list-item").Single(i => i.TextContent.Trim() == choice).ClickAsync(new());
    }

    /// <summary>Lets a new user of a role look at the pages that the test renders; comes before the first rendering.</summary>
    protected Task SignInAsync(string role) => SignInAsync(role, Permissions.DefaultRoles[role]);

    /// <summary>Lets a new user with just these permissions look at the pages.</summary>
    protected Task SignInWithAsync(params string[] permissions) => SignInAsync("Role " + string.Join(' ', permissions), permissions);

    private async Task SignInAsync(string role, IReadOnlyList<string> permissions)
    {
        Me = await TestUsers.SignInAsync(Data.Root, await TestUsers.CreateAsync(Data.Root, role, permissions));
        _authorization!.SetAuthorized(Me.Name);
        _authorization.SetRoles(role);
        _authorization.SetPolicies([.. permissions]);
        _authorization.SetClaims(
            new Claim(ClaimTypes.NameIdentifier, Me.UserId!.Value.ToString(CultureInfo.InvariantCulture)),
            new Claim("session", Me.SessionId!.Value.ToString(CultureInfo.InvariantCulture)));
        Services.GetRequiredService<CurrentUser>().Set(Me);
    }

    /// <summary>Adds what the program registers itself; the framework's own services are stood in for by bUnit.</summary>
    private void AddOwnServices()
    {
        var program = new ServiceCollection();
        program.AddCrmScreens();
        program.AddCrmAccounts();
        Assembly[] own = [typeof(Program).Assembly, typeof(MudDialogProvider).Assembly];
        foreach (var service in program.Where(s => own.Contains(s.ServiceType.Assembly)))
            ((ICollection<ServiceDescriptor>)Services).Add(service);
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        if (_data is not null) await _data.DisposeAsync();
    }
}
