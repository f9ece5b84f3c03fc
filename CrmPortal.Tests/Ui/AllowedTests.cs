using System.Security.Claims;
using Bunit;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Ui;

public sealed class AllowedTests : CrmPageTest
{
    [Fact]
    public async Task Content_IsThatOfThePermissionsHeld()
    {
        await SignInAsync(RoleNames.Staff);

        var view = RenderAllowed(Permissions.CustomersView);
        var users = RenderAllowed(Permissions.UsersManage);

        view.WaitForAssertion(() => Assert.Equal("yes", view.Markup.Trim()));
        users.WaitForAssertion(() => Assert.Equal("no", users.Markup.Trim()));
    }

    [Fact]
    public async Task Content_StaysWhileThePermissionIsAskedAgain_AndGoesWithIt()
    {
        var answers = new Answers();
        await using var browser = new BunitContext();
        browser.Services.AddLogging();
        browser.Services.AddSingleton<IAuthorizationService>(answers);
        var shown = browser.Render<Allowed>(p => p.Add(a => a.Permission, Permissions.CustomersView).Add(a => a.ChildContent, "yes")
            .Add(a => a.Otherwise, "no").AddCascadingValue(Task.FromResult(new AuthenticationState(new()))));
        Assert.Equal("", shown.Markup.Trim());
        answers.Give(AuthorizationResult.Success());
        shown.WaitForAssertion(() => Assert.Equal("yes", shown.Markup.Trim()));

        shown.Render();
        Assert.Equal("yes", shown.Markup.Trim());
        answers.Give(AuthorizationResult.Failed());

        shown.WaitForAssertion(() => Assert.Equal("no", shown.Markup.Trim()));
    }

    private IRenderedComponent<Allowed> RenderAllowed(string permission) => Render<Allowed>(p => p.Add(a => a.Permission, permission)
        .Add(a => a.ChildContent, "yes").Add(a => a.Otherwise, "no"));

    /// <summary>Answers when it is told to.</summary>
    private sealed class Answers : IAuthorizationService
    {
        private TaskCompletionSource<AuthorizationResult> _next = new();

        public void Give(AuthorizationResult result) => Interlocked.Exchange(ref _next, new()).SetResult(result);

        public Task<AuthorizationResult> AuthorizeAsync(
            ClaimsPrincipal user, object? resource, IEnumerable<IAuthorizationRequirement> requirements) => _next.Task;

        public Task<AuthorizationResult> AuthorizeAsync(ClaimsPrincipal user, object? resource, string policyName) => _next.Task;
    }
}
