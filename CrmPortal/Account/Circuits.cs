using CrmPortal.Core.Access;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace CrmPortal.Account;

/// <summary>
/// Asks every half minute whether the session of an open page is alive; once it has ended the page's user is nobody, and the
/// router leads to the sign-in.
/// </summary>
internal sealed class CircuitAuthentication(ILoggerFactory logging, IServiceScopeFactory scopes) : RevalidatingServerAuthenticationStateProvider(logging)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(30);

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        if (authenticationState.User.SessionId() is not { } session) return false;
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<SessionService>().FindAsync(session, cancellationToken) is not null;
    }
}

/// <summary>Tells the services of a circuit who acts, before its first component asks.</summary>
internal sealed class CircuitActor(AuthenticationStateProvider authentication, CurrentUser currentUser) : CircuitHandler
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
    }

    private void Set(AuthenticationState state) => currentUser.Set(state.User.Actor(ActorOrigin.Browser, state.User.IpAddress()));
}
