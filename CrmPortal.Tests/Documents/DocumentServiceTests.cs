using System.Text;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Timeline;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Documents;

/// <summary>Documents from their upload to their end.</summary>
public sealed class DocumentServiceTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Document_UploadedReadCheckedRemovedAndBroughtBack(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var documents = agent.Get<DocumentService>();

        var added = await UploadAsync(agent, customer.Id, TestFiles.JpegWithNotes(), "../passport.jpeg", DocumentKind.Identity,
            new(2030, 1, 2));
        Assert.Equal(("passport.jpg", "image/jpeg", DocumentKind.Identity, 24, 16, DocumentStatus.Pending, new DateOnly(2030, 1, 2)),
            (added.Name, added.ContentType, added.Kind, added.Width!.Value, added.Height!.Value, added.Status, added.ExpiresOn!.Value));
        var content = await ReadAsync(agent, added.Id);
        Assert.Equal((added.Size, added.Hash),
            (content.Length, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content))));
        Assert.DoesNotContain(TestFiles.Secret, Encoding.ASCII.GetString(content), StringComparison.Ordinal);
        Assert.Equal("Download",
            await data.ReadAsync(db => db.AuditEntries.Where(e => e.Action == AuditAction.Exported && e.CustomerId == customer.Id
            && e.EntityId == added.Id).Select(e => e.Fields).SingleAsync()));

        Assert.Equal("Reason",
            Assert.Single((await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<DocumentService>()
            .CheckAsync(customer.Id, added.Id, DocumentStatus.Rejected, " ", CancellationToken.None))).Errors).Field);
        var rejected = (await manager.Get<DocumentService>()
            .CheckAsync(customer.Id, added.Id, DocumentStatus.Rejected, "Blurred", CancellationToken.None))!.Part;
        Assert.Equal((DocumentStatus.Rejected, "Blurred", manager.Actor.Name),
            (rejected.Status, rejected.RejectReason, rejected.CheckedByName));
        var verified = (await manager.Get<DocumentService>()
            .CheckAsync(customer.Id, added.Id, DocumentStatus.Verified, "ignored", CancellationToken.None))!.Part;
        Assert.Equal((DocumentStatus.Verified, null), (verified.Status, verified.RejectReason));
        var changed = (await documents.UpdateAsync(customer.Id, added.Id, new() { Name = "Pass.exe", ExpiresOn = null },
            CancellationToken.None))!.Part;
        Assert.Equal(("Pass.exe.jpg", null, DocumentKind.Identity), (changed.Name, changed.ExpiresOn, changed.Kind));

        var removal = await documents.RemoveAsync(customer.Id, added.Id, CancellationToken.None);
        Assert.Empty((await documents.ListAsync(customer.Id, new(), CancellationToken.None)).Items);
        Assert.Null(await documents.OpenAsync(null, added.Id, false, CancellationToken.None));
        Assert.Null(await documents.RemoveAsync(customer.Id, added.Id, CancellationToken.None));
        await agent.Get<UndoService>().UndoAsync(removal!.Value, false, CancellationToken.None);
        Assert.Equal("Pass.exe.jpg", Assert.Single((await documents.ListAsync(customer.Id, new(), CancellationToken.None)).Items).Name);
        Assert.Equal(content, await ReadAsync(agent, added.Id));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Rights_AreAskedForEachStep(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var viewer = await data.AsAsync(Permissions.CustomersView, Permissions.DocumentsView);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var added = await UploadAsync(agent, customer.Id, TestFiles.Pdf());

        await Assert.ThrowsAsync<AccessDeniedException>(() => staff.Get<DocumentService>()
            .OpenAsync(customer.Id, added.Id, false, CancellationToken.None));
        await Assert.ThrowsAsync<AccessDeniedException>(() => UploadAsync(staff, customer.Id, TestFiles.Pdf()));
        await Assert.ThrowsAsync<AccessDeniedException>(() => UploadAsync(viewer, customer.Id, TestFiles.Pdf()));
        await Assert.ThrowsAsync<AccessDeniedException>(() => viewer.Get<DocumentService>()
            .RemoveAsync(customer.Id, added.Id, CancellationToken.None));
        await Assert.ThrowsAsync<AccessDeniedException>(() => agent.Get<DocumentService>()
            .CheckAsync(customer.Id, added.Id, DocumentStatus.Verified, null, CancellationToken.None));
        Assert.Equal(TestFiles.Pdf(), await ReadAsync(viewer, added.Id));
        Assert.Null(await agent.Get<DocumentService>().OpenAsync(customer.Id + 1, added.Id, false, CancellationToken.None));
        Assert.Null(await agent.Get<DocumentService>()
            .UploadAsync(4711, new("x"), new MemoryStream(TestFiles.Pdf()), CancellationToken.None));
        Assert.Single(Files(data));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Upload_ThatIsRefused_LeavesNeitherRowNorFile(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind, s => s.Configure<DocumentOptions>(o => o.LargestFileMegabytes = 1));
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        foreach (var bad in new[] { [], TestFiles.Exe, "<svg/>"u8.ToArray(), TestFiles.Jpeg[..250], TestFiles.Bomb(),
            new byte[(1024 * 1024) + 1] })
            await Assert.ThrowsAsync<RuleViolationException>(() => UploadAsync(agent, customer.Id, bad));
        var full = Encoding.ASCII.GetBytes(new string('x', 1024 * 1024));
        Assert.Equal(full.Length, (await UploadAsync(agent, customer.Id, full)).Size);

        Assert.Single(Files(data));
        Assert.Equal(1, await data.ReadAsync(db => db.Documents.CountAsync()));
    }

    [Fact]
    public async Task Customer_WithAThousandDocuments_TakesNoMore()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await data.WriteAsync(db =>
        {
            for (var i = 0; i < DocumentService.MostDocuments; i++)
                db.Documents.Add(new Document { CustomerId = customer.Id, Name = "x.txt", ContentType = "text/plain", Hash = "",
                    StoredName = "", WrappedKey = "" });
            return Task.CompletedTask;
        });

        var refused = await Assert.ThrowsAsync<RuleViolationException>(() => UploadAsync(agent, customer.Id, TestFiles.Pdf()));

        Assert.Contains("1000 documents", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Files(data));
    }

    [Fact]
    public async Task Scanner_FindsAVirus_AndIsMissedWhenItIsDown()
    {
        await using var clamd = new FakeClamd();
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite,
            s => s.Configure<DocumentOptions>(o => o.ClamdAddress = clamd.Address));
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        await UploadAsync(agent, customer.Id, TestFiles.Pdf());
        var found = await Assert
            .ThrowsAsync<RuleViolationException>(() => UploadAsync(agent, customer.Id, Encoding.ASCII.GetBytes(FakeClamd.Virus)));
        Assert.Contains("flagged this file", found.Message, StringComparison.Ordinal);
        await clamd.DisposeAsync();
        var down = await Assert.ThrowsAsync<RuleViolationException>(() => UploadAsync(agent, customer.Id, TestFiles.Pdf()));

        Assert.Contains("not responding", down.Message, StringComparison.Ordinal);
        Assert.Single(Files(data));
    }

    [Fact]
    public async Task Scanner_ThatNeverAnswers_IsNotWaitedFor()
    {
        await using var clamd = new FakeClamd(answers: false);
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite,
            s => s.Configure<DocumentOptions>(o => o.ClamdAddress = clamd.Address));
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        var upload = UploadAsync(agent, customer.Id, TestFiles.Pdf());
        while (!upload.IsCompleted)
        {
            data.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Contains("not responding", (await Assert.ThrowsAsync<RuleViolationException>(() => upload)).Message,
            StringComparison.Ordinal);
        Assert.Empty(Files(data));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Removed_LosesItsContent_WhenItCanNoLongerComeBack(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var system = data.AsSystem();
        var (gone, kept) = (await UploadAsync(agent, customer.Id, TestFiles.Pdf()), await UploadAsync(agent, customer.Id, TestFiles.Png));
        await agent.Get<DocumentService>().RemoveAsync(customer.Id, gone.Id, CancellationToken.None);

        data.Clock.Advance(TimeSpan.FromDays(30));
        await system.Get<DocumentUpkeep>().RemoveDeletedAsync(CancellationToken.None);
        Assert.Equal(2, Files(data).Count());
        data.Clock.Advance(TimeSpan.FromDays(2));
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => system.Get<DocumentUpkeep>().RemoveDeletedAsync(CancellationToken.None)));

        Assert.Single(Files(data));
        Assert.Equal(kept.Id, await data.ReadAsync(db => db.Documents.Select(d => d.Id).SingleAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Purge_OfACustomer_TakesTheFilesAlong(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (customer, other) = (await data.AddCustomerAsync(), await data.AddCustomerAsync());
        await using var system = data.AsSystem();
        await UploadAsync(system, customer.Id, TestFiles.Pdf());
        await UploadAsync(system, other.Id, TestFiles.Pdf());
        await system.Trash.DeleteAsync(customer.Id, CancellationToken.None);
        Assert.Null(await system.Get<DocumentService>().CountAsync(customer.Id, CancellationToken.None));

        Assert.True(await system.Trash.PurgeAsync(customer.Id, CancellationToken.None));

        Assert.Single(Files(data));
        Assert.Equal(1, await system.Get<DocumentService>().CountAsync(other.Id, CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task DocumentsThatWait_AreListedOldestFirst_ForThoseWhoVerify(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, ben) = (await data.AddCustomerAsync(), await data.AddCustomerAsync("Ben", "Byte"));
        var gone = await data.AddCustomerAsync("Gus");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var first = await UploadAsync(agent, ada.Id, TestFiles.Pdf(), "first.pdf", DocumentKind.Identity, new(2030, 1, 2));
        await UploadAsync(agent, gone.Id, TestFiles.Pdf(), "gone.pdf");
        var removed = await UploadAsync(agent, ada.Id, TestFiles.Pdf(), "removed.pdf");
        var second = await UploadAsync(agent, ben.Id, TestFiles.Pdf(), "second.pdf");
        var third = await UploadAsync(agent, ada.Id, TestFiles.Pdf(), "third.pdf");
        await agent.Get<DocumentService>().RemoveAsync(ada.Id, removed.Id, CancellationToken.None);
        await using (var system = data.AsSystem()) await system.Get<CustomerTrash>().DeleteAsync(gone.Id, CancellationToken.None);
        var documents = manager.Get<DocumentService>();

        var page = await documents.WaitingAsync(0, 2, CancellationToken.None);
        Assert.Equal([(first.Id, "Ada Lovelace"), (second.Id, "Ben Byte")], page.Items.Select(w => (w.Document.Id, w.CustomerName)));
        var rest = await documents.WaitingAsync(page.Next!.Value, 2, CancellationToken.None);
        Assert.Equal([third.Id], rest.Items.Select(w => w.Document.Id));
        Assert.Null(rest.Next);

        await documents.CheckAsync(ada.Id, first.Id, DocumentStatus.Verified, null, CancellationToken.None);
        await documents.CheckAsync(ben.Id, second.Id, DocumentStatus.Rejected, "Blurred", CancellationToken.None);
        Assert.Equal(third.Id, Assert.Single((await documents.WaitingAsync(0, 25, CancellationToken.None)).Items).Document.Id);
        await Assert.ThrowsAsync<AccessDeniedException>(() => agent.Get<DocumentService>().WaitingAsync(0, 25, CancellationToken.None));
        await Assert.ThrowsAsync<RuleViolationException>(() => documents.WaitingAsync(0, 0, CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Expiry_IsRemindedOfOnce_AndAgainWhenItChanges(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (customer, looked) = (await data.AddCustomerAsync(), await data.AddCustomerAsync("Ben"));
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var uploader = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var system = data.AsSystem();
        await system.Customers.UpdateAsync(looked.Id, new CustomerChanges { PreferredAgentId = agent.UserId }, null, null,
            CancellationToken.None);
        var today = DateOnly.FromDateTime(data.Clock.GetUtcNow().UtcDateTime);
        var soon = await UploadAsync(uploader, customer.Id, TestFiles.Pdf(), "own.pdf", expires: today.AddDays(30));
        await UploadAsync(uploader, looked.Id, TestFiles.Pdf(), "looked.pdf", expires: today.AddDays(3));
        await UploadAsync(uploader, customer.Id, TestFiles.Pdf(), "later.pdf", expires: today.AddDays(31));
        await UploadAsync(uploader, customer.Id, TestFiles.Pdf(), "past.pdf", expires: today.AddDays(-1));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            await using var node = data.AsSystem();
            await node.Get<DocumentUpkeep>().RemindAsync(CancellationToken.None);
        })));
        Assert.Equal([(agent.UserId, looked.Id, "looked.pdf"), (uploader.UserId, customer.Id, "own.pdf")], await RemindersAsync());

        await uploader.Get<DocumentService>()
            .UpdateAsync(customer.Id, soon.Id, new() { ExpiresOn = today.AddDays(7) }, CancellationToken.None);
        await system.Get<DocumentUpkeep>().RemindAsync(CancellationToken.None);
        Assert.Equal(3, (await RemindersAsync()).Count);

        async Task<List<(long, long, string)>> RemindersAsync() =>
            [.. (await data.ReadAsync(db => db.Notifications.Where(n => n.Kind == NotificationKind.DocumentExpires).OrderBy(n => n.Text)
                .ThenBy(n => n.Id).ToListAsync())).Select(n => (n.UserId, n.CustomerId!.Value, n.Text))];
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task WithoutDocumentsView_NoHistoryTimelineOrReminderTellsOfThem(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await using var system = data.AsSystem();
        await system.Customers.UpdateAsync(customer.Id, new CustomerChanges { PreferredAgentId = staff.UserId }, null, null, default);
        var document = await UploadAsync(manager, customer.Id, TestFiles.Pdf(), "passport.pdf",
            expires: DateOnly.FromDateTime(data.Clock.GetUtcNow().UtcDateTime).AddDays(3));
        await manager.Get<DocumentService>().CheckAsync(customer.Id, document.Id, DocumentStatus.Rejected, "forged stamp", default);
        await system.Get<DocumentUpkeep>().RemindAsync(default);

        var seen = await SeenAsync(staff);
        Assert.DoesNotContain("passport", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("forged", seen, StringComparison.Ordinal);
        Assert.Equal("", Assert.Single(await staff.Get<NotificationService>().ListAsync(default)).Text);
        Assert.Contains("passport", await SeenAsync(manager), StringComparison.Ordinal);

        async Task<string> SeenAsync(TestScope by) =>
            System.Text.Json.JsonSerializer
                .Serialize((await by.Get<HistoryService>().ForCustomerAsync(customer.Id, null, 50, default)).Entries)
            + System.Text.Json.JsonSerializer
                .Serialize((await by.Get<TimelineService>().ReadAsync(customer.Id, new([TimelineKind.Change]), default)).Entries);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Reminder_WithoutAgentAndUploader_ReachesThoseWhoVerify_OrWaits(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var uploader = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var system = data.AsSystem();
        await UploadAsync(uploader, customer.Id, TestFiles.Pdf(), "own.pdf",
            expires: DateOnly.FromDateTime(data.Clock.GetUtcNow().UtcDateTime).AddDays(3));
        await data.WriteAsync(db => db.Users.Where(u => u.Id == uploader.UserId)
            .ExecuteUpdateAsync(u => u.SetProperty(x => x.DisabledAt, data.Clock.GetUtcNow())));

        await system.Get<DocumentUpkeep>().RemindAsync(default);
        Assert.Equal(0, await data.ReadAsync(db => db.Notifications.CountAsync()));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await system.Get<DocumentUpkeep>().RemindAsync(default);
        await system.Get<DocumentUpkeep>().RemindAsync(default);

        Assert.Equal(manager.UserId, Assert.Single(await data.ReadAsync(db => db.Notifications.ToListAsync())).UserId);
    }

    private static IEnumerable<string> Files(TestServices data) =>
        Directory.Exists(data.Database.Options.DocumentFolder)
            ? Directory.EnumerateFiles(data.Database.Options.DocumentFolder, "*", SearchOption.AllDirectories) : [];

    private static async Task<DocumentDetails> UploadAsync(TestScope scope, long customerId, byte[] content, string name = "x.pdf",
        DocumentKind kind = DocumentKind.Other, DateOnly? expires = null) =>
        (await scope.Get<DocumentService>()
            .UploadAsync(customerId, new(name, kind, expires), new MemoryStream(content), CancellationToken.None))!;

    private static async Task<byte[]> ReadAsync(TestScope scope, long documentId)
    {
        var open = (await scope.Get<DocumentService>().OpenAsync(null, documentId, false, CancellationToken.None))!;
        await using var content = open.Content;
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy);
        return copy.ToArray();
    }
}
