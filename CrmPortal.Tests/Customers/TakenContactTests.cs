using Bunit;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Features.Customers;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Customers;

/// <summary>Where an e-mail or a phone is taken, the page leads to whoever has it.</summary>
public sealed class TakenContactTests : CrmPageTest
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Holder_IsFoundByAnySpelling_AndAskingIsLoggedWhereValuesAreMasked(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync(email: "ada@example.com", phone: "+442079460958");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        foreach (var typed in new[] { " ADA@example.com", "020 7946 0958", "+44 20 7946 0958" })
            Assert.Equal(new CustomerHolder(ada.Id, "Ada Lovelace"), await agent.Finder.FindHolderAsync(typed, CancellationToken.None));
        foreach (var typed in new[] { "", "ben@example.com", "\0", "020 7946 0000" })
            Assert.Null(await agent.Finder.FindHolderAsync(typed, CancellationToken.None));
        Assert.Equal(0, await RevealedAsync());
        Assert.NotNull(await staff.Finder.FindHolderAsync("ada@example.com", CancellationToken.None));
        Assert.Equal(1, await RevealedAsync());

        Task<int> RevealedAsync() => data.ReadAsync(db => db.AuditEntries.CountAsync(e => e.Action == AuditAction.Revealed));
    }

    [Fact]
    public async Task Edit_ToAnEmailThatIsTaken_LinksToWhoHasIt()
    {
        var ada = await Data.AddCustomerAsync(email: "ada@example.com");
        var ben = await Data.AddCustomerAsync("Ben", "Bell");
        await SignInAsync(RoleNames.SupportAgent);
        var page = Render<CustomerPage>(p => p.Add(x => x.Id, ben.Id));

        await page.WaitForElement("#email-edit").ClickAsync();
        await page.Find("#email").InputAsync(new ChangeEventArgs { Value = "ada@example.com" });
        await page.Find(".editable form").SubmitAsync();

        page.WaitForAssertion(() => Assert.Equal(("Ada Lovelace", $"/customers/{ada.Id}"),
            (page.Find("#email-error a").TextContent, page.Find("#email-error a").GetAttribute("href"))));
        await page.Find("#email").InputAsync(new ChangeEventArgs { Value = "ben@" });
        await page.Find(".editable form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("#email-error a")));
        Assert.NotEmpty(page.Find("#email-error").TextContent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task New_WithAnEmailThatIsTaken_LinksToWhoHasIt_WhereTheUserMaySeeCustomers(bool maySee)
    {
        await Data.AddCustomerAsync(email: "ada@example.com");
        await SignInWithAsync([Permissions.CustomersCreate, .. maySee ? new[] { Permissions.CustomersView } : []]);
        var page = Render<NewCustomerPage>();
        await page.Find("#new-Email").InputAsync(new ChangeEventArgs { Value = "ada@example.com" });

        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#new-Email-error")));
        Assert.Equal(maySee ? 1 : 0, page.FindAll(".notice-error a").Count);
    }
}
