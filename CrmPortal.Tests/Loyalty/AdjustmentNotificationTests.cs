using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Loyalty;

/// <summary>Who hears of an adjustment that waits, and of what became of it.</summary>
public sealed class AdjustmentNotificationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task WaitingAdjustment_IsToldToWhoMayApprove_AndTheDecisionToWhoAsked(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var ada = await data.AddCustomerAsync();
        var asked = (await agent.Get<LedgerService>().AdjustAsync(new() { CustomerId = ada.Id, Points = 50_000, Reason = "Sorry" }, null,
            Token))!.Request!;

        Assert.Equal([(NotificationKind.AdjustmentWaits, "+50000")], await ToldAsync(manager));
        Assert.Empty(await ToldAsync(agent));
        Assert.Empty(await ToldAsync(staff));
        Assert.Equal(asked.Id, Assert.Single(await staff.Get<LedgerService>().WaitingOfAsync(ada.Id, Token)).Id);

        await manager.Get<LedgerService>().ApproveAsync(asked.Id, Token);
        Assert.Equal([(NotificationKind.AdjustmentApproved, "+50000")], await ToldAsync(agent));
        Assert.Empty(await staff.Get<LedgerService>().WaitingOfAsync(ada.Id, Token));

        var second = (await agent.Get<LedgerService>().AdjustAsync(new() { CustomerId = ada.Id, Points = -40_000, Reason = "Oops" }, null,
            Token))!.Request!;
        await manager.Get<LedgerService>().RejectAsync(second.Id, "No", Token);
        Assert.Equal((NotificationKind.AdjustmentRejected, "-40000"), (await ToldAsync(agent))[0]);
    }

    private static async Task<List<(NotificationKind, string)>> ToldAsync(TestScope scope) =>
        [.. (await scope.Get<NotificationService>().ListAsync(Token)).Select(n => (n.Kind, n.Text))];
}
