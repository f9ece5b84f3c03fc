using System.Reflection;
using System.Runtime.CompilerServices;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.History;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Audit;

/// <summary>What is stored in the history is called by names that never change, and hidden until somebody decides who may see it.</summary>
public sealed class AuditNameTests
{
    /// <summary>What stands in databases. A name is added here; one that is changed or taken away makes old rows unreadable.</summary>
    private static readonly string[] Stored =
    [
        "Address", "AdjustmentRequest", "Article", "ArticleCategory", "ArticleCategoryName", "ArticlePicture", "ArticleTranslation",
            "Avatar", "Cart", "CartLine", "Chat", "ChatSettings", "CommunicationPreference", "Consent", "ConsentWording",
            "ContactPerson", "ContactPoint",
        "CustomField", "CustomFieldValue", "Customer", "CustomerFollower", "CustomerTag", "Document", "DuplicatePair",
            "GroupChoice", "ImportantDate", "IncomingMailbox",
            "LoyaltyAccount", "LoyaltyBooking",
        "LoyaltyProgramme", "NetworkConnection", "Note", "Notification", "Order", "OrderLine", "Preference", "ProductReview", "Refund", "RefundLine",
            "Relationship", "Reward",
        "RewardRedemption", "Role", "SavedReply", "SavedReport", "Segment", "SegmentTest", "SlaPolicy", "SupportCalendar", "Tag", "TariffPlan",
            "Ticket", "TicketMacro", "TicketQueue", "TierChange", "User", "Webhook", "WishlistItem",
    ];

    /// <summary>What was removed is brought back from its audit rows: a value that must be there has to stand in them.</summary>
    [Fact]
    public async Task Model_RequiredValuesOfAuditedEntities_AreAudited()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var db = data.Get<IDatabaseProvider>().CreateContext(null);

        // Files: no audit row holds them, and their own rules bring them back. The key of a chat is a secret; chats are not undone.
        string[] apart = ["ArticlePicture.Content", "Avatar.Content", "Chat.KeyHash", "Chat.Language", "Document.StoredName", "Document.WrappedKey"];
        Assert.Equal(apart, Named(db).SelectMany(t => t.GetProperties())
            .Where(p => p.GetCustomAttribute<RequiredMemberAttribute>() is not null
                && p.GetCustomAttribute<NotAuditedAttribute>() is not null)
            .Select(p => $"{p.DeclaringType!.Name}.{p.Name}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Model_EveryAuditedEntity_HasAName_AndNoStoredNameIsLost()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var db = data.Get<IDatabaseProvider>().CreateContext(null);
        var audited = db.Model.GetEntityTypes().Where(t => typeof(IAudited).IsAssignableFrom(t.ClrType)).ToList();

        Assert.Empty(audited.Where(t => t.ClrType.GetCustomAttribute<AuditNameAttribute>() is null).Select(t => t.ClrType.Name));
        Assert.Equal(Stored.Order(StringComparer.Ordinal), Named(db).Select(t => t.GetCustomAttribute<AuditNameAttribute>()!.Name)
            .Order(StringComparer.Ordinal));
        Assert.All(Named(db), t => Assert.Equal(t, AuditNames.Find(db.Model, AuditNames.Of(t))!.ClrType));
    }

    [Fact]
    public async Task Model_EveryAuditedField_IsOpenOrSensitiveBySomebodysDecision()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var db = data.Get<IDatabaseProvider>().CreateContext(null);
        List<string> undecided = [], unknown = [];
        foreach (var type in db.Model.GetEntityTypes().Where(t => typeof(IAudited).IsAssignableFrom(t.ClrType)))
        {
            var open = type.ClrType.GetCustomAttribute<OpenFieldsAttribute>()?.Names ?? [];
            var fields = type.GetProperties().Where(ChangeRecorder.IsAudited).ToList();
            undecided.AddRange(fields.Where(f =>
                open.Contains(f.Name) == (f.PropertyInfo!.GetCustomAttribute<SensitiveAttribute>() is not null))
                .Select(f => $"{type.ClrType.Name}.{f.Name}"));
            unknown.AddRange(open.Where(o => o is not (MergeService.MergedField or Customer.AccountField)
                && fields.TrueForAll(f => f.Name != o)).Select(o => $"{type.ClrType.Name}.{o}"));
        }

        Assert.True(undecided.Count == 0, "Neither open nor sensitive, or both: " + string.Join(", ", undecided));
        Assert.True(unknown.Count == 0, "Open, but no audited field: " + string.Join(", ", unknown));
    }

