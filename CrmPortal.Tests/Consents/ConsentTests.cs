using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Verification;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Consents;

/// <summary>The ledger of consents, and what follows from it.</summary>
public sealed class ConsentTests
{
    private static readonly ConsentEvidence Evidence = new("192.0.2.1", "Browser/1", "page");

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task RandomHistory_TheNewestEntryHolds_AndTheFlagsFollow(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var random = new Random(4711);
        var expected = new Dictionary<(ConsentPurpose, Channel), (DateTimeOffset At, ConsentState State)>();

        for (var i = 0; i < 120; i++)
        {
            var (purpose, channel) = ((ConsentPurpose)random.Next(0, 2), (Channel)random.Next(0, 3));
            var isGiven = random.Next(2) == 0;
            if (random.Next(3) > 0) data.Clock.Advance(TimeSpan.FromMinutes(random.Next(0, 90)));
            var at = data.Clock.GetUtcNow();
            if (random.Next(4) == 0)
            {
                // What an import adds may be older than what is known.
                at = at.AddHours(-random.Next(1, 40));
                await using var db = agent.OpenContext();
                var record = await db.Customers.SingleAsync(c => c.Id == customer.Id);
                await ConsentLedger
                    .AddAsync(db, record, new(purpose, channel, isGiven ? ConsentState.Granted : ConsentState.Withdrawn,
                    ConsentSource.Import, Evidence, At: at), agent.Actor, data.Clock.GetUtcNow(), CancellationToken.None);
                await db.SaveChangesAsync();
            }
            else
            {
                await agent.Get<ConsentService>().SetAsync(customer.Id, purpose, channel, isGiven, "test", CancellationToken.None);
            }

            if (!expected.TryGetValue((purpose, channel), out var known) || at >= known.At)
                expected[(purpose, channel)] = (at, isGiven ? ConsentState.Granted : ConsentState.Withdrawn);
            if (i % 10 != 9) continue;
            var current = await agent.Get<ConsentService>().CurrentAsync(customer.Id, CancellationToken.None);
            Assert.Equal(expected.OrderBy(e => e.Key).Select(e => (e.Key, e.Value.State)),
                current.Select(c => ((c.Purpose, c.Channel), c.State)));
            var shown = (await agent.Customers.GetAsync(customer.Id, CancellationToken.None))!;
            Assert.Equal((Granted(Channel.Email), Granted(Channel.Sms)), (shown.EmailMarketing, shown.SmsMarketing));
        }

        Assert.Equal(120, await agent.Get<ConsentService>().CountAsync(customer.Id, CancellationToken.None));
        var page = await agent.Get<ConsentService>().ListAsync(customer.Id, new(1, 50), CancellationToken.None);
        Assert.True(page.HasMore && page.Items.Select(e => (e.At, e.Id))
            .SequenceEqual(page.Items.Select(e => (e.At, e.Id)).OrderDescending()));

        bool Granted(Channel channel) => expected.TryGetValue((ConsentPurpose.Marketing, channel), out var state)
            && state.State == ConsentState.Granted;
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Entries_AreOnlyAdded_AndCannotBeUndone(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);

        await manager.Get<ConsentService>()
            .SetAsync(customer.Id, ConsentPurpose.Marketing, Channel.Email, true, null, CancellationToken.None);
        await manager.Get<ConsentService>()
            .SetAsync(customer.Id, ConsentPurpose.Marketing, Channel.Email, false, null, CancellationToken.None);

        Assert.Empty(await manager.Get<UndoService>().LastOwnAsync(20, CancellationToken.None));
        foreach (var changeSet in await data.ReadAsync(db => db.ChangeSets.Where(c => c.Kind == "customer.consent").Select(c => c.Id)
            .ToListAsync()))
            await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<UndoService>()
                .UndoAsync(changeSet, true, CancellationToken.None));
        Assert.Equal([ConsentState.Granted, ConsentState.Withdrawn],
            await data.ReadAsync(db => db.Consents.OrderBy(c => c.Id).Select(c => c.State).ToListAsync()));
        // No property of an entry can be set once it is there.
        Assert.All(typeof(Consent).GetProperties().Where(p => p.Name != nameof(Consent.CustomerId)),
            p => Assert.True(p.SetMethod is null || p.SetMethod.ReturnParameter.GetRequiredCustomModifiers().Length > 0, p.Name));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Request_HoldsWhenItsLinkIsConfirmed_Once(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync(email: "ada@example.com");
        await using var admin = await data.AsRoleAsync(RoleNames.Administrator);
        await using var nobody = data.AsNobody();
        await admin.Get<ConsentWordingService>().AddAsync(ConsentPurpose.Marketing, "en", "I want offers.", CancellationToken.None);

        await admin.Get<ConsentService>().RequestAsync(customer.Id, ConsentPurpose.Marketing, Channel.Email, null, CancellationToken.None);
        await admin.Get<ConsentWordingService>().AddAsync(ConsentPurpose.Marketing, "en", "Another text.", CancellationToken.None);
        Assert.False((await admin.Customers.GetAsync(customer.Id, CancellationToken.None))!.EmailMarketing);
        Assert.Equal("ada@example.com", await data.ReadAsync(db => db.OutgoingMails.Select(m => m.To).SingleAsync()));
        var token = Assert.Single(data.Letters.Tokens);
        Assert.DoesNotContain(token, await data.ReadAsync(db => db.VerificationCodes.Select(c => c.TokenHash).SingleAsync())!,
            StringComparison.Ordinal);

        var own = nobody.Get<ConsentSelfService>();
        Assert.Equal("I want offers.", (await own.FindRequestAsync(token, CancellationToken.None))!.Value.Wording);
        Assert.False((await admin.Customers.GetAsync(customer.Id, CancellationToken.None))!.EmailMarketing);
        Assert.Null(await own.FindAsync(token, CancellationToken.None));
        var twice = await Task.WhenAll(Enumerable.Range(0, 2)
            .Select(_ => Task.Run(() => own.ConfirmAsync(token, Evidence, CancellationToken.None))));

        Assert.Single(twice, done => done);
        Assert.True((await admin.Customers.GetAsync(customer.Id, CancellationToken.None))!.EmailMarketing);
        var newest = (await admin.Get<ConsentService>().ListAsync(customer.Id, new(), CancellationToken.None)).Items[0];
        Assert.Equal((ConsentState.Granted, ConsentSource.ConfirmedLink, "192.0.2.1", "Browser/1", "I want offers.", 1),
            (newest.State, newest.Source, newest.IpAddress, newest.UserAgent, newest.WordingText, newest.WordingNumber));
        Assert.Null(await own.FindRequestAsync(token, CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Request_DiesWithTimeWithAChangedAddress_AndWithAWithdrawal(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var nobody = data.AsNobody();
        var (late, moved, changedMind) = (await AskAsync("a@example.com"), await AskAsync("b@example.com"),
            await AskAsync("c@example.com"));

        await agent.Customers.UpdateAsync(moved.Customer, new CustomerChanges { Email = "new@example.com" }, null, null,
            CancellationToken.None);
        await agent.Get<ConsentService>().SetAsync(changedMind.Customer, ConsentPurpose.Marketing, Channel.Sms, false, null,
            CancellationToken.None);
        Assert.False(await ConfirmAsync(moved.Token));
        Assert.False(await ConfirmAsync(changedMind.Token));
        Assert.NotNull(await nobody.Get<ConsentSelfService>().FindRequestAsync(late.Token, CancellationToken.None));
        data.Clock.Advance(TimeSpan.FromHours(25));
        Assert.False(await ConfirmAsync(late.Token));
        foreach (var wrong in new[] { null, "", "x", new string('a', 64), late.Token.ToUpperInvariant() })
            Assert.False(await ConfirmAsync(wrong));
        Assert.False(await data.ReadAsync(db => db.Consents.AnyAsync(c => c.State == ConsentState.Granted)));

        Task<bool> ConfirmAsync(string? token) => nobody.Get<ConsentSelfService>().ConfirmAsync(token, Evidence, CancellationToken.None);

        async Task<(long Customer, string Token)> AskAsync(string email)
        {
            var customer = await data.AddCustomerAsync(email: email);
            await agent.Get<ConsentService>()
                .RequestAsync(customer.Id, ConsentPurpose.Marketing, Channel.Sms, null, CancellationToken.None);
            Assert.Contains("less than a minute",
                (await Assert.ThrowsAsync<RuleViolationException>(() => agent.Get<ConsentService>()
                .RequestAsync(customer.Id, ConsentPurpose.Terms, Channel.Sms, null, CancellationToken.None))).Message,
                StringComparison.Ordinal);
            return (customer.Id, data.Letters.Tokens.Last());
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task OwnPage_GivesAndWithdraws_AsLongAsItsLinkIsGood(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync(email: "ada@example.com");
        var other = await data.AddCustomerAsync("Ben");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var nobody = data.AsNobody();
        var own = nobody.Get<ConsentSelfService>();
        Assert.Contains("no e-mail",
            (await Assert.ThrowsAsync<RuleViolationException>(() => agent.Get<ConsentService>()
            .SendPreferencesAsync(other.Id, CancellationToken.None))).Message, StringComparison.Ordinal);
        Assert.True(await agent.Get<ConsentService>().SendPreferencesAsync(customer.Id, CancellationToken.None));
        var token = Assert.Single(data.Letters.Tokens);

        await using (var admin = await data.AsRoleAsync(RoleNames.Administrator))
            await admin.Get<ConsentWordingService>().AddAsync(ConsentPurpose.Marketing, "en", "I want offers.", CancellationToken.None);

        Assert.Equal("Ada Lovelace", (await own.FindAsync(token, CancellationToken.None))!.Name);
        Assert.True(await own.SetAsync(token, ConsentPurpose.Marketing, Channel.Email, true, Evidence, CancellationToken.None));
        Assert.True(await own.SetAsync(token, ConsentPurpose.Marketing, Channel.Sms, true, Evidence, CancellationToken.None));
        var shown = (await agent.Customers.GetAsync(customer.Id, CancellationToken.None))!;
        Assert.True(shown is { EmailMarketing: true, SmsMarketing: true });
        Assert.Equal([(ConsentSource.PreferencePage, "Ada Lovelace"), (ConsentSource.PreferencePage, "Ada Lovelace")],
            (await agent.Get<ConsentService>().ListAsync(customer.Id, new(), CancellationToken.None)).Items
            .Select(e => (e.Source, e.ActorName)));
        Assert.True(await own.WithdrawAllAsync(token, Evidence, CancellationToken.None));
        Assert.All((await own.FindAsync(token, CancellationToken.None))!.Current, c => Assert.Equal(ConsentState.Withdrawn, c.State));
        Assert.Equal(0, await agent.Get<ConsentService>().CountAsync(other.Id, CancellationToken.None));

        var link = (await agent.Get<ConsentService>().LinkPreferencesAsync(other.Id, CancellationToken.None))!;
        Assert.NotNull(await own.FindAsync(link.Segments[^1], CancellationToken.None));
        data.Clock.Advance(TimeSpan.FromDays(31));
        Assert.Null(await own.FindAsync(token, CancellationToken.None));
        Assert.False(await own.SetAsync(token, ConsentPurpose.Terms, Channel.Post, true, Evidence, CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Links_FromBeforeAMerge_AreGoodForTheSurvivor(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (survivor, merged) = (await data.AddCustomerAsync(email: "ada@example.com"),
            await data.AddCustomerAsync("Augusta", email: "king@example.com"));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await using var nobody = data.AsNobody();
        var own = nobody.Get<ConsentSelfService>();
        await manager.Get<ConsentService>().SendPreferencesAsync(merged.Id, CancellationToken.None);
        var preferences = Assert.Single(data.Letters.Tokens);
        await manager.Get<VerificationService>().SendAsync(merged.Id, new(ContactKind.Email), CancellationToken.None);
        var confirm = data.Letters.Emails.Last().Token;
        await manager.Get<ConsentService>()
            .SetAsync(merged.Id, ConsentPurpose.Marketing, Channel.Email, true, null, CancellationToken.None);
        await manager.Get<MergeService>().MergeAsync(new(survivor.Id, [merged.Id], null), CancellationToken.None);

        Assert.Equal("Ada Lovelace", (await own.FindAsync(preferences, CancellationToken.None))!.Name);
        Assert.True(await own.WithdrawAllAsync(preferences, Evidence, CancellationToken.None));
        Assert.All(await manager.Get<ConsentService>().CurrentAsync(survivor.Id, CancellationToken.None),
            c => Assert.Equal(ConsentState.Withdrawn, c.State));
        Assert.True(await nobody.Get<VerificationService>().ConfirmLinkAsync(confirm, CancellationToken.None));
        Assert.NotNull((await manager.Customers.GetAsync(survivor.Id, CancellationToken.None))!.ContactPoints
            .Single(p => p.Value == "king@example.com").VerifiedAt);
        await manager.Get<AddressService>()
            .RemoveContactPointAsync(survivor.Id, (await manager.Customers.GetAsync(survivor.Id, CancellationToken.None))!.ContactPoints
            .Single(p => p.Value == "king@example.com").Id, CancellationToken.None);
        Assert.Null(await own.FindAsync(preferences, CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Wording_Changed_IsANewVersion_AndTheOldOneStays(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var admin = await data.AsRoleAsync(RoleNames.Administrator);
        var wordings = admin.Get<ConsentWordingService>();

        await wordings.AddAsync(ConsentPurpose.Terms, "en", " First ", CancellationToken.None);
        await wordings.AddAsync(ConsentPurpose.Terms, "en", "Second", CancellationToken.None);
        await wordings.AddAsync(ConsentPurpose.Terms, "es", "Primero", CancellationToken.None);
        Assert.Equal("Text",
            Assert.Single(
            (await Assert
            .ThrowsAsync<RuleViolationException>(() => wordings.AddAsync(ConsentPurpose.Terms, "en", "Second",
            CancellationToken.None))).Errors).Field);
        Assert.Equal(["Language", "Text"],
            (await Assert
            .ThrowsAsync<RuleViolationException>(() => wordings.AddAsync(ConsentPurpose.Terms, "no lang", " ",
            CancellationToken.None))).Errors.Select(e => e.Field).Order());

        Assert.Equal([("en", 2, "Second"), ("es", 1, "Primero")], (await wordings.ListAsync(CancellationToken.None))
            .Select(w => (w.Language, w.Number, w.Text)));
        Assert.Equal(["First", "Primero", "Second"], await data.ReadAsync(db => db.ConsentWordings.Select(w => w.Text).Order()
            .ToListAsync()));
    }
}
