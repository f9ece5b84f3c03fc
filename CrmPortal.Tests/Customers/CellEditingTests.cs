using Bunit;
using CrmPortal.Components.Lists;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Features.Customers;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Customers;

/// <summary>Cells of the list of customers that are changed where they stand.</summary>
public sealed class CellEditingTests : CrmPageTest
{
    private static CancellationToken Token => Xunit.TestContext.Current.CancellationToken;

    private Toasts Toasts => Services.GetRequiredService<Toasts>();

    [Fact]
    public async Task OnlyWhatOneWriteChanges_IsOpened_AndOnlyForThoseWhoMayChangeCustomers()
    {
        var ada = await AddAsync();
        var page = await OpenAsync(RoleNames.Staff, "columns=email,phone,tags,source,language,status,spent");
        Assert.Equal(["tags", "source", "language", "status"], page.FindAll("td[data-edit]").Select(c => c.GetAttribute("data-edit")));

        await EditAsync(page, ada, "email");
        Assert.Empty(page.FindAll("#cell-editor"));
        await using (var manager = await Data.AsRoleAsync(RoleNames.Manager)) await manager.Customers.BlockAsync(ada, "Fraud", Token);
        page = await OpenAsync(RoleNames.Staff, "columns=status");
        Assert.Empty(page.FindAll("td[data-edit]"));
    }

    [Fact]
    public async Task Reader_SeesNoCellToEdit()
    {
        await AddAsync();
        await SignInWithAsync(Permissions.CustomersView);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/customers?columns=source");
        var page = Render<CustomersPage>();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-row-link]")));

        Assert.Empty(page.FindAll("td[data-edit]"));
        Assert.Empty(page.FindComponents<CellEditing>());
    }

    [Fact]
    public async Task Source_ChangedInItsCell_ShowsAtOnce_AndUndoBringsItBack()
    {
        var ada = await AddAsync();
        var page = await OpenAsync(RoleNames.Staff, "columns=source,status");
        await EditAsync(page, ada, "source");
        Assert.Equal("Source of Ada Lovelace", page.Find("select#cell-editor").GetAttribute("aria-label"));

        await page.Find("#cell-editor").ChangeAsync(new ChangeEventArgs { Value = nameof(CustomerSource.Referral) });
        await page.Find(".cell-edit form").SubmitAsync();

        page.WaitForAssertion(() => Assert.Equal("Referral", Cell(page, "Source")));
        Assert.Equal("Source of Ada Lovelace changed.", Toasts.Shown[0].Text);
        await using var staff = await Data.AsRoleAsync(RoleNames.Manager);
        await staff.Get<UndoService>().UndoAsync(Toasts.Shown[0].ChangeSetId!.Value, false, Token);
        await page.InvokeAsync(() => Toasts.Shown[0].AfterUndo!());
        page.WaitForAssertion(() => Assert.NotEqual("Referral", Cell(page, "Source")));

        await EditAsync(page, ada, "status");
        await page.Find("#cell-editor").ChangeAsync(new ChangeEventArgs { Value = nameof(CustomerStatus.Inactive) });
        await page.Find(".cell-edit form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Equal("Inactive", Cell(page, "Status")));
    }

    [Fact]
    public async Task Tags_AreWrittenWithCommas_AndEscapeLeavesThemAsTheyWere()
    {
        var ada = await AddAsync();
        var page = await OpenAsync(RoleNames.Staff, "columns=tags");
        await EditAsync(page, ada, "tags");
        await page.Find("#cell-editor").InputAsync(new ChangeEventArgs { Value = "Wholesale" });
        await page.Find(".cell-edit form").KeyDownAsync("Escape");
        Assert.Equal("", Cell(page, "Tags"));
        Assert.Empty(Toasts.Shown);

        await EditAsync(page, ada, "tags");
        await page.Find("#cell-editor").InputAsync(new ChangeEventArgs { Value = $"Press, {new string('x', 80)}" });
        await page.Find(".cell-edit form").SubmitAsync();
        page.WaitForAssertion(() => Assert.NotEmpty(page.Find("#cell-editor-error").TextContent));
        Assert.Equal("true", page.Find("#cell-editor").GetAttribute("aria-invalid"));

        await page.Find("#cell-editor").InputAsync(new ChangeEventArgs { Value = "Press, Local" });
        await page.Find(".cell-edit form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Equal(["Press", "Local"], page.FindAll("td[data-label=Tags] .tag").Select(t => t.TextContent)));
    }

    [Theory]
    [InlineData("source", nameof(CustomerSource.Referral))]
    [InlineData("tags", "Press")]
    public async Task WhatSomebodyElseChangedMeanwhile_IsTold_AndReplacedOnlyBySavingAgain(string column, string typed)
    {
        var ada = await AddAsync();
        var page = await OpenAsync(RoleNames.Staff, "columns=" + column);
        await EditAsync(page, ada, column);
        await using var manager = await Data.AsRoleAsync(RoleNames.Manager);
        await manager.Customers.UpdateAsync(ada, new() { Source = CustomerSource.Website, Tags = new(["Theirs"]) }, null, null, Token);

        if (column == "tags") await page.Find("#cell-editor").InputAsync(new ChangeEventArgs { Value = typed });
        else await page.Find("#cell-editor").ChangeAsync(new ChangeEventArgs { Value = typed });
        await page.Find(".cell-edit form").SubmitAsync();

        page.WaitForAssertion(() => Assert.StartsWith("Someone else changed this", page.Find("[role=alert]").TextContent,
            StringComparison.Ordinal));
        var theirs = (await manager.Customers.GetAsync(ada, Token))!;
        Assert.Equal((CustomerSource.Website, "Theirs"), (theirs.Source, theirs.Tags.Single().Name));
        await page.Find(".cell-edit form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("#cell-editor")));
        var mine = (await manager.Customers.GetAsync(ada, Token))!;
        Assert.Equal(typed, column == "tags" ? mine.Tags.Single().Name : mine.Source.ToString());
    }

    private async Task<long> AddAsync()
    {
        await using var manager = await Data.AsRoleAsync(RoleNames.Manager);
        return (await manager.Customers.CreateAsync(new() { GivenName = "Ada", FamilyName = "Lovelace", Email = "ada@example.com" }, Token))
            .Customer.Id;
    }

    private async Task<IRenderedComponent<CustomersPage>> OpenAsync(string role, string query)
    {
        await SignInAsync(role);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/customers?" + query);
        var page = Render<CustomersPage>();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-row-link]")));
        return page;
    }

    private static Task EditAsync(IRenderedComponent<CustomersPage> page, long id, string column) =>
        page.InvokeAsync(() => page.FindComponent<CellEditing>().Instance.Edit(id, column));

    private static string Cell(IRenderedComponent<CustomersPage> page, string label) =>
        page.Find($"td[data-label={label}]").TextContent.Trim();
}
