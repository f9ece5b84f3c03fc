using Bunit;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Features.Customers;
using CrmPortal.Features.Loyalty;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Customers;

/// <summary>Pages that are for some only, though others may open what stands around them.</summary>
public sealed class TrashSightTests : CrmPageTest
{
    [Theory]
    [InlineData(RoleNames.Staff, false)]
    [InlineData(RoleNames.SupportAgent, false)]
    [InlineData(RoleNames.Manager, true)]
    public async Task Trash_IsForThoseWhoMayDelete(string role, bool maySee)
    {
        await using (var manager = await Data.AsRoleAsync(RoleNames.Manager))
        {
            var gone = await manager.Customers.CreateAsync(new() { GivenName = "Gone", FamilyName = "Away" }, CancellationToken.None);
            await manager.Trash.DeleteAsync(gone.Customer.Id, CancellationToken.None);
        }

        await SignInAsync(role);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/customers/trash");
        var page = Render<CustomersPage>();

        page.WaitForAssertion(() => Assert.Contains(maySee ? "Gone Away" : "Not allowed", page.Markup, StringComparison.Ordinal));
        Assert.Equal(maySee, page.Markup.Contains("Gone Away", StringComparison.Ordinal));
        await using var self = await Data.AsRoleAsync(role);
        var query = new CustomerQuery(InTrash: true);
        if (maySee) Assert.Single((await self.Finder.ListAsync(query, new(), CancellationToken.None)).Items);
        else await Assert.ThrowsAsync<AccessDeniedException>(() => self.Finder.ListAsync(query, new(), CancellationToken.None));
        if (!maySee) await Assert.ThrowsAsync<AccessDeniedException>(() => self.Finder.CountAsync(query, null, CancellationToken.None));
    }

    [Theory]
    [InlineData(RoleNames.Staff, false)]
    [InlineData(RoleNames.Manager, true)]
    public async Task NewDraftOfTheProgramme_IsForThoseWhoMayEditIt(string role, bool mayEdit)
    {
        await SignInAsync(role);

        var page = Render<ProgrammeEditPage>();

        page.WaitForAssertion(() => Assert.Equal(mayEdit ? "New draft" : "Not allowed", page.Find("h1").TextContent));
        Assert.Equal(mayEdit, page.FindAll("form").Count > 0);
    }
}
