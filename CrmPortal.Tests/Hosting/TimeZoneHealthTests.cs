using System.Net;
using System.Text.Json.Nodes;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Hosting;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Hosting;

public sealed class TimeZoneHealthTests
{
    [Fact]
    public async Task Ready_SaysWhichTimeZoneRulesHold()
    {
        await using var app = await TestApp.StartAsync(DatabaseKind.Sqlite);
        using var client = await app.ClientAsAsync(RoleNames.Staff);

        var answer = await client.GetAsync("/health/ready");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal("Healthy", (string?)body["status"]);
        Assert.Equal("Healthy", (string?)body["checks"]!["database"]!["status"]);
        Assert.Equal(LocalZone.Release, (string?)body["checks"]!["time_zones"]!["release"]);
    }

    [Theory]
    [InlineData("2025b", true)]
    [InlineData("2026e", true)]
    [InlineData("2026f", false)]
    [InlineData("2027a", false)]
    [InlineData(null, false)]
    public void Warning_ComesWhereTheSystemsRulesAreOlder(string? system, bool warns) =>
        Assert.Equal(warns, TimeZoneHealth.Judge("2026f", system).Data.ContainsKey("warning"));

    [Theory]
    [InlineData("tzdata.zi", "# version 2025b\n# more", "2025b")]
    [InlineData("+VERSION", "2024a\n", "2024a")]
    [InlineData("tzdata.zi", "R d 1916 o - Jun 14 23s 1 S", null)]
    [InlineData("zone.tab", "# version 2025b", null)]
    public void Release_OfTheSystem_IsReadWhereItStands(string file, string text, string? expected)
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, file), text);
            Assert.Equal(expected, TimeZoneHealth.ReleaseIn(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Release_OfAFolderThatIsNotThere_CannotBeTold() => Assert.Null(TimeZoneHealth.ReleaseIn("/no/such/folder"));
}
