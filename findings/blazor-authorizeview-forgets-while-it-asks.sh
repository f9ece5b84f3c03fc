#!/usr/bin/env bash
# Blazor's AuthorizeView removes what it shows, and makes it anew, each time that its parent is drawn, where the answer of its policy takes
# a moment.
#
# Seen with Microsoft.AspNetCore.Components.Authorization of the shared framework 10.0.12, under bUnit 2.15.2: each setting of its parameters
# begins with "not known yet", for which the content is taken away; as the answer comes it is made anew. A policy whose handler reads a
# database therefore makes a button vanish for that moment whenever the component around it is drawn: the focus that was on it goes to the
# page, an open menu in it closes, and what a component in it has counted or typed is gone. With a handler that answers at once nothing of
# this is seen. There is no setting by which the last answer would stay meanwhile.
#
# Needs the .NET SDK 10. Fails if what is seen changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > probe.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk.Razor">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable></PropertyGroup>
  <ItemGroup><FrameworkReference Include="Microsoft.AspNetCore.App" /><PackageReference Include="bunit" Version="2.15.2" /></ItemGroup>
</Project>
PROJECT
cat > Inner.razor <<'CODE'
<b>@_number</b>
@code {
    private static int _made;
    private readonly int _number = ++_made;
}
CODE
cat > Outer.razor <<'CODE'
@using Microsoft.AspNetCore.Components.Authorization
<AuthorizeView Policy="may"><Inner /></AuthorizeView>
CODE
cat > Program.cs <<'CODE'
using System.Security.Claims;
using Bunit;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using probe;

foreach (var isSlow in new[] { false, true })
{
    var answers = new Answers(isSlow);
    await using var browser = new BunitContext();
    browser.Services.AddSingleton<IAuthorizationService>(answers);
    var options = new AuthorizationOptions();
    options.AddPolicy("may", p => p.RequireAuthenticatedUser());
    browser.Services.AddSingleton<IAuthorizationPolicyProvider>(new DefaultAuthorizationPolicyProvider(
        Microsoft.Extensions.Options.Options.Create(options)));
    var user = new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "Ann")], "probe")));
    var outer = browser.Render<Outer>(p => p.AddCascadingValue(Task.FromResult(user)));
    answers.Give();
    outer.WaitForState(() => outer.Markup.Contains("<b>"));
    var first = outer.Markup.Trim();
    outer.Render();
    var meanwhile = outer.Markup.Trim();
    answers.Give();
    outer.WaitForState(() => outer.Markup.Contains("<b>"));
    Console.WriteLine($"answers {(isSlow ? "after a moment" : "at once")}: first '{first}', drawn again '{meanwhile}', then '{outer.Markup.Trim()}'");
}

internal sealed class Answers(bool isSlow) : IAuthorizationService
{
    private TaskCompletionSource<AuthorizationResult> _next = new();

    public void Give() => Interlocked.Exchange(ref _next, new()).SetResult(AuthorizationResult.Success());

    private Task<AuthorizationResult> Answer() => isSlow ? _next.Task : Task.FromResult(AuthorizationResult.Success());

    public Task<AuthorizationResult> AuthorizeAsync(ClaimsPrincipal user, object? resource, IEnumerable<IAuthorizationRequirement> requirements) => Answer();

    public Task<AuthorizationResult> AuthorizeAsync(ClaimsPrincipal user, object? resource, string policyName) => Answer();
}
CODE
dotnet run --verbosity quiet | tee seen
grep -qx "answers at once: first '<b>1</b>', drawn again '<b>1</b>', then '<b>1</b>'" seen
grep -qx "answers after a moment: first '<b>2</b>', drawn again '', then '<b>3</b>'" seen
echo "As described."
