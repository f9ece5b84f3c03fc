using System.Security.Claims;
using CrmPortal.Core.Platform.Access;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace CrmPortal.Account;

/// <summary>
/// Asks every half minute whether the session of an open page is alive; once it has ended the page's user is nobody, and the
/// router leads to the sign-in.
/// </summary>
internal sealed partial class CircuitAuthentication(ILoggerFactory logging,
    IServiceScopeFactory scopes) : RevalidatingServerAuthenticationStateProvider(logging)
{
    private readonly ILogger _logger = logging.CreateLogger<CircuitAuthentication>();

    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(30);

    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState,
        CancellationToken cancellationToken) =>
        IsAliveAsync(authenticationState.User, cancellationToken);

    /// <summary>Whether the session has not ended, as far as that can be known.</summary>
    internal async Task<bool> IsAliveAsync(ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (user.SessionId() is not { } session) return false;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<SessionService>().FindAsync(session, cancellationToken) is not null;
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // Not known is not ended: an exception here would sign everybody out, and their forms would be lost. Whatever the page
            // does meanwhile, the services look at the session themselves.
            LogUnknown(fault);
            return true;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether a session is alive could not be read; it is asked again")]
    private partial void LogUnknown(Exception fault);
}

/// <summary>Tells the services of a circuit who acts, before its first component asks.</summary>
internal sealed partial class CircuitActor(AuthenticationStateProvider authentication, CurrentUser currentUser,
    ILogger<CircuitActor> logger) : CircuitHandler
{
    public override async Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        authentication.AuthenticationStateChanged += OnChanged;
        Set(await authentication.GetAuthenticationStateAsync());
    }

    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        authentication.AuthenticationStateChanged -= OnChanged;
        return Task.CompletedTask;
    }

    private async void OnChanged(Task<AuthenticationState> state)
    {
        try
        {
            Set(await state);
        }
        catch (OperationCanceledException)
        {
            // The circuit is closing.
        }
        catch (Exception fault)
        {
            // Nobody waits for this call, so a fault would end the program. Who cannot be known is nobody.
            LogNobody(fault);
            currentUser.Set(Actor.Anonymous);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The user of a circuit could not be read")]
    private partial void LogNobody(Exception fault);

    private void Set(AuthenticationState state) => currentUser.Set(state.User.Actor(ActorOrigin.Browser, state.User.IpAddress()));
}
