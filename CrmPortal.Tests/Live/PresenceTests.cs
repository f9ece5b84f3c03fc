using System.Globalization;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Live;

public sealed class PresenceTests
{
    private const string Subject = "customer:1";

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Enter_OnAnotherNode_IsSeenUntilHeLeaves(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        // On SQLite there is one node only.
        await using var second = kind == DatabaseKind.Postgres ? TestServices.On(data.Database, data.Clock) : null;
        var other = second ?? data;
        var news = new TestMailbox<string>();
        using var listening = other.Get<Presence>().Listen(news.Put);
        await other.Get<INodeChannel>().StartAsync(CancellationToken.None);
        await WaitUntilListeningAsync(data, other);

        var here = await data.Get<Presence>().EnterAsync(Subject, new("a", 1, "Ada"), CancellationToken.None);
        Assert.Equal(Subject, await news.TakeAsync());
        Assert.Equal(["Ada"], other.Get<Presence>().Others(Subject, "b").Select(v => v.Name));
        Assert.Empty(other.Get<Presence>().Others(Subject, "a"));
        Assert.Empty(other.Get<Presence>().Others("customer:2", "b"));

        await here.DisposeAsync();
        Assert.Equal(Subject, await news.TakeAsync());
        Assert.Empty(other.Get<Presence>().Others(Subject, "b"));
    }

    [Fact]
    public async Task Stay_IsRepeated_AndAViewerOfADeadNodeIsForgotten()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var presence = data.Get<Presence>();
        await presence.EnterAsync(Subject, new("a", 1, "Ada"), CancellationToken.None);
        await data.Get<INodeChannel>()
            .PublishAsync("""p{"Subject":"customer:1","Viewer":{"ConnectionId":"z","UserId":9,"Name":"Zed"},"Left":false}""",
            CancellationToken.None);
        Assert.Equal(["Ada", "Zed"], presence.Others(Subject, "b").Select(v => v.Name));
        var news = new TestMailbox<string>();
        using var listening = presence.Listen(news.Put);

        data.Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(["Ada"], presence.Others(Subject, "b").Select(v => v.Name));
        Assert.Equal(Subject, await news.TakeAsync());
    }

    [Fact]
    public async Task Listener_HearsInTheCultureInWhichItListens()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var heard = new TestMailbox<string>();
        var before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (CultureInfo.GetCultureInfo("es-ES"),
            CultureInfo.GetCultureInfo("es"));
        using var listening = data.Get<Presence>()
            .Listen(_ => heard.Put($"{CultureInfo.CurrentCulture.Name} {CultureInfo.CurrentUICulture.Name}"));
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = before;

        await data.Get<Presence>().EnterAsync(Subject, new("a", 1, "Ada"), CancellationToken.None);

        Assert.Equal("es-ES es", await heard.TakeAsync());
        Assert.Equal(before, (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture));
    }

    [Fact]
    public async Task Receive_Nonsense_IsIgnored()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var presence = data.Get<Presence>();

        foreach (var message in new[] { "", "p", "p{", "pnull", "p[]", "p{}", "c{}", "cnull", "x{}", "c{\"Topic\":null}" })
            await data.Get<INodeChannel>().PublishAsync(message, CancellationToken.None);

        Assert.Empty(presence.Others(Subject, "b"));
    }

    private static async Task WaitUntilListeningAsync(TestServices from, TestServices to)
    {
        var arrived = new TestMailbox<string>();
        to.Get<INodeChannel>().Received += arrived.Put;
        for (var i = 0; i < 100; i++)
        {
            await from.Get<INodeChannel>().PublishAsync("hello", CancellationToken.None);
            if (await arrived.TryTakeAsync(TimeSpan.FromMilliseconds(100)) is not null) return;
        }

        Assert.Fail("The channel does not deliver.");
    }
}
