using Bunit;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Features.Customers;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Customers;

/// <summary>What a customer's page says of the account, and what can be done about it there.</summary>
public sealed class AccountFactTests : CrmPageTest
{
    [Fact]
    public async Task Agent_InvitesDisablesAndEnables_WhereTheCustomerIsShown()
    {
        await SignInAsync(RoleNames.SupportAgent);
        var page = await RenderAsync("ada@example.com");
        Assert.Equal("None", page.WaitForElement(".account-fact .muted").TextContent);

        await Button(page, "Invite").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Equal("Invited", page.Find(".badge-info").TextContent));
        Assert.Contains(Me.Name, page.Find(".account-fact").TextContent, StringComparison.Ordinal);
        // Once more at once is refused where the button is.
        await Button(page, "Invite again").ClickAsync(new());
        Assert.Contains("less than a minute ago", page.WaitForElement("[role=alert]").TextContent, StringComparison.Ordinal);

        await Button(page, "Disable").ClickAsync(new());
        await Dialogs.WaitForElement(".dialog-actions button:last-child").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Equal("Account disabled", page.Find(".badge-danger").TextContent));
        await Button(page, "Enable").ClickAsync(new());
        page.WaitForAssertion(() => Assert.NotNull(page.Find(".badge-info")));
        Assert.Equal(1, await Data.ReadAsync(db => db.OutgoingMails.CountAsync()));
    }

    [Fact]
    public async Task Buttons_AreThereForWhoMayUseThem_AndOnlyWhereTheyWouldWork()
    {
        await SignInWithAsync(Permissions.CustomersView, Permissions.CustomersEdit);
        var bare = await RenderAsync(null);
        bare.WaitForElement(".account-fact");
        Assert.Empty(bare.FindAll("button"));
        Assert.Contains("An e-mail is needed", bare.Markup, StringComparison.Ordinal);

        var invited = await RenderAsync("bob@example.com");
        await Button(invited, "Invite").ClickAsync(new());
        invited.WaitForAssertion(() => Assert.Equal(["Invite again"], invited.FindAll("button").Select(b => b.TextContent)));
        var blocked = await RenderAsync("eve@example.com", isBlocked: true);
        blocked.WaitForElement(".account-fact");
        Assert.Empty(blocked.FindAll("button"));
    }

    private async Task<IRenderedComponent<AccountFact>> RenderAsync(string? email, bool isBlocked = false)
    {
        // Every shop has the role of customers.
        await TestUsers.CreateAsync(Data.Root, RoleNames.Customer);
        await using var system = Data.AsSystem();
        var customer = (await system.Customers.CreateAsync(new() { GivenName = "Ada", Email = email }, CancellationToken.None)).Customer;
        if (isBlocked) customer = (await system.Customers.BlockAsync(customer.Id, "Fraud", CancellationToken.None))!.Customer;
        return Render<AccountFact>(p => p.Add(x => x.Customer, customer).Add(x => x.MayEdit, true));
    }

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<AccountFact> page, string text)
    {
        page.WaitForAssertion(() => Assert.Contains(page.FindAll("button"), IsIt));
        return page.FindAll("button").First(IsIt);

        bool IsIt(AngleSharp.Dom.IElement button) => button.TextContent.StartsWith(text, StringComparison.Ordinal);
    }
}
