using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Duplicates;

/// <summary>One letter wrong in an e-mail or a name is the commonest way to be there twice.</summary>
public sealed class EmailSlipTests
{
    [Theory]
    [InlineData("isla.taylor0@example.com", "isla.taylor0@example.con", true)]
    [InlineData("isla.taylor@example.com", "isla.tayor@example.com", true)]
    [InlineData("isla.taylor@example.com", "isla.tayolr@example.com", true)]
    [InlineData("isla.taylor@example.com", "isla.taylor@example.com", false)]
    [InlineData("isla.taylor0@example.com", "isla.taylor1@example.com", false)]
    [InlineData("isla.taylor@example.com", "isla.taylor1@example.com", false)]
    [InlineData("isla.taylor@example.com", "isla.tailer@example.com", false)]
    [InlineData("a@b.de", "a@b.dk", false)]
    public void Slip_IsOneLetterAndNoDigit(string a, string b, bool expected) =>
        Assert.Equal((expected, expected), (EmailSlip.IsOne(a, b), EmailSlip.IsOne(b, a)));

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Scan_SameNameAndEmailWithASlip_IsAPair(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var first = await data.AddCustomerAsync("Isla", "Taylor", "isla.taylor0@example.com");
        var second = await data.AddCustomerAsync("Isla", "Taylor", "isla.taylor0@example.con");
        await data.AddCustomerAsync("Isla", "Taylor", "isla.taylor1@example.com");
        await data.AddCustomerAsync("Grace", "Hopper", "isla.taylor0@example.cpm");
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);

        await using var system = data.AsSystem();
        await system.Get<DuplicateService>().ScanAsync(new Progress<JobProgress>(), CancellationToken.None);

        var pair = Assert.Single((await manager.Get<DuplicateService>().ListAsync(new(), CancellationToken.None)).Items);
        Assert.Equal([first.Id, second.Id], new[] { pair.First.Id, pair.Second.Id }.Order());
        Assert.Contains(pair.Reasons, r => r.Kind == DuplicateReasonKind.SimilarEmail);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Typing_ANameWithASlip_IsWarnedOf(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var oliver = await data.AddCustomerAsync("Oliver", "Evans");
        await data.AddCustomerAsync("Grace", "Hopper");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var duplicates = agent.Get<DuplicateService>();

        foreach (var (given, family) in new[] { ("Oliver", "Evens"), ("Olivier", "Evans"), ("Oliver", "Evans") })
            Assert.Equal([oliver.Id], (await duplicates.SimilarToAsync(new DuplicateQuestion { GivenName = given, FamilyName = family },
                CancellationToken.None)).Select(m => m.CustomerId));
        Assert.Empty(await duplicates.SimilarToAsync(new DuplicateQuestion { GivenName = "Oliver", FamilyName = "Everett" },
            CancellationToken.None));
    }
}
