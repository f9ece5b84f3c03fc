using Bunit;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Features.Customers;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CrmPortal.Tests.Customers;

public sealed class CustomerPageTests : CrmPageTest
{
    [Fact]
    public async Task FirstContact_IsADayOfTheShop_WhereverTheReaderIs_AndASaveOfTheSameDayMovesNothing()
    {
        Services.GetRequiredService<IOptions<ShopOptions>>().Value.TimeZone = "America/Vancouver";
        var (id, evening) = ((await Data.AddCustomerAsync()).Id, new DateTimeOffset(2026, 1, 5, 5, 0, 0, TimeSpan.Zero));
        await Data.WriteAsync(db => db.Customers.Where(c => c.Id == id)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.FirstContactAt, evening)));
        await SignInAsync(RoleNames.Manager);
        Services.GetRequiredService<Display>().SetZone("Asia/Tokyo");
        var page = Render<CustomerPage>(p => p.Add(x => x.Id, id));

        // Nine in the evening of the fourth in Vancouver, the afternoon of the fifth in Tokyo.
        Assert.Equal("2026-01-04", await SaveAsync(null));
        Assert.Equal(evening, await StoredAsync());
        Assert.Equal("2026-01-04", await SaveAsync("2026-01-03"));
        Assert.Equal(new DateTimeOffset(2026, 1, 3, 8, 0, 0, TimeSpan.Zero), await StoredAsync());
        Assert.Equal("2026-01-03", await SaveAsync(null));

        async Task<string?> SaveAsync(string? day)
        {
            page.WaitForElement("#first-contact-edit").Click();
            var shown = page.WaitForElement("#first-contact").GetAttribute("value");
            if (day is not null) page.Find("#first-contact").Input(day);
            await page.Find("form:has(#first-contact)").SubmitAsync();
            page.WaitForAssertion(() => Assert.Empty(page.FindAll("#first-contact")));
            return shown;
        }

        Task<DateTimeOffset?> StoredAsync() => Data.ReadAsync(db => db.Customers.Where(c => c.Id == id).Select(c => c.FirstContactAt)
            .SingleAsync());
    }

    [Fact]
    public async Task FirstContact_AfterTheShopsToday_IsRefused()
    {
        Data.Clock.Set(new DateTimeOffset(2026, 6, 30, 22, 30, 0, TimeSpan.Zero));
        await using var manager = await Data.AsRoleAsync(RoleNames.Manager);

        // Half past eleven in the evening in London.
        await manager.Customers.CreateAsync(new() { GivenName = "Ada", FirstContactAt = Data.Clock.GetUtcNow() }, CancellationToken.None);
        var tomorrow = new CustomerChanges { GivenName = "Ada", FirstContactAt = Data.Clock.GetUtcNow().AddHours(1) };
        var refused = await Assert
            .ThrowsAsync<RuleViolationException>(() => manager.Customers.CreateAsync(tomorrow, CancellationToken.None));
        Assert.Equal("FirstContactAt", refused.Errors[0].Field);
    }

    [Fact]
    public async Task AnotherCustomer_InTheSamePlace_IsShownAlone_AndNothingThatWasAskedOfTheFirst()
    {
        var ada = await Data.AddCustomerAsync("Ada", "Lovelace", email: "ada@example.com");
        var grace = await Data.AddCustomerAsync("Grace", "Hopper", email: "grace@example.com");
        await SignInAsync(RoleNames.Manager);
        var page = Render<CustomerPage>(p => p.Add(x => x.Id, ada.Id));
        page.WaitForElements("button").Single(b => b.TextContent.Trim() == "Make VIP").Click();
        Dialogs.WaitForElement(".mud-dialog");

        page.Render(p => p.Add(x => x.Id, grace.Id));

        page.WaitForAssertion(() => Assert.Equal("Grace Hopper", page.Find("h1").TextContent));
        Assert.Empty(Dialogs.FindAll(".mud-dialog"));
        Assert.DoesNotContain("Lovelace", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("ada@example.com", page.Markup, StringComparison.Ordinal);
        // What is saved of the first only now is not shown in the place of the second.
        await using var other = await Data.AsRoleAsync(RoleNames.Manager);
        var late = (await other.Customers.SetVipAsync(ada.Id, true, "Late", CancellationToken.None))!;
        await page.InvokeAsync(() => page.FindComponent<TagEditor>().Instance.OnChanged.InvokeAsync(late));
        Assert.Equal("Grace Hopper", page.Find("h1").TextContent);
    }

    [Fact]
    public async Task MergedCustomer_LeadsToTheSurvivor_AlsoWhereTheBrowserGoesElsewhereMeanwhile()
    {
        var (ada, twin) = (await Data.AddCustomerAsync(), await Data.AddCustomerAsync());
        await using (var manager = await Data.AsRoleAsync(RoleNames.Manager))
            await manager.Get<MergeService>()
                .MergeAsync(new(ada.Id, [ada.Id, twin.Id], new Dictionary<string, long>()), CancellationToken.None);
        await SignInAsync(RoleNames.Manager);
        JSInterop.SetupVoid("Blazor.navigateTo", _ => true).SetException(new TaskCanceledException());

        var page = Render<CustomerPage>(p => p.Add(x => x.Id, twin.Id));

        page.WaitForAssertion(() => Assert.Equal($"/customers/{ada.Id}", JSInterop.VerifyInvoke("Blazor.navigateTo").Arguments[0]));
    }

    [Fact]
    public async Task OwnOtherWindow_IsNobodyElse_AndOthersAreNamedOnce()
    {
        await SignInAsync(RoleNames.Staff);
        var presence = Services.GetRequiredService<Presence>();
        await presence.EnterAsync("customer:1", new("own other window", Me.UserId!.Value, Me.Name), CancellationToken.None);
        var bar = Render<PresenceBar>(p => p.Add(x => x.Subject, "customer:1"));
        bar.WaitForAssertion(() => Assert.Empty(bar.Find(".viewers").TextContent.Trim()));

        await presence.EnterAsync("customer:1", new("a", 4711, "Zed"), CancellationToken.None);
        await presence.EnterAsync("customer:1", new("b", 4711, "Zed"), CancellationToken.None);

        bar.WaitForAssertion(() => Assert.Contains("Zed is also viewing this", bar.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task BulkDeed_IsNamed_AndTagsAreProposed_AndMoreThanABatchIsAJob()
    {
        await Data.WriteAsync(db =>
        {
            db.Customers.AddRange(Enumerable.Range(0, 230).Select(i => TestCustomers.Make(i, Data.Clock.GetUtcNow())));
            db.Tags.AddRange(new Tag { Name = "Christmas", NameKey = "christmas" }, new Tag { Name = "Easter", NameKey = "easter" });
            return Task.CompletedTask;
        });
        var ids = await Data.ReadAsync(db => db.Customers.Select(c => c.Id).ToListAsync());
        await SignInAsync(RoleNames.Manager);
        var (toasts, started) = (Services.GetRequiredService<Toasts>(), new List<long>());

        var few = Render<BulkBar>(p => p.Add(x => x.Count, 3).Add(x => x.Selection, new([.. ids.Take(3)], null)));
        few.FindAll("button").Single(b => b.TextContent.Trim() == "Add a tag").Click();
        Dialogs.WaitForElement("#bulk-argument").Input("chr");
        few.WaitForAssertion(() => Assert.Equal(["Christmas"], Dialogs.FindAll("#bulk-tags option").Select(o => o.GetAttribute("value"))));
        few.FindAll("button").Single(b => b.TextContent.Trim() == "Delete").Click();
        await Dialogs.WaitForElement("form.dialog-body").SubmitAsync();
        few.WaitForAssertion(() => Assert.Equal("3 customers moved to the trash.", toasts.Shown[^1].Text));

        var many = Render<BulkBar>(p => p.Add(x => x.Count, 227).Add(x => x.Selection, new([.. ids.Skip(3)], null))
            .Add(x => x.OnStarted, EventCallback.Factory.Create<long>(this, started.Add)));
        many.FindAll("button").Single(b => b.TextContent.Trim() == "Activate").Click();
        many.WaitForAssertion(() => Assert.Single(started));
    }
}
