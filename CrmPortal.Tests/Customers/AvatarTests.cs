using System.Net;
using System.Text;
using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Customers;

/// <summary>The small picture of a customer.</summary>
public sealed class AvatarTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Picture_IsCleaned_Shown_Changed_AndTakenBack(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var avatars = staff.Get<AvatarService>();

        var first = (await avatars.SetAsync(customer.Id, new MemoryStream(TestFiles.JpegWithNotes()),
            CancellationToken.None))!.Customer.AvatarId!.Value;
        var shown = (await avatars.FindAsync(first, CancellationToken.None))!;
        Assert.Equal("image/jpeg", shown.ContentType);
        Assert.DoesNotContain(TestFiles.Secret, Encoding.ASCII.GetString(shown.Content), StringComparison.Ordinal);
        var second = (await avatars.SetAsync(customer.Id, new MemoryStream(TestFiles.Png), CancellationToken.None))!;
        Assert.NotEqual(first, second.Customer.AvatarId);
        await staff.Get<UndoService>().UndoAsync(second.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Equal(first, (await staff.Customers.GetAsync(customer.Id, CancellationToken.None))!.AvatarId);
        Assert.Null((await avatars.RemoveAsync(customer.Id, CancellationToken.None))!.Customer.AvatarId);
        for (var i = 0; i < 8; i++) await avatars.SetAsync(customer.Id, new MemoryStream(TestFiles.Webp), CancellationToken.None);
        Assert.Equal(5, await data.ReadAsync(db => db.Avatars.CountAsync()));
        Assert.Null(await avatars.SetAsync(4711, new MemoryStream(TestFiles.Png), CancellationToken.None));
    }

    [Fact]
    public async Task Picture_ThatIsNone_OrTooLarge_IsRefused()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        foreach (var bad in new[] { [], "<svg onload='1'/>"u8.ToArray(), TestFiles.Pdf(), TestFiles.Exe, TestFiles.Jpeg[..250],
            TestFiles.PngOf(30_000, 30_000), [.. TestFiles.Png, .. new byte[AvatarService.LargestBytes]] })
            await Assert.ThrowsAsync<RuleViolationException>(() => staff.Get<AvatarService>()
                .SetAsync(customer.Id, new MemoryStream(bad), CancellationToken.None));

        Assert.Equal(0, await data.ReadAsync(db => db.Avatars.CountAsync()));
    }

    [Fact]
    public async Task Picture_IsKeptByTheBrowserOfThoseWhoMaySeeIt()
    {
        await using var app = await TestApp.StartAsync();
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        using var customer = await app.ClientAsAsync(RoleNames.Customer);
        var id = (long)(await staff.CreateCustomerAsync("""{"name":"Ada"}"""))["id"]!;
        await using var system = app.AsSystem();
        var avatar = (await system.Get<AvatarService>()
            .SetAsync(id, new MemoryStream(TestFiles.Png), CancellationToken.None))!.Customer.AvatarId!.Value;

        using var answer = await staff.GetAsync($"/files/avatars/{avatar}");
        Assert.Equal(TestFiles.Png, await answer.Content.ReadAsByteArrayAsync());
        Assert.True(answer.Headers.CacheControl is { Private: true, MaxAge.TotalHours: > 1 });
        Assert.NotEqual(HttpStatusCode.OK, (await customer.GetAsync($"/files/avatars/{avatar}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await staff.GetAsync($"/files/avatars/{avatar + 1}")).StatusCode);
    }
}
