using System.Text.Encodings.Web;
using CrmPortal.Core.Platform.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace CrmPortal.Account;

/// <summary>Signs programs in by opaque tokens, each of which names a session row.</summary>
internal sealed class BearerHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    SessionService sessions, OneTimeTokens links)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Bearer";
    private const string Prefix = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (links.SessionOf(Context) is { } session) return Answer(await sessions.FindAsync(session, Context.RequestAborted));
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return AuthenticateResult.NoResult();
        return Answer(await sessions.FindByAccessTokenAsync(header[Prefix.Length..].Trim(), Context.RequestAborted));
    }

    private AuthenticateResult Answer(SessionUser? user) => user is null
        ? AuthenticateResult.Fail("The token is not valid.")
        : AuthenticateResult.Success(new(SessionClaims.Principal(user, Scheme.Name), Scheme.Name));

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = SchemeName;
        return Task.CompletedTask;
    }
}
