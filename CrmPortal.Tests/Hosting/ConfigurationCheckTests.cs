using CrmPortal.Hosting;
using Microsoft.Extensions.Configuration;

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
            ["Database:Provider"] = "Oracle", ["Shop:TimeZone"] = "Mars/Olympus", ["Shop:Currency"] = "XYZ", ["Shop:Country"] = "Nowhere", ["Shop:BaseUrl"] = "crm",
            ["Proxies"] = "10.0.0.1, proxy.local", ["Api:RequestsPerMinute"] = "many", ["Telemetry:Endpoint"] = "collector", ["Telemetry:Protocol"] = "smoke",
            ["Documents:LargestFileMegabytes"] = "0", ["Documents:ClamdAddress"] = "localhost", ["Sms:Url"] = "ftp://gateway", ["Sms:ContentType"] = "image/png",
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
    public void Connection_OfPostgres_IsGood() => Assert.Empty(Faults(new() { ["Database:Provider"] = "postgres", ["ConnectionStrings:Crm"] = "Host=localhost;Database=crm", ["Proxies"] = "10.0.0.0/8,::1" }));

    [Theory]
    [InlineData("text/plain", null, 1)]
    [InlineData("application/soap+xml; charset=utf-8", null, 1)]
    [InlineData("text/plain", "{text}", 0)]
    [InlineData("application/x-www-form-urlencoded", null, 0)]
    [InlineData("application/vnd.gateway+json", null, 0)]
    [InlineData("nonsense", "{text}", 1)]
    public void Sms_NeedsABody_WhereThereIsNoUsualOne(string type, string? body, int faults) =>
        Assert.Equal(faults, Faults(new() { ["Sms:Url"] = "https://sms.example.com/", ["Sms:ContentType"] = type, ["Sms:Body"] = body }).Count);

    private static IReadOnlyList<string> Faults(Dictionary<string, string?> settings) =>
        ConfigurationCheck.Faults(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
}