    [Theory]
    [InlineData("Customer", "Email", true)]
    [InlineData("Customer", "GivenName", false)]
    [InlineData("Address", "Line1", true)]
    [InlineData("KindOfTomorrow", "Subject", true)]
    [InlineData("Customer", "FieldOfTomorrow", true)]
    public void Field_NobodyHasDecidedAbout_IsHidden(string entity, string field, bool isSensitive) =>
        Assert.Equal(isSensitive, AuditNames.IsSensitive(entity, field));

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task History_OfOrders_IsForThoseWhoMaySeeOrders(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await manager.Get<OrderService>().CreateAsync(OrderWriting.Order(10) with { ExternalId = "A-1", CustomerId = customer.Id },
            CancellationToken.None);
        await using var outsider = await data.AsAsync(Permissions.CustomersView, Permissions.CustomersSensitive);

        var seen = Order(await outsider.Get<HistoryService>().ForCustomerAsync(customer.Id, null, 20, CancellationToken.None));
        var open = Order(await manager.Get<HistoryService>().ForCustomerAsync(customer.Id, null, 20, CancellationToken.None));

        Assert.All(seen.Fields, f => Assert.True(f is { IsMasked: true, Before: null, After: null }));
        Assert.Equal((null, "A-1"), (seen.Title, open.Title));
        Assert.Contains(open.Fields, f => f is { Name: nameof(Core.Orders.Order.ExternalId), After: "A-1" });

        static HistoryItem Order((IReadOnlyList<HistoryEntry> Entries, long? Next) history) =>
            history.Entries.SelectMany(e => e.Items).Single(i => i.EntityType == nameof(Core.Orders.Order));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task History_SaysWhichTag_AndFoldsUndosOfUndos(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var changed = await manager.Get<TagService>().AddAsync(customer.Id, "Gold", CancellationToken.None);
        var last = changed!.ChangeSetId!.Value;
        for (var i = 0; i < 5; i++) last = (await manager.Get<UndoService>().UndoAsync(last, false,
            CancellationToken.None)).ChangeSetId!.Value;

        var (entries, _) = await manager.Get<HistoryService>().ForCustomerAsync(customer.Id, null, 20, CancellationToken.None);

        Assert.All(entries.SelectMany(e => e.Items).Where(i => i.EntityType == nameof(CustomerTag)), i => Assert.Equal("Gold", i.Title));
        Assert.Equal(last, Assert.Single(entries, e => e.UndoesId is not null && !e.IsFolded).ChangeSetId);
        Assert.Equal(4, entries.Count(e => e.IsFolded));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task History_OfAVeryLargeChange_IsReadInParts(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await data.WriteAsync(async db =>
        {
            var set = db.ChangeSets.Add(new ChangeSet { Kind = "import", At = data.Clock.GetUtcNow() }).Entity;
            await db.SaveChangesAsync();
            for (var i = 0; i < 12_000; i++)
                db.AuditEntries.Add(new AuditEntry { ChangeSetId = set.Id, EntityType = "Order", EntityId = i, CustomerId = customer.Id,
                    Action = AuditAction.Created });
        });
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var history = manager.Get<HistoryService>();

        var first = await history.ForCustomerAsync(customer.Id, null, 10, CancellationToken.None);
        var rows = first.Entries.Sum(e => e.Items.Count);
        for (var next = first.Next; next is not null;)
        {
            var page = await history.ForCustomerAsync(customer.Id, next, 10, CancellationToken.None);
            (rows, next) = (rows + page.Entries.Sum(e => e.Items.Count), page.Next);
        }

        Assert.InRange(first.Entries.Sum(e => e.Items.Count), 5_000, 6_000);
        Assert.Equal(12_001, rows);
    }

    private static List<Type> Named(CrmDbContext db) =>
        [.. db.Model.GetEntityTypes().Select(t => t.ClrType).Where(t => t.GetCustomAttribute<AuditNameAttribute>() is not null)];
}
