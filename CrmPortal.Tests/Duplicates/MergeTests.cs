using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.History;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Duplicates;

public sealed class MergeTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Merge_FillsBlanks_KeepsOtherContacts_MovesWhatHangsOn_AndOldNumbersLeadToTheSurvivor(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var survivor = await data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com", null, "friend", "tea");
        var other = await data.AddCustomerAsync("Ada", "King", "ada.king@example.com", "+442079460001", "tea", "press");
        await data.AddOrderAsync("O-1", survivor.Id, 1000);
        await data.AddOrderAsync("O-2", other.Id, 500);
        await data.AddRefundAsync("R-1", other.Id, 100);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await manager.Get<NoteService>().AddAsync(other.Id, "Likes tea", CancellationToken.None);

        var merged = await manager.Get<MergeService>().MergeAsync(new(survivor.Id, [survivor.Id, other.Id]), CancellationToken.None);

        var customer = merged.Customer;
        Assert.Equal(("Lovelace", "ada@example.com", "+442079460001"), (customer.FamilyName, customer.Email, customer.Phone));
        Assert.Equal("ada.king@example.com", Assert.Single(customer.ContactPoints).Value);
        Assert.Equal(["friend", "press", "tea"], customer.Tags.Select(t => t.Name).Order());
        Assert.Equal((2, 1400L), (customer.Orders.Count, customer.Orders.Spent));
        Assert.Equal(survivor.Id, (await manager.Finder.FindByNumberAsync(other.Number, CancellationToken.None))!.Id);
        Assert.Equal(survivor.Id, await manager.Customers.SurvivorOfAsync(other.Id, CancellationToken.None));
        Assert.Null(await manager.Customers.GetAsync(other.Id, CancellationToken.None));
        Assert.Contains(merged.Moves, m => m == new MergeMove(nameof(CustomerTag), 1, 1));
        var found = await manager.Finder.ListAsync(new("ada.king@example.com"), new(), CancellationToken.None);
        Assert.Equal(survivor.Id, Assert.Single(found.Items).Id);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Preview_ShowsEveryFieldAndWhatMoves_AndChangesNothing_AndChoicesAreTaken(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var survivor = await data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com");
        var other = await data.AddCustomerAsync("Augusta", "King", "king@example.com");
        await data.AddOrderAsync("O-1", other.Id, 500);
        await data.WriteAsync(db =>
            Task.FromResult(db.Carts
            .Add(new Cart { CustomerId = other.Id, ExternalId = "C-1", Currency = "EUR", ChangedAt = data.Clock.GetUtcNow() })));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var merging = manager.Get<MergeService>();
        var before = await data.ReadAsync(CustomerTables.ReadAsync);
        var request = new MergeRequest(survivor.Id, [other.Id],
            new Dictionary<string, long> { [nameof(Customer.Email)] = other.Id, [nameof(Customer.FamilyName)] = other.Id });

        var preview = await merging.PreviewAsync(request, CancellationToken.None);

        Assert.True(before.SetEquals(await data.ReadAsync(CustomerTables.ReadAsync)));
        Assert.Equal(MergeService.FieldNames, preview.Fields.Select(f => f.Name));
        Assert.Equal([new MergeMove(nameof(Order), 1, 0), new MergeMove(nameof(Cart), 1, 0)], preview.Moves);
        Assert.Equal((survivor.Id, other.Id), (preview.Fields.Single(f => f.Name == nameof(Customer.GivenName)).ChosenId,
            preview.Fields.Single(f => f.Name == nameof(Customer.Email)).ChosenId));
        var merged = (await merging.MergeAsync(request, CancellationToken.None)).Customer;
        Assert.Equal(("Ada", "King", "king@example.com", "ada@example.com"),
            (merged.GivenName, merged.FamilyName, merged.Email, merged.ContactPoints.Single().Value));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Addresses_WithoutAStreet_AreOneOnlyInOneCity(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();
        var (survivor, same, elsewhere) = (await InAsync("London"), await InAsync("london"), await InAsync("Leeds"));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);

        var merged = (await manager.Get<MergeService>()
            .MergeAsync(new(survivor, [same, elsewhere], null), CancellationToken.None)).Customer;

        Assert.Equal(["Leeds", "London"], merged.Addresses.Select(a => a.City).Order());

        async Task<long> InAsync(string city) =>
            (await system.Customers.CreateAsync(new() { GivenName = "Ada" }, CancellationToken.None,
            new() { City = city, Country = "GB" })).Customer.Id;
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Consents_ThatSayDifferentThings_AreJoinedByAnEntryThatMakesTheStrictestHold(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var survivor = await data.AddCustomerAsync("Ada", "Lovelace");
        var other = await data.AddCustomerAsync("Ada", "King");
        await data.WriteAsync(async db =>
        {
            db.Consents.Add(new Consent { CustomerId = other.Id, Purpose = ConsentPurpose.Marketing, Channel = Channel.Email,
                State = ConsentState.Withdrawn, At = data.Clock.GetUtcNow() });
            await db.SaveChangesAsync();
            db.Consents.Add(new Consent { CustomerId = survivor.Id, Purpose = ConsentPurpose.Marketing, Channel = Channel.Email,
                State = ConsentState.Granted, At = data.Clock.GetUtcNow() });
            db.Consents.Add(new Consent { CustomerId = other.Id, Purpose = ConsentPurpose.Marketing, Channel = Channel.Sms,
                State = ConsentState.Granted, At = data.Clock.GetUtcNow() });
            await db.SaveChangesAsync();
            await ConsentFlags.RefreshAsync(db, [survivor.Id, other.Id], CancellationToken.None);
        });
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);

        var merged = await manager.Get<MergeService>().MergeAsync(new(survivor.Id, [other.Id]), CancellationToken.None);

        Assert.Equal((false, true), (merged.Customer.EmailMarketing, merged.Customer.SmsMarketing));
        var entry = await data.ReadAsync(db => db.Consents.SingleAsync(c => c.Source == ConsentSource.Merge));
        Assert.Equal((ConsentState.Withdrawn, Channel.Email, survivor.Id), (entry.State, entry.Channel, entry.CustomerId));
        await manager.Get<UndoService>().UndoAsync(merged.ChangeSetId, false, CancellationToken.None);
        Assert.Equal([(survivor.Id, true, false), (other.Id, false, true)], await data.ReadAsync(async db =>
            (await db.Customers.OrderBy(c => c.Id).ToListAsync()).Select(c => (c.Id, c.EmailMarketing, c.SmsMarketing))));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task TwoMerges_OfOneCustomerAtOnce_OneWaitsAndThenSees(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var first = await data.AddCustomerAsync("Ada", "Lovelace");
        var second = await data.AddCustomerAsync("Ada", "King");
        var third = await data.AddCustomerAsync("Ada", "Byron");
        await data.AddOrderAsync("O-1", second.Id, 500);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await using var colleague = await data.AsRoleAsync(RoleNames.Manager);

        var outcomes = await Task.WhenAll(TryAsync(manager, new(first.Id, [second.Id])), TryAsync(colleague, new(third.Id, [second.Id])));

        Assert.Single(outcomes, o => o is null);
        Assert.Equal("One of the customers was deleted or merged in the meantime.",
            Assert.Single(outcomes.OfType<RuleViolationException>()).Message);
        Assert.Equal(1, await data.ReadAsync(db => db.Customers.Where(c => c.DeletedAt == null).SumAsync(c => c.OrderCount)));

        static Task<RuleViolationException?> TryAsync(TestScope scope, MergeRequest request) => Task.Run(async () =>
        {
            try
            {
                await scope.Get<MergeService>().MergeAsync(request, CancellationToken.None);
                return null;
            }
            catch (RuleViolationException violation)
            {
                return violation;
            }
        });
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_WhenTheEmailWentToSomebodyElse_KeepsItAsAFurtherOne(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var survivor = await data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com");
        var other = await data.AddCustomerAsync("Ada", "King", "king@example.com");
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var merged = await manager.Get<MergeService>().MergeAsync(new(survivor.Id, [other.Id]), CancellationToken.None);
        await data.AddCustomerAsync("Somebody", "Else", "king@example.com");

        await manager.Get<UndoService>().UndoAsync(merged.ChangeSetId, false, CancellationToken.None);

        var back = await manager.Customers.GetAsync(other.Id, CancellationToken.None);
        Assert.Null(back!.Email);
        Assert.Equal("king@example.com", Assert.Single(back.ContactPoints).Value);
        Assert.Empty((await manager.Customers.GetAsync(survivor.Id, CancellationToken.None))!.ContactPoints);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_WhenContactsCardAndDefaultAddressChangeHands_GivesAllBack_AndMergesAgain(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        // Of the two, each is once the one whose row is saved first.
        foreach (var isOlderKept in new[] { true, false })
        {
            var name = isOlderKept ? "old" : "new";
            long[] ids = [await AddAsync("1"), await AddAsync("2")];
            var (survivor, other) = isOlderKept ? (ids[0], ids[1]) : (ids[1], ids[0]);
            var choices = new[] { nameof(Customer.Email), nameof(Customer.Phone), nameof(Customer.LoyaltyCard) }
                .ToDictionary(f => f, _ => other);
            var before = await data.ReadAsync(CustomerTables.ReadAsync);
            var merged = await manager.Get<MergeService>().MergeAsync(new(survivor, [other], choices), CancellationToken.None);
            var after = await data.ReadAsync(CustomerTables.ReadAsync);

            var undone = await manager.Get<UndoService>().UndoAsync(merged.ChangeSetId, false, CancellationToken.None);

            Assert.Empty(undone.Kept);
            Same(before, await data.ReadAsync(CustomerTables.ReadAsync));
            await manager.Get<UndoService>().UndoAsync(undone.ChangeSetId!.Value, false, CancellationToken.None);
            Same(after, await data.ReadAsync(CustomerTables.ReadAsync));

            async Task<long> AddAsync(string which)
            {
                var id = (await manager.Customers.CreateAsync(new()
                {
                    GivenName = "Ada", Email = $"{name}{which}@example.com", Phone = $"+44207946{(isOlderKept ? "10" : "20")}0{which}",
                    LoyaltyCard = name + which,
                }, CancellationToken.None)).Customer.Id;
                await manager.Get<AddressService>().SaveAsync(id, null, new()
                {
                    Type = AddressType.Billing, IsDefault = true, Line1 = which + " High Street", City = "London",
                    PostalCode = "W1A 1AA", Country = "GB",
                }, CancellationToken.None);
                return id;
            }
        }

        static void Same(SortedSet<string> wanted, SortedSet<string> found) =>
            Assert.True(wanted.SetEquals(found), CustomerTables.Difference(wanted, found));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_WhenTheCardWentToSomebodyElse_LeavesItThereAndSaysSo(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var (survivor, other) = (await AddAsync("Ada", "A1"), await AddAsync("Augusta", "A2"));
        var merged = await manager.Get<MergeService>().MergeAsync(new(survivor, [other]), CancellationToken.None);
        var somebody = await AddAsync("Somebody", "A2");

        var undone = await manager.Get<UndoService>().UndoAsync(merged.ChangeSetId, false, CancellationToken.None);

        Assert.Equal(nameof(Customer.LoyaltyCard), Assert.Single(undone.Kept).Field);
        var cards = await data.ReadAsync(db => db.Customers.ToDictionaryAsync(c => c.Id, c => c.LoyaltyCard));
        Assert.Equal(("A1", null, "A2"), (cards[survivor], cards[other], cards[somebody]));

        async Task<long> AddAsync(string name, string card) => (await manager.Customers.CreateAsync(
            new() { GivenName = name, LoyaltyCard = card }, CancellationToken.None)).Customer.Id;
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task MergingAgain_WhenTheSurvivorGotADefaultAddressSince_BringsTheOtherBesideIt(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (survivor, other) = (await data.AddCustomerAsync("Ada", "A"), await data.AddCustomerAsync("Ada", "B"));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await AddAddressAsync(other.Id, "1 High Street");
        var merged = await manager.Get<MergeService>().MergeAsync(new(survivor.Id, [other.Id]), CancellationToken.None);
        var undone = await manager.Get<UndoService>().UndoAsync(merged.ChangeSetId, false, CancellationToken.None);
        await AddAddressAsync(survivor.Id, "2 High Street");

        var again = await manager.Get<UndoService>().UndoAsync(undone.ChangeSetId!.Value, false, CancellationToken.None);

        Assert.Equal(nameof(Address.IsDefault), Assert.Single(again.Kept).Field);
        var addresses = (await manager.Customers.GetAsync(survivor.Id, CancellationToken.None))!.Addresses;
        Assert.Equal((2, "2 High Street"), (addresses.Count, addresses.Single(a => a.IsDefault).Line1));

        Task AddAddressAsync(long id, string street) => manager.Get<AddressService>().SaveAsync(id, null, new()
        {
            Type = AddressType.Billing, IsDefault = true, Line1 = street, City = "London", PostalCode = "W1A 1AA", Country = "GB",
        }, CancellationToken.None);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_AfterTheSurvivorWasMergedAgain_IsRefusedUntilThatIsTakenBack(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (a, b, c) = (await data.AddCustomerAsync("Ada", "A"), await data.AddCustomerAsync("Ada", "B"),
            await data.AddCustomerAsync("Ada", "C"));
        await data.AddOrderAsync("O-1", a.Id, 500);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var (merging, undo) = (manager.Get<MergeService>(), manager.Get<UndoService>());
        var before = await data.ReadAsync(CustomerTables.ReadAsync);
        var first = await merging.MergeAsync(new(b.Id, [a.Id]), CancellationToken.None);
        var second = await merging.MergeAsync(new(c.Id, [b.Id]), CancellationToken.None);

        var refused = await Assert
            .ThrowsAsync<RuleViolationException>(() => undo.UndoAsync(first.ChangeSetId, false, CancellationToken.None));
        Assert.Equal(c.Id, await manager.Customers.SurvivorOfAsync(a.Id, CancellationToken.None));
        await undo.UndoAsync(second.ChangeSetId, false, CancellationToken.None);
        await undo.UndoAsync(first.ChangeSetId, false, CancellationToken.None);

        Assert.Equal("The customer has been merged again since; undo that first.", refused.Message);
        var after = await data.ReadAsync(CustomerTables.ReadAsync);
        Assert.True(before.SetEquals(after), CustomerTables.Difference(before, after));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_AfterAMergedCustomerWasRemovedForGood_LeavesHisOrdersWhereTheyAre(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (survivor, other) = (await data.AddCustomerAsync("Ada", "A"), await data.AddCustomerAsync("Ada", "B"));
        await data.AddOrderAsync("O-1", other.Id, 500);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var merged = await manager.Get<MergeService>().MergeAsync(new(survivor.Id, [other.Id]), CancellationToken.None);
        await using (var system = data.AsSystem()) Assert.True(await system.Trash.PurgeAsync(other.Id, CancellationToken.None));

        var undone = await manager.Get<UndoService>().UndoAsync(merged.ChangeSetId, false, CancellationToken.None);

        Assert.NotEmpty(undone.Kept);
        Assert.Equal(survivor.Id, await data.ReadAsync(db => db.Orders.Select(o => o.CustomerId).SingleAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Merge_BlockIsNotLost_AndBadRequestsAreRefused(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (survivor, other) = (await data.AddCustomerAsync("Ada", "A"), await data.AddCustomerAsync("Ada", "B"));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await manager.Customers.BlockAsync(other.Id, "Fraud", CancellationToken.None);
        var merging = manager.Get<MergeService>();

        await RefusedAsync(new(survivor.Id, [survivor.Id]), "Choose at least two customers.");
        await RefusedAsync(new(survivor.Id, [.. Enumerable.Range(1, 11).Select(i => (long)i + 100)]),
            "At most 10 customers can be merged at once.");
        await RefusedAsync(new(survivor.Id, [other.Id, 9999]), "One of the customers was deleted or merged in the meantime.");
        await RefusedAsync(new(survivor.Id, [other.Id], new Dictionary<string, long> { ["OrderCount"] = other.Id }),
            "There is no field OrderCount to choose.");
        await RefusedAsync(new(survivor.Id, [other.Id], new Dictionary<string, long> { ["Email"] = 9999 }),
            "The value of Email can only be taken from one of the customers.");
        var merged = (await merging.MergeAsync(new(survivor.Id, [other.Id]), CancellationToken.None)).Customer;

        Assert.Equal((CustomerStatus.Blocked, "Fraud"), (merged.Status, merged.BlockReason));
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await Assert.ThrowsAsync<AccessDeniedException>(() => agent.Get<MergeService>()
            .MergeAsync(new(survivor.Id, [other.Id]), CancellationToken.None));
        await Assert.ThrowsAsync<AccessDeniedException>(() => agent.Get<MergeService>()
            .PreviewAsync(new(survivor.Id, [other.Id]), CancellationToken.None));

        async Task RefusedAsync(MergeRequest request, string sentence) =>
            Assert.Equal(sentence,
                (await Assert.ThrowsAsync<RuleViolationException>(() => merging.MergeAsync(request, CancellationToken.None))).Message);
    }
}
