using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Tickets;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Consents;

/// <summary>Whether advertising may go to a customer, in the one place that decides it.</summary>
public sealed class MarketingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Complaint_HoldsAdvertisingBack_UntilItIsSolved(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, bo) = (await WillingAsync(data, "ada@example.com"), await WillingAsync(data, "bo@example.com"));
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var (tickets, marketing) = (agent.Get<TicketService>(), agent.Get<MarketingService>());
        Assert.Equal([ada, bo], await marketing.ReachableAsync([ada, bo], Channel.Email, Token));

        var plain = await tickets.CreateAsync(new() { CustomerId = ada, Subject = "Question", Text = "?" }, Token);
        Assert.Equal([ada, bo], await marketing.ReachableAsync([ada, bo], Channel.Email, Token));
        var complaint = await tickets.CreateAsync(new() { CustomerId = ada, Subject = "Broken", Text = "!", IsComplaint = true }, Token);
        Assert.Equal([bo], await marketing.ReachableAsync([ada, bo], Channel.Email, Token));
        var standing = (await marketing.StandingAsync(ada, Token))!;
        Assert.Equal((complaint.Id, true), (standing.ComplaintId!.Value, standing.Holds.Values.All(h => h == MarketingHold.Complaint)));
        await tickets.ChangeAsync(complaint.Id, new() { State = TicketState.OnHold }, Token);
        Assert.Equal([bo], await marketing.ReachableAsync([ada, bo], Channel.Email, Token));

        await tickets.ChangeAsync(complaint.Id, new() { State = TicketState.Solved }, Token);
        Assert.Equal([ada, bo], await marketing.ReachableAsync([ada, bo], Channel.Email, Token));
        await tickets.ChangeAsync(plain.Id, new() { IsComplaint = true }, Token);
        Assert.Equal(plain.Id, (await marketing.StandingAsync(ada, Token))!.ComplaintId);
        await tickets.ChangeAsync(plain.Id, new() { CustomerId = bo }, Token);
        Assert.Equal([ada], await marketing.ReachableAsync([ada, bo], Channel.Email, Token));
        Assert.Null(await marketing.StandingAsync(999, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task EachReason_HoldsBack_TheChannelThatItIsAbout(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var marketing = manager.Get<MarketingService>();
        var id = await WillingAsync(data, "ada@example.com");

        async Task<string> Holds() => string.Join(' ', (await marketing.StandingAsync(id, Token))!.Holds.Select(h => $"{h.Key}:{h.Value}"));

        Assert.Equal("Email: Sms:NoConsent Phone:Unreachable Post:Unreachable", await Holds());
        await manager.Get<PreferenceService>().SetCommunicationAsync(id, Channel.Email, MessageKind.Marketing, false, Token);
        Assert.StartsWith("Email:NotWanted ", await Holds(), StringComparison.Ordinal);
        await manager.Get<PreferenceService>().SetCommunicationAsync(id, Channel.Email, MessageKind.Marketing, true, Token);
        await data.WriteAsync(db =>
        {
            db.BouncedAddresses.Add(new() { Address = "ada@example.com", IsPermanent = true, At = data.Clock.GetUtcNow(), Count = 1 });
            return Task.CompletedTask;
        });
        Assert.StartsWith("Email:Unreachable ", await Holds(), StringComparison.Ordinal);
        await manager.Get<BouncedAddressService>().ClearAsync(id, Token);
        Assert.StartsWith("Email: ", await Holds(), StringComparison.Ordinal);
        await manager.Get<ConsentService>().SetAsync(id, ConsentPurpose.Marketing, Channel.Email, false, null, Token);
        Assert.StartsWith("Email:NoConsent ", await Holds(), StringComparison.Ordinal);
        await manager.Customers.UpdateAsync(id, new() { Phone = "+34600000001" }, null, null, Token);
        Assert.Contains("Phone: ", await Holds(), StringComparison.Ordinal);
        await manager.Get<ConsentService>().SetAsync(id, ConsentPurpose.Marketing, Channel.Phone, false, null, Token);
        Assert.Contains("Phone:NoConsent", await Holds(), StringComparison.Ordinal);
        await manager.Customers.BlockAsync(id, "Fraud", Token);
        Assert.Equal("Email:NotActive Sms:NotActive Phone:NotActive Post:NotActive", await Holds());
    }

    private static async Task<long> WillingAsync(TestServices data, string email)
    {
        var customer = await data.AddCustomerAsync(email: email);
        await using var system = data.AsSystem();
        await system.Get<ConsentService>().SetAsync(customer.Id, ConsentPurpose.Marketing, Channel.Email, true, null, Token);
        return customer.Id;
    }
}
