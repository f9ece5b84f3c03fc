using System.Text.Json.Serialization;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Platform.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Account;

/// <summary>Sign-in of programs: opaque tokens, each naming a session that is looked up with every request.</summary>
internal static class AuthEndpoints
{
    private const string LoginExample = """{ "email": "jane@example.com", "password": "a sentence that is long" }""";
    private const string TokenExample =
        """{ "access_token": "At3…", "token_type": "Bearer", "expires_in": 1800, "refresh_token": "Rt8…" }""";

    public static void MapAuth(this WebApplication app)
    {
        var group = app.MapGroup("/api/auth").WithTags("Auth").WithMetadata(ApiContract.Core);
        group.MapPost("/login", LoginAsync).AllowAnonymous().WithName("Login")
            .WithSummary("Sign in with e-mail or user name and password; returns an access token and a refresh token")
            .WithDescription("If the account has a second factor and the request has no code, the answer is 401 with two_factor_required.")
            .WithExample(LoginExample, 200, TokenExample).AnswersProblems(400, 401, 429);
        group.MapPost("/refresh", RefreshAsync).AllowAnonymous().WithName("Refresh")
            .WithSummary("Exchange a refresh token for new tokens; a token used twice ends the session")
            .WithDescription("Each refresh token is good for one use; keep the new one.")
            .WithExample("""{ "refresh_token": "Rt8…" }""", 200, TokenExample).AnswersProblems(400, 401, 429);
        group.MapPost("/logout", LogoutAsync).WithName("Logout").WithSummary("End the session of the access token")
            .WithDescription("Needs any account. The access token and its refresh token end at once.");
    }

    private static async Task<Ok<TokenAnswer>> LoginAsync(LoginRequest request, HttpContext http, SignInService signIn, SignInGuard guard,
        SessionService sessions, CancellationToken cancellationToken)
    {
        await guard.DemandNotExceededAsync(http);
        if (string.IsNullOrWhiteSpace(request.Email ?? request.UserName) || string.IsNullOrEmpty(request.Password))
            throw new ApiException(StatusCodes.Status400BadRequest, "email (or username) and password are required.");
        var step = await signIn.ByPasswordAsync(http, request.Email ?? request.UserName, request.Password, cancellationToken);
        if (step.User is not { } user) throw Refused(SignInService.Refusal);
        if (step.Progress == SignInProgress.NeedsCode)
        {
            if (string.IsNullOrWhiteSpace(request.TwoFactorCode))
                throw new ApiException(StatusCodes.Status401Unauthorized, "A two-factor code is required.") { IsCodeMissing = true };
            if (!await signIn.ByCodeAsync(http, user, request.TwoFactorCode, cancellationToken))
                throw Refused("The two-factor code is wrong.");
        }

        await signIn.NoteAsync(user, step.Progress == SignInProgress.NeedsCode ? SignedInBy.PasswordAndCode : SignedInBy.Password,
            cancellationToken);
        return Answer(http, await sessions.StartApiAsync(user, http.Connection.RemoteIpAddress?.ToString(), http.Request.Headers.UserAgent,
            cancellationToken));
    }

    private static async Task<Ok<TokenAnswer>> RefreshAsync(RefreshRequest request, HttpContext http, SignInGuard guard,
        SessionService sessions, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(request.RefreshToken))
            throw new ApiException(StatusCodes.Status400BadRequest, "refresh_token is required.");
        if (await sessions.RefreshAsync(request.RefreshToken, cancellationToken) is { } tokens) return Answer(http, tokens);
        // Only wrong ones count: a program behind a shared address may renew as often as it needs.
        await guard.DemandNotExceededAsync(http);
        throw Refused("The refresh token is not valid.");
    }

    private static async Task<NoContent> LogoutAsync(HttpContext http, SessionService sessions, CancellationToken cancellationToken)
    {
        if (http.User.SessionId() is { } session) await sessions.EndAsync(session, cancellationToken);
        return TypedResults.NoContent();
    }

    private static Ok<TokenAnswer> Answer(HttpContext http, SessionTokens tokens)
    {
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new TokenAnswer(tokens.AccessToken, "Bearer", (int)tokens.AccessLifetime.TotalSeconds, tokens.RefreshToken));
    }

    private static ApiException Refused(string detail) => new(StatusCodes.Status401Unauthorized, detail);
}

/// <summary>E-mail or user name, password, and the code of the second factor where the account asks for one.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record LoginRequest(
    [property: JsonPropertyName("email")] string? Email,
    [property: JsonPropertyName("password")] string? Password,
    [property: JsonPropertyName("username")] string? UserName = null,
    [property: JsonPropertyName("two_factor_code")] string? TwoFactorCode = null);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RefreshRequest([property: JsonPropertyName("refresh_token")] string? RefreshToken);

internal sealed record TokenAnswer(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("token_type")] string TokenType,
    [property: JsonPropertyName("expires_in")] int ExpiresIn,
    [property: JsonPropertyName("refresh_token")] string RefreshToken);
