using CrmPortal.Account;
using CrmPortal.Api;
using CrmPortal.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Hosting;

public sealed class ConfigurationCheckTests
{
    [Fact]
    public void Settings_NoneAtAll_AreGood() => Assert.Empty(Faults([]));

    [Fact]
    public void Settings_SeveralWrong_AreAllTold()
    {
        var faults = Faults(new()
        {
            ["Database:Provider"] = "Oracle", ["Shop:TimeZone"] = "Mars/Olympus", ["Shop:Currency"] = "XYZ", ["Shop:Country"] = "Nowhere",
                ["Shop:BaseUrl"] = "crm",
            ["Proxies"] = "10.0.0.1, proxy.local", ["Api:RequestsPerMinute"] = "many", ["Telemetry:Endpoint"] = "collector",
                ["Telemetry:Protocol"] = "smoke",
            ["Documents:LargestFileMegabytes"] = "0", ["Documents:ClamdAddress"] = "localhost", ["Sms:Url"] = "ftp://gateway",
                ["Sms:ContentType"] = "image/png",
        });

        Assert.Equal(13, faults.Count);
        Assert.All(faults, f => Assert.EndsWith(".", f, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Postgres", "")]
    [InlineData("Postgres", "nonsense")]
    [InlineData("Sqlite", "Password;;=x")]
    public void Connection_ThatCannotBe_IsTold_WithoutItsText(string provider, string connection)
    {
        var fault = Assert.Single(Faults(new() { ["Database:Provider"] = provider, ["ConnectionStrings:Crm"] = connection }));
        if (connection.Length > 0) Assert.DoesNotContain(connection, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Connection_OfPostgres_IsGood() =>
        Assert.Empty(Faults(new() { ["Database:Provider"] = "postgres", ["ConnectionStrings:Crm"] = "Host=localhost;Database=crm",
        ["Proxies"] = "10.0.0.0/8,::1" }));

    [Theory]
    [InlineData("Documents:LargestFileMegabytes", "many")]
    [InlineData("Mail:Smtp:Port", "70000")]
    [InlineData("Mail:Smtp:UseTls", "perhaps")]
    [InlineData("SignIn:Rest", "soon")]
    [InlineData("SignIn:Failures", "0")]
    [InlineData("Imports:LargestFileMegabytes", "-1")]
    [InlineData("Api:Origins", "*")]
    [InlineData("Api:Origins", "shop.example.com")]
    [InlineData("Api:Origins", "https://shop.example.com/")]
    [InlineData("Api:Origins", "https://*.example.com")]
    [InlineData("Api:Origins", "null")]
    public void Value_ThatCannotBe_IsToldByItsName(string setting, string value)
    {
        var fault = Assert.Single(Faults(new() { [setting] = value }));
        Assert.StartsWith($"{setting} is {value}", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain", null, 1)]
    [InlineData("application/soap+xml; charset=utf-8", null, 1)]
    [InlineData("text/plain", "{text}", 0)]
    [InlineData("application/x-www-form-urlencoded", null, 0)]
    [InlineData("application/vnd.gateway+json", null, 0)]
    [InlineData("nonsense", "{text}", 1)]
    public void Sms_NeedsABody_WhereThereIsNoUsualOne(string type, string? body, int faults) =>
        Assert.Equal(faults,
            Faults(new() { ["Sms:Url"] = "https://sms.example.com/", ["Sms:ContentType"] = type, ["Sms:Body"] = body }).Count);

    private static IReadOnlyList<string> Faults(Dictionary<string, string?> settings) =>
        Start(settings).SettingsFaults();

    /// <summary>The services of the program by nothing but these settings; nothing is opened.</summary>
    private static ServiceProvider Start(Dictionary<string, string?> settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddCrmHosting(builder.Configuration, builder.Environment);
        builder.Services.AddCrmAccounts();
        builder.Services.AddCrmApi();
        return builder.Services.BuildServiceProvider();
    }
}
