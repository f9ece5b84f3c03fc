using CrmPortal.Core.Branding;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Core.Platform.Outbox;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Branding;

/// <summary>The shop's name, colour and logo: chosen once, known to every node, and those of the configuration where nothing is.</summary>
public sealed class ShopBrandTests
{
    /// <summary>A picture of one point.</summary>
    private static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==");

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Choice_HoldsOnEveryNode_AndAfterARestart_AndIsLogged(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var other = TestServices.On(data.Database, data.Clock);
        await other.Get<INodeChannel>().StartAsync(default);
        await other.Get<ShopBrandLoader>().StartAsync(default);
        await using var administrator = await data.AsAsync(Permissions.SettingsEdit);
        var brands = administrator.Get<ShopBrandService>();
        Assert.Equal(("CrmPortal", null, null), Shown(data));

        await brands.SaveAsync("  Tea & Co ", "#C83264", default);
        await brands.SetLogoAsync(new MemoryStream(Png), default);
        await other.Get<LiveUpdates>().HandleAsync(await LastEventAsync(data), default);

        var logo = data.Get<ShopIdentity>().Current.Logo!;
        Assert.Equal(("Tea & Co", "#c83264", logo.Hash), Shown(data));
        Assert.Equal("image/png", logo.ContentType);
        await WaitAsync(() => Shown(other) == Shown(data));
        await using var restarted = TestServices.On(data.Database, data.Clock);
        await restarted.Get<ShopBrandLoader>().StartAsync(default);
        Assert.Equal(Shown(data), Shown(restarted));
        Assert.Equal(["Name Accent", "Logo"], await data.ReadAsync(db => db.AuditEntries.Where(e => e.EntityType == "Shop")
            .OrderBy(e => e.Id).Select(e => e.Fields).ToListAsync()));
        Assert.Equal(("Tea & Co", "#c83264"), await brands.GetAsync(default));

        await brands.SaveAsync("", null, default);
        await brands.RemoveLogoAsync(default);
        Assert.Equal(("CrmPortal", null, null), Shown(data));
        Assert.False(await data.ReadAsync(db => db.Settings.AnyAsync(s => s.Name.StartsWith("shop."))));
    }

    [Fact]
    public async Task Choice_ThatCannotBe_IsRefused_AndChangesNothing()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var administrator = await data.AsAsync(Permissions.SettingsEdit);
        var brands = administrator.Get<ShopBrandService>();

        var both = await Assert.ThrowsAsync<RuleViolationException>(() => brands.SaveAsync(new string('x', 61), "red", default));
        Assert.Equal(["Name", "Accent"], both.Errors.Select(e => e.Field));
        await Assert.ThrowsAsync<RuleViolationException>(() => brands.SaveAsync("A\u0007B", null, default));
        await Assert.ThrowsAsync<RuleViolationException>(() => brands.SetLogoAsync(new MemoryStream("<svg/>"u8.ToArray()), default));
        await Assert.ThrowsAsync<RuleViolationException>(() => brands.SetLogoAsync(new MemoryStream(Png[..40]), default));
        await Assert.ThrowsAsync<RuleViolationException>(() => brands.SetLogoAsync(
            new MemoryStream([.. Png, .. new byte[ShopBrandService.LargestLogo]]), default));

        Assert.Equal(("CrmPortal", null, null), Shown(data));
        Assert.Equal(0, await data.ReadAsync(db => db.AuditEntries.CountAsync(e => e.EntityType == "Shop")));
    }

    private static (string, string?, string?) Shown(TestServices node) => node.Get<ShopIdentity>().Current switch
    {
        var brand => (brand.Name, brand.Accent, brand.Logo?.Hash),
    };

    private static Task<OutboxEvent> LastEventAsync(TestServices data) =>
        data.ReadAsync(db => db.OutboxEvents.Where(e => e.Topic == ShopBrandLoader.Topic).OrderByDescending(e => e.Id).FirstAsync());

    private static async Task WaitAsync(Func<bool> holds)
    {
        while (!holds()) await Task.Yield();
    }
}
