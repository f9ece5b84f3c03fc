using Bunit;
using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Features.Settings;
using CrmPortal.Resources;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Tests.Audit;

public sealed class AuditPageTests : CrmPageTest
{
    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public async Task Row_LeadsToItsCustomer_AndShowsValuesOnDemand()
    {
        await SignInAsync(RoleNames.Administrator);
        var ada = await Data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com");
        Navigation.NavigateTo("/settings/audit?kind=Customer");

        var row = Render<AuditPage>().WaitForElement(".audit tbody tr");

        Assert.Equal($"/customers/{ada.Id}", row.QuerySelector("a")!.GetAttribute("href"));
        Assert.Contains("Ada Lovelace", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("Created", row.TextContent, StringComparison.Ordinal);
        Assert.False(row.QuerySelector("details")!.HasAttribute("open"));
        Assert.Contains("ada@example.com", row.QuerySelector("details")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_ForWhoMayNotSeeCustomers_HasNoLinkAndNoValue()
    {
        await Data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com");
        await SignInWithAsync(Permissions.AuditView);
        Navigation.NavigateTo("/settings/audit?kind=Customer");

        var row = Render<AuditPage>().WaitForElement(".audit tbody tr");

        Assert.Empty(row.QuerySelectorAll("a"));
        Assert.DoesNotContain("ada@example.com", row.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Lovelace", row.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filter_ThatIsChosen_StandsInTheAddress_AndInThatOfTheExport()
    {
        await SignInAsync(RoleNames.Administrator);
        await Data.AddCustomerAsync("Ada");
        Navigation.NavigateTo("/settings/audit");
        var page = Render<AuditPage>();

        page.WaitForElement("#audit-deed");
        await ChooseAsync(page, "#audit-deed", "Created");
        await ChooseAsync(page, "#audit-kind", "Customer");
        await page.WaitForElement("#audit-record").ChangeAsync(new ChangeEventArgs { Value = "1" });

        Assert.EndsWith("/settings/audit?kind=Customer&record=1&deed=created", Navigation.Uri, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Equal("/exports/audit.csv?kind=Customer&record=1&deed=created",
            page.Find("a[download]").GetAttribute("href")));
        Assert.Single(page.FindAll(".audit tbody tr"));
    }

    [Fact]
    public async Task Days_InTheWrongOrder_AreSaidBesideTheField()
    {
        await SignInAsync(RoleNames.Administrator);
        Navigation.NavigateTo("/settings/audit?from=2026-03-02&until=2026-03-01");

        var page = Render<AuditPage>();

        Assert.Equal("The last day must not be before the first.", page.WaitForElement("#audit-until-error").TextContent);
    }

    [Fact]
    public void KindsAndDeeds_OfTheLog_HaveWords()
    {
        var texts = Services.GetRequiredService<IStringLocalizer<Texts>>();

        Assert.All(AuditLogService.Kinds, kind => Assert.False(kind.Any(char.IsUpper) && AuditLabels.Kind(texts, kind) == kind
            && kind.Skip(1).Any(char.IsUpper), kind));
        var deeds = Enum.GetValues<AuditAction>();
        Assert.Equal(deeds.Length, deeds.Select(a => AuditLabels.Action(texts, a)).Distinct().Count());
    }

    [Fact]
    public void Address_IsReadBackAsItWasWritten()
    {
        var query = new AuditQuery { ActorId = 3, Kind = nameof(Customer), RecordId = 7, Action = AuditAction.Exported,
            From = new(2026, 3, 1), Until = new(2026, 3, 2) };

        var values = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(new Uri("http://x" + AuditAddress.Of(query)).Query);

        Assert.Equal(query, AuditAddress.Read(values["person"], values["kind"], values["record"], values["deed"], values["from"],
            values["until"]));
        Assert.Equal(new(), AuditAddress.Read("x", "x", "7", "7x", "2026-13-01", ""));
    }
}
