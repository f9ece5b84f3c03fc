using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Verification;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Verification;

/// <summary>How customers show that an e-mail or a phone is theirs.</summary>
public sealed class VerificationTests
{
    private static readonly VerificationTarget Email = new(ContactKind.Email);
    private static readonly VerificationTarget Phone = new(ContactKind.Phone);

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Email_IsVerifiedByItsCode_AndByItsLink(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (byCode, byLink) = (await data.AddCustomerAsync(email: "Ada@Example.com"),
            await data.AddCustomerAsync("Ben", email: "ben@example.com"));
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var nobody = data.AsNobody();
        var verification = agent.Get<VerificationService>();

        await verification.SendAsync(byCode.Id, Email, CancellationToken.None);
        var code = data.Letters.Emails.Last().Code;
        Assert.DoesNotContain(await data.ReadAsync(db => db.VerificationCodes.Select(c => c.CodeHash).ToListAsync()), h => h is not null
            && h.Contains(code, StringComparison.Ordinal));
        Assert.NotNull(
            (await verification.CheckAsync(byCode.Id, Email, $" {code[..3]} {code[3..]}",
            CancellationToken.None))!.Customer.EmailVerifiedAt);
        Assert.Contains("already verified",
            (await Assert
            .ThrowsAsync<RuleViolationException>(() => verification.SendAsync(byCode.Id, Email, CancellationToken.None))).Message,
            StringComparison.Ordinal);
        Assert.Contains("no longer valid",
            (await Assert
            .ThrowsAsync<RuleViolationException>(() => verification.CheckAsync(byCode.Id, Email, code, CancellationToken.None))).Message,
            StringComparison.Ordinal);

        await verification.SendAsync(byLink.Id, Email, CancellationToken.None);
        var token = data.Letters.Emails.Last().Token;
        var links = nobody.Get<VerificationService>();
        Assert.Equal("ben@example.com", (await links.FindLinkAsync(token, CancellationToken.None))!.Email);
        Assert.Null((await agent.Customers.GetAsync(byLink.Id, CancellationToken.None))!.EmailVerifiedAt);
        data.Clock.Advance(TimeSpan.FromHours(23));
        Assert.Single(await Task.WhenAll(Enumerable.Range(0, 2)
            .Select(_ => Task.Run(() => links.ConfirmLinkAsync(token, CancellationToken.None)))), done => done);
        Assert.NotNull((await agent.Customers.GetAsync(byLink.Id, CancellationToken.None))!.EmailVerifiedAt);
        Assert.Null(await links.FindLinkAsync(token, CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Phone_IsVerifiedByItsCode_AlsoAFurtherOne(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync(phone: "+442079460958");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var verification = agent.Get<VerificationService>();
        var further = (await agent.Get<AddressService>()
            .AddContactPointAsync(customer.Id, ContactKind.Phone, "+442079460000", null,
            CancellationToken.None))!.Customer.ContactPoints[0].Id;

        await verification.SendAsync(customer.Id, Phone, CancellationToken.None);
        await verification.SendAsync(customer.Id, new(ContactKind.Phone, further), CancellationToken.None);
        Assert.Equal(["+442079460958", "+442079460000"], data.Sms.Sent.Select(s => s.To));
        var (first, second) = (data.Letters.PhoneCodes.First(), data.Letters.PhoneCodes.Last());
        if (first != second)
            await Assert.ThrowsAsync<RuleViolationException>(() => verification.CheckAsync(customer.Id, Phone, second,
            CancellationToken.None));
        Assert.NotNull((await verification.CheckAsync(customer.Id, Phone, first, CancellationToken.None))!.Customer.PhoneVerifiedAt);
        Assert.NotNull((await verification.CheckAsync(customer.Id, new(ContactKind.Phone, further), second,
            CancellationToken.None))!.Customer.ContactPoints[0].VerifiedAt);
        Assert.Contains("no e-mail",
            (await Assert
            .ThrowsAsync<RuleViolationException>(() => verification.SendAsync(customer.Id, Email, CancellationToken.None))).Message,
            StringComparison.Ordinal);
        Assert.False(await verification.SendAsync(4711, Phone, CancellationToken.None));
        Assert.Null(await verification.CheckAsync(4711, Phone, first, CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Blocked_GetsNoMessages(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync(email: "ada@example.com", phone: "+442079460958");
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await manager.Customers.BlockAsync(customer.Id, "fraud", CancellationToken.None);
        var (verification, consents) = (manager.Get<VerificationService>(), manager.Get<ConsentService>());

        foreach (var send in (Func<Task>[])[
            () => verification.SendAsync(customer.Id, Email, CancellationToken.None),
                () => verification.SendAsync(customer.Id, Phone, CancellationToken.None),
            () => consents.RequestAsync(customer.Id, ConsentPurpose.Marketing, Channel.Email, null, CancellationToken.None),
                () => consents.SendPreferencesAsync(customer.Id, CancellationToken.None)])
            Assert.Equal("A blocked customer gets no messages.", (await Assert.ThrowsAsync<RuleViolationException>(send)).Message);

        Assert.Empty(data.Letters.Emails);
        Assert.Equal(0, await data.ReadAsync(db => db.VerificationCodes.CountAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Code_IsTriedFiveTimes_AlsoByManyAtOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync(email: "ada@example.com");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var verification = agent.Get<VerificationService>();
        await verification.SendAsync(customer.Id, Email, CancellationToken.None);
        var code = data.Letters.Emails.Last().Code;
        var wrong = code == "000000" ? "000001" : "000000";

        var answers = await Task.WhenAll(Enumerable.Range(0, 12)
            .Select(_ =>
            Task.Run(async () =>
            (await Assert
            .ThrowsAsync<RuleViolationException>(() => verification.CheckAsync(customer.Id, Email, wrong,
            CancellationToken.None))).Message)));
        Assert.Equal(5, answers.Count(a => a == "This code is wrong."));
        await Assert.ThrowsAsync<RuleViolationException>(() => verification.CheckAsync(customer.Id, Email, code, CancellationToken.None));

        data.Clock.Advance(TimeSpan.FromMinutes(2));
        await verification.SendAsync(customer.Id, Email, CancellationToken.None);
        for (var i = 0; i < 4; i++)
            await Assert.ThrowsAsync<RuleViolationException>(() =>
            verification.CheckAsync(customer.Id, Email, "x", CancellationToken.None));
        Assert.NotNull(await verification.CheckAsync(customer.Id, Email, data.Letters.Emails.Last().Code, CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Code_DiesInTenMinutes_WithTheNext_AndWithAChangedAddress(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync(email: "ada@example.com");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var nobody = data.AsNobody();
        var verification = agent.Get<VerificationService>();

        await verification.SendAsync(customer.Id, Email, CancellationToken.None);
        var (_, first) = data.Letters.Emails.Last();
        data.Clock.Advance(TimeSpan.FromMinutes(10));
        await Assert.ThrowsAsync<RuleViolationException>(() => verification.CheckAsync(customer.Id, Email, first, CancellationToken.None));
        await verification.SendAsync(customer.Id, Email, CancellationToken.None);
        var (token, second) = data.Letters.Emails.Last();
        if (first != second)
            await Assert.ThrowsAsync<RuleViolationException>(() => verification.CheckAsync(customer.Id, Email, first,
            CancellationToken.None));

        await agent.Customers.UpdateAsync(customer.Id, new CustomerChanges { Email = "new@example.com" }, null, null,
            CancellationToken.None);
        await Assert.ThrowsAsync<RuleViolationException>(() => verification.CheckAsync(customer.Id, Email, second, CancellationToken.None));
        Assert.Null(await nobody.Get<VerificationService>().FindLinkAsync(token, CancellationToken.None));
        Assert.False(await nobody.Get<VerificationService>().ConfirmLinkAsync(token, CancellationToken.None));

        await verification.SendAsync(customer.Id, Email, CancellationToken.None);
        await verification.CheckAsync(customer.Id, Email, data.Letters.Emails.Last().Code, CancellationToken.None);
        await agent.Customers.UpdateAsync(customer.Id, new CustomerChanges { Email = "newer@example.com" }, null, null,
            CancellationToken.None);
        Assert.Null((await agent.Customers.GetAsync(customer.Id, CancellationToken.None))!.EmailVerifiedAt);
        data.Clock.Advance(TimeSpan.FromDays(2));
        await using var system = data.AsSystem();
        await system.Get<VerificationService>().RemoveExpiredAsync(CancellationToken.None);
        Assert.Equal(0, await data.ReadAsync(db => db.VerificationCodes.CountAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Sending_IsHeldBack_ToOneAMinuteAndFiveAnHour(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync(phone: "+442079460958");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var verification = agent.Get<VerificationService>();

        for (var i = 0; i < 5; i++)
        {
            await verification.SendAsync(customer.Id, Phone, CancellationToken.None);
            Assert.Contains("less than a minute",
                (await Assert
                .ThrowsAsync<RuleViolationException>(() => verification.SendAsync(customer.Id, Phone, CancellationToken.None))).Message,
                StringComparison.Ordinal);
            data.Clock.Advance(TimeSpan.FromMinutes(2));
        }

        Assert.Contains("within the last hour",
            (await Assert
            .ThrowsAsync<RuleViolationException>(() => verification.SendAsync(customer.Id, Phone, CancellationToken.None))).Message,
            StringComparison.Ordinal);
        data.Clock.Advance(TimeSpan.FromHours(1));
        await verification.SendAsync(customer.Id, Phone, CancellationToken.None);
        Assert.Equal(6, data.Sms.Sent.Count);
    }

    [Fact]
    public async Task Gateway_ThatIsMissingOrDown_IsSaid_AndTheCodeStays()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync(phone: "+442079460958");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        data.Sms.IsReady = false;
        Assert.Contains("no SMS gateway",
            (await Assert.ThrowsAsync<RuleViolationException>(() => agent.Get<VerificationService>()
            .SendAsync(customer.Id, Phone, CancellationToken.None))).Message, StringComparison.Ordinal);
        Assert.Equal(0, await data.ReadAsync(db => db.VerificationCodes.CountAsync()));
        (data.Sms.IsReady, data.Sms.IsDown) = (true, true);
        Assert.Contains("could not be sent",
            (await Assert.ThrowsAsync<RuleViolationException>(() => agent.Get<VerificationService>()
            .SendAsync(customer.Id, Phone, CancellationToken.None))).Message, StringComparison.Ordinal);
        Assert.NotNull((await agent.Get<VerificationService>()
            .CheckAsync(customer.Id, Phone, data.Letters.PhoneCodes.Single(), CancellationToken.None))!.Customer.PhoneVerifiedAt);
    }
}
