using System.Net;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Webhooks;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Webhooks;

/// <summary>Nobody has the server ask what only the server can reach.</summary>
public sealed class WebhookAddressTests
{
    private const string NotPublic = "The address leads to a network that is not public.";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("0.0.0.0"), InlineData("0.255.255.255"), InlineData("10.0.0.1"), InlineData("10.255.255.255"), InlineData("100.64.0.1")]
    [InlineData("100.127.255.255"), InlineData("127.0.0.1"), InlineData("127.255.255.255"), InlineData("169.254.169.254")]
    [InlineData("172.16.0.1"), InlineData("172.31.255.255"), InlineData("192.0.0.192"), InlineData("192.0.2.1"), InlineData("192.168.0.1")]
    [InlineData("198.18.0.1"), InlineData("198.19.255.255"), InlineData("198.51.100.7"), InlineData("203.0.113.7"), InlineData("224.0.0.1")]
    [InlineData("240.0.0.1"), InlineData("255.255.255.255"), InlineData("168.63.129.16"), InlineData("::"), InlineData("::1")]
    [InlineData("::ffff:127.0.0.1"), InlineData("::ffff:a9fe:a9fe"), InlineData("::127.0.0.1"), InlineData("64:ff9b::7f00:1")]
    [InlineData("100::1"), InlineData("2001::1"), InlineData("2001:db8::1"), InlineData("2002:7f00:1::"), InlineData("3fff::1")]
    [InlineData("fc00::1"), InlineData("fd12:3456::1"), InlineData("fe80::1"), InlineData("fec0::1"), InlineData("ff02::1")]
    public void Address_ThatIsNotPublic_IsKnown(string address) => Assert.False(PublicAddresses.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1"), InlineData("9.255.255.255"), InlineData("11.0.0.0"), InlineData("100.63.255.255"), InlineData("100.128.0.0")]
    [InlineData("126.255.255.255"), InlineData("128.0.0.0"), InlineData("169.253.255.255"), InlineData("172.15.255.255")]
    [InlineData("172.32.0.0"), InlineData("192.0.1.0"), InlineData("192.167.255.255"), InlineData("198.17.255.255"), InlineData("198.20.0.0")]
    [InlineData("223.255.255.255"), InlineData("::ffff:1.1.1.1"), InlineData("2001:200::1"), InlineData("2606:4700:4700::1111")]
    public void Address_JustBeside_IsPublic(string address) => Assert.True(PublicAddresses.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http://127.0.0.1"), InlineData("http://0177.0.0.1"), InlineData("http://2130706433"), InlineData("http://0x7f.1")]
    [InlineData("http://[::1]"), InlineData("http://[::ffff:7f00:1]"), InlineData("http://localhost"), InlineData("http://localhost.")]
    [InlineData("http://169.254.169.254"), InlineData("http://inside.example"), InlineData("http://both.example")]
    public async Task Address_ThatIsNotPublic_IsRefusedWhenItIsWritten(string address)
    {
        await using var data = await ServicesAsync(new Names { ["inside.example"] = ["127.0.0.1"], ["localhost"] = ["127.0.0.1"],
            ["localhost."] = ["::1"], ["both.example"] = ["1.1.1.1", "10.0.0.1"] });
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);

        var refused = await Assert.ThrowsAsync<RuleViolationException>(() =>
            administrator.Get<WebhookService>().CreateAsync(WebhookTest.Input(address), Token));

        Assert.Equal(("Url", NotPublic), (refused.Errors.Single().Field, refused.Errors.Single().Message));
    }

    [Fact]
    public async Task Name_ThatLeadsElsewhereLater_IsNotFollowed()
    {
        await using var receiver = await HookReceiver.StartAsync();
        var names = new Names { ["hook.example"] = ["1.1.1.1"] };
        await using var data = await ServicesAsync(names);
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        var webhooks = administrator.Get<WebhookService>();
        var made = await webhooks.CreateAsync(WebhookTest.Input($"http://hook.example:{receiver.Port}"), Token);
        names["hook.example"] = ["127.0.0.1"];

        var test = (await webhooks.TestAsync(made.Webhook.Id, Token))!;

        Assert.Equal((DeliveryState.GivenUp, null, NotPublic), (test.Row.State, test.Row.StatusCode, test.Row.Fault));
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task Redirect_IsFollowedToWhereItMayLead_AndNowhereElse()
    {
        await using var inside = await HookReceiver.StartAsync("127.0.0.2");
        await using var outside = await HookReceiver.StartAsync();
        await using var target = await HookReceiver.StartAsync();
        await using var data = await ServicesAsync(new Names { ["inside.example"] = ["127.0.0.2"] });
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        var webhooks = administrator.Get<WebhookService>();
        // As if one address of this machine were a public one.
        data.Get<WebhookClient>().IsPublic = address => address.Equals(IPAddress.Loopback);
        var id = (await webhooks.CreateAsync(WebhookTest.Input(outside.Address), Token)).Webhook.Id;
        outside.Answer = _ => HttpStatusCode.TemporaryRedirect;

        outside.Location = target.Address + "/other";
        var taken = (await webhooks.TestAsync(id, Token))!;
        Assert.Equal((DeliveryState.Delivered, outside.Location), (taken.Row.State, taken.Url));
        Assert.Equal(outside.Requests.Single() with { Timestamp = 0 }, target.Requests.Single() with { Timestamp = 0 });

        foreach (var (location, fault) in new[]
        {
            (inside.Address, NotPublic), ($"http://inside.example:{inside.Port}/", NotPublic),
            ("file:///etc/passwd", "The server redirects to an address that is not allowed, or too often."),
            ("/hook", "The server redirects to an address that is not allowed, or too often."),
        })
        {
            outside.Location = location;
            Assert.Equal(fault, (await webhooks.TestAsync(id, Token))!.Row.Fault);
        }

        Assert.Empty(inside.Requests);
        Assert.Equal(1 + 3 + 4, outside.Requests.Count);
    }

    [Fact]
    public async Task Address_WithoutEncryption_IsRefused_WhereNoSettingAllowsIt()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);

        var refused = await Assert.ThrowsAsync<RuleViolationException>(() =>
            administrator.Get<WebhookService>().CreateAsync(WebhookTest.Input("http://1.1.1.1"), Token));

        Assert.Equal("The address must begin with https://.", refused.Message);
    }

    private static Task<TestServices> ServicesAsync(Names names) => TestServices.CreateAsync(DatabaseKind.Sqlite, s => s
        .AddSingleton<IHostNames>(names).Configure<WebhookOptions>(o => o.AllowHttp = true));

    /// <summary>Answers what the test wants instead of what is known of a name.</summary>
    private sealed class Names : Dictionary<string, string[]>, IHostNames
    {
        public Task<IPAddress[]> FindAsync(string host, CancellationToken cancellationToken) =>
            Task.FromResult(Array.ConvertAll(this[host], IPAddress.Parse));
    }
}
