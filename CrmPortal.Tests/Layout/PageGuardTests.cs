using System.Security.Claims;
using Bunit;
using CrmPortal.Layout;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Layout;

public sealed class PageGuardTests : BunitContext
{
    private readonly SlowAnswers _answers = new();

    public PageGuardTests()
    {
        Services.AddAuthorizationCore();
        Services.AddSingleton<IAuthorizationService>(_answers);
    }

    [Fact]
    public void Page_StaysTheSame_WhileItsPermissionIsAskedAgain()
    {
        _answers.Next = Task.FromResult(AuthorizationResult.Success());
        var guard = Render<CascadingValue<Task<AuthenticationState>>>(p => p
            .Add(c => c.Value, Task.FromResult(new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity([], "tests")))))
            .AddChildContent<PageGuard>(g => g.Add(c => c.RouteData, Route("name"))));
        var page = guard.FindComponent<Page>();
        var first = page.Instance;
        var answer = new TaskCompletionSource<AuthorizationResult>();
        _answers.Next = answer.Task;

        guard.FindComponent<PageGuard>().Render(p => p.Add(c => c.RouteData, Route("city")));

        Assert.Same(first, guard.FindComponent<Page>().Instance);
        Assert.Equal("Sorted by city", guard.Find("p").TextContent);
        answer.SetResult(AuthorizationResult.Success());
        Assert.Same(first, guard.FindComponent<Page>().Instance);
        Assert.Equal(2, _answers.Asked);
    }

    private static Microsoft.AspNetCore.Components.RouteData Route(string sort) =>
        new(typeof(Page), new Dictionary<string, object?> { ["Sort"] = sort });

    [Authorize, Layout(typeof(Plain))]
    public sealed class Page : ComponentBase
    {
        [Parameter] public string? Sort { get; set; }

        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddMarkupContent(0, $"<p>Sorted by {Sort}</p>");
    }

    public sealed class Plain : LayoutComponentBase
    {
        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, Body);
    }

    private sealed class SlowAnswers : IAuthorizationService
    {
        public Task<AuthorizationResult> Next { get; set; } = null!;

        public int Asked { get; private set; }

        public Task<AuthorizationResult> AuthorizeAsync(ClaimsPrincipal user, object? resource,
            IEnumerable<IAuthorizationRequirement> requirements)
        {
            Asked++;
            return Next;
        }

        public Task<AuthorizationResult> AuthorizeAsync(ClaimsPrincipal user, object? resource, string policyName) =>
            throw new NotSupportedException("A page asks for requirements.");
    }
}
