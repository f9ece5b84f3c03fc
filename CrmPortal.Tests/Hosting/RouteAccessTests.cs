using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Hosting;

/// <summary>Every route demands something of the caller, or stands in this list of those that are open to all.</summary>
public sealed class RouteAccessTests
{
    private static readonly string[] OpenToAll =
    [
        "/error", "/not-found", "/health/live", "/health/ready", "/language", "/fonts/{name}", "/theme/{name}", "/brand/{hash}",
        "/setup", "/account/login", "/account/login-code", "/account/logout", "/account/denied", "/account/forgot-password",
            "/account/reset-password", "/account/invitation", "/account/confirm", "/account/email", "/account/register",
        "/account/passkey/request-options", "/account/passkey/sign-in", "/api/auth/login", "/api/auth/refresh", "/api/tickets/mail",
        "/chat/frame", "/chat/door.js", "/chat/files", "/chat/files/{id:long}", "/chat/hub", "/chat/hub/negotiate",
        "/confirm/{token}", "/feedback/{id:long}/{signature}", "/preferences/{token}", "/api/customers/verify-email",
        "/api/customers/register", "/api/v1/retail-customers/register", "/api/v1/retail-customers/{id}/verify-email",
            "/api/v1/retail-customers/{id}/verify-phone",
        "/help/{language}/contact", "/help/{language}/contact/send", "/help/{language}/contact/proposals",
        "/help", "/help/{language}", "/help/{language}/search", "/help/{language}/{category}", "/help/{language}/{category}/{article}",
            "/help/sitemap.xml", "/help/{language}/feed.xml", "/help/pictures/{key}",
        "/api/openapi/{documentName}.json", "/api/docs/{**path}", "/api/redoc/{**path}", "/api/redoc/start.js",
            "/api/redoc/redoc.standalone.js",
    ];

    [Fact]
    public async Task Route_OpenToAll_StandsInTheList_AndNoOther()
    {
        await using var app = await TestApp.StartAsync();

        var endpoints = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<StaticAssetDescriptor>() is null).ToList();
        var open = endpoints.Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(Name).Distinct();

        Assert.Equal(OpenToAll.Order(StringComparer.Ordinal), open.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Route_OfTheApi_ThatIsNotOpen_NamesItsPolicy()
    {
        await using var app = await TestApp.StartAsync();

        var endpoints = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => Name(e).StartsWith("/api/customers", StringComparison.Ordinal) && !OpenToAll.Contains(Name(e)));

        Assert.All(endpoints, e => Assert.Contains(e.Metadata.OfType<IAuthorizeData>(), d => !string.IsNullOrEmpty(d.Policy)));
    }

    private static string Name(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.Trim('/');
}
