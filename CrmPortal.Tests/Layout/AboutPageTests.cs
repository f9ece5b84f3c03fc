using System.Text.RegularExpressions;
using System.Xml.Linq;
using Bunit;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Features.Settings;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Layout;

public sealed class AboutPageTests : CrmPageTest
{
    [Fact]
    public async Task Page_SaysWhatItRunsOn_AndWhatComesWithIt()
    {
        await SignInAsync(RoleNames.Administrator);

        var page = Render<AboutPage>();

        page.WaitForAssertion(() => Assert.Matches(@"SQLite 3\.\d+", page.Markup));
        Assert.Contains(".NET 10", page.Markup, StringComparison.Ordinal);
        Assert.Contains("MudBlazor", page.Find("table").TextContent, StringComparison.Ordinal);
        Assert.Equal(["/health/ready", "/api/docs/"], page.FindAll("ul a").Select(a => a.GetAttribute("href")));
    }

    [Fact]
    public void Packages_ThatTheProgramRefersTo_AllHaveAVersionAndALicence()
    {
        var referred = new[] { "CrmPortal", "CrmPortal.Core" }.SelectMany(project => XDocument
            .Load(Path.Combine(Repository.Root, project, $"{project}.csproj")).Descendants("PackageReference")
            .Select(p => p.Attribute("Include")!.Value)).Order(StringComparer.OrdinalIgnoreCase).ToList();

        Assert.Equal(referred, ShippedPackages.All.Select(p => p.Name));
        Assert.All(ShippedPackages.All, p => Assert.Matches(new Regex(@"^\d+\.\d+"), p.Version));
        Assert.All(ShippedPackages.All.Concat(ShippedPackages.Fonts), p => Assert.NotEmpty(p.Licence));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Facts_OfTheDatabase_NameTheEngineAndItsVersion(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var administrator = await data.AsAsync(Permissions.SettingsEdit);

        var facts = await administrator.Get<DatabaseFactsService>().GetAsync(default);

        Assert.Equal(kind == DatabaseKind.Sqlite ? "SQLite" : "PostgreSQL", facts.Engine);
        Assert.Matches(@"^\d+\.\d+", facts.Version);
    }
}
