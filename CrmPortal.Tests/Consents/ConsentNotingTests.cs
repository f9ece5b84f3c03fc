using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Consents;

/// <summary>What staff note for a customer: with how and when it was said, and taken back by an entry against it.</summary>
public sealed class ConsentNotingTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Note_OfAnEarlierDay_KeepsHowAndWhen_AndALaterWordHolds(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var consents = agent.Get<ConsentService>();
        var said = new DateTimeOffset(2026, 3, 7, 9, 30, 0, TimeSpan.Zero);
        await consents.SetAsync(customer.Id, ConsentPurpose.Marketing, Channel.Email, false, "In person · Till 2", CancellationToken.None);

        var noted = await consents.NoteAsync(
            customer.Id, new(ConsentPurpose.Marketing, Channel.Email, true, "In writing · Form 7", said), CancellationToken.None);

        Assert.Equal((said, "In writing · Form 7"), (noted!.At, noted.Form));
        Assert.Equal(ConsentState.Withdrawn, Assert.Single(await consents.CurrentAsync(customer.Id, CancellationToken.None)).State);
        Assert.False((await agent.Customers.GetAsync(customer.Id, CancellationToken.None))!.EmailMarketing);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Note_InTheFuture_OrBeforeAnybodyCould_IsRefused(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var now = data.Clock.GetUtcNow();

        foreach (var at in new[] { now.AddMinutes(2), now.AddYears(-90) })
        {
            var refused = await Assert.ThrowsAsync<RuleViolationException>(() => agent.Get<ConsentService>().NoteAsync(
                customer.Id, new(ConsentPurpose.Marketing, Channel.Sms, true, "By phone", at), CancellationToken.None));
            Assert.Equal("At", Assert.Single(refused.Errors).Field);
        }

        Assert.Equal(0, await data.ReadAsync(db => db.Consents.CountAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task TakeBack_AddsAnEntryThatSaysWhatHeldBefore_AndRemovesNone(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var admin = await data.AsRoleAsync(RoleNames.Administrator);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await admin.Get<ConsentWordingService>().AddAsync(ConsentPurpose.Marketing, "en", "I want offers.", CancellationToken.None);
        var consents = agent.Get<ConsentService>();

        // A grant that nobody gave, taken back: nothing holds.
        var mistake = await NoteAsync(true);
        var counter = await consents.TakeBackAsync(customer.Id, mistake.Id, CancellationToken.None);
        Assert.Equal((ConsentState.Withdrawn, ConsentService.Mistake), (counter!.State, counter.Form));
        Assert.False((await agent.Customers.GetAsync(customer.Id, CancellationToken.None))!.EmailMarketing);

        // A withdrawal that nobody meant, taken back: the grant before it holds, with the words that were agreed to.
        await NoteAsync(true);
        var withdrawn = await NoteAsync(false);
        var again = await consents.TakeBackAsync(customer.Id, withdrawn.Id, CancellationToken.None);
        Assert.Equal((ConsentState.Granted, "I want offers."), (again!.State, again.WordingText));
        Assert.True((await agent.Customers.GetAsync(customer.Id, CancellationToken.None))!.EmailMarketing);
        Assert.Equal(5, await data.ReadAsync(db => db.Consents.CountAsync()));

        async Task<ConsentDetails> NoteAsync(bool isGiven)
        {
            data.Clock.Advance(TimeSpan.FromSeconds(5));
            return (await consents.NoteAsync(customer.Id, new(ConsentPurpose.Marketing, Channel.Email, isGiven, "By phone"),
                CancellationToken.None))!;
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task TakeBack_OfSomebodyElses_OrAfterAnotherWord_IsRefused(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var one = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var other = await data.AsRoleAsync(RoleNames.SupportAgent);
        var statement = new ConsentStatement(ConsentPurpose.Terms, Channel.Email, true, "In person");
        var first = (await one.Get<ConsentService>().NoteAsync(customer.Id, statement, CancellationToken.None))!;

        var foreign = await Assert.ThrowsAsync<RuleViolationException>(() => other.Get<ConsentService>()
            .TakeBackAsync(customer.Id, first.Id,
            CancellationToken.None));
        await other.Get<ConsentService>().NoteAsync(customer.Id, statement with { IsGiven = false }, CancellationToken.None);
        var late = await Assert.ThrowsAsync<RuleViolationException>(() => one.Get<ConsentService>().TakeBackAsync(customer.Id, first.Id,
            CancellationToken.None));

        Assert.Equal(("Only the person who recorded this can undo it.", "Something else has been recorded since."),
            (foreign.Message, late.Message));
        Assert.Null(await one.Get<ConsentService>().TakeBackAsync(customer.Id, 999_999, CancellationToken.None));
        Assert.Equal(2, await data.ReadAsync(db => db.Consents.CountAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task OwnPage_CannotGiveWhatHasNoWording_AndCanAlwaysTakeBack(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync(email: "ada@example.com");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var nobody = data.AsNobody();
        await agent.Get<ConsentService>().SetAsync(customer.Id, ConsentPurpose.Terms, Channel.Email, true, "In person",
            CancellationToken.None);
        await agent.Get<ConsentService>().SendPreferencesAsync(customer.Id, CancellationToken.None);
        var (own, token, evidence) = (nobody.Get<ConsentSelfService>(), Assert.Single(data.Letters.Tokens), new ConsentEvidence("192.0.2.1",
            "Browser/1", "page"));

        Assert.False(await own.SetAsync(token, ConsentPurpose.Marketing, Channel.Email, true, evidence, CancellationToken.None));
        Assert.True(await own.SetAsync(token, ConsentPurpose.Terms, Channel.Email, false, evidence, CancellationToken.None));

        Assert.Equal([ConsentState.Granted, ConsentState.Withdrawn], await data.ReadAsync(db => db.Consents.OrderBy(c => c.Id).Select(c =>
            c.State).ToListAsync()));
    }
}
