using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.SelfService;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Access;

/// <summary>Whether a customer is blocked is asked once a request, and every time in a circuit, which lives for hours.</summary>
public sealed class BarredCustomerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Circuit_NoticesABlock_WhereARequestAsksOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = (await data.AddCustomerAsync()).Id;
        var user = await TestUsers.CreateAsync(data.Root, RoleNames.Customer);
        await data.WriteAsync(db => db.Users.Where(u => u.Id == user.Id)
            .ExecuteUpdateAsync(u => u.SetProperty(x => x.CustomerId, customer)));
        var actor = await TestUsers.SignInAsync(data.Root, user);
        await using var circuit = data.As(actor);
        await using var request = data.As(actor);
        request.Services.GetRequiredService<CurrentUser>().SetForRequest(actor);
        Assert.Equal([customer, customer], [await OwnAsync(circuit), await OwnAsync(request)]);

        data.Commands.Clear();
        await OwnAsync(request);
        Assert.Empty(data.Commands.Statements);
        await OwnAsync(circuit);
        Assert.Single(data.Commands.Statements);

        await using var system = data.AsSystem();
        await system.Customers.BlockAsync(customer, "Fraud", Token);
        await Assert.ThrowsAsync<SignedOutException>(() => OwnAsync(circuit));
        // The next request is one of its own.
        await using var next = data.As(actor);
        next.Services.GetRequiredService<CurrentUser>().SetForRequest(actor);
        await Assert.ThrowsAsync<SignedOutException>(() => OwnAsync(next));
    }

    private static async Task<long> OwnAsync(TestScope scope) => await scope.Get<CustomerProfileService>().OwnIdAsync(Token) ?? 0;
}
