using System.Text;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using CrmPortal.Hosting;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Tickets.Receiving;

/// <summary>Mails of a real IMAP server become tickets, each once, and leave its folder only after that.</summary>
public sealed class MailboxTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Mails_ThatLieThere_AreTaken_AndMarked(DatabaseKind kind)
    {
        await using var imap = await ImapServer.StartAsync();
        await imap.PutAsync(Mail("a1", "One"));
        await imap.PutAsync(Mail("a2", "Two"));
        await using var app = await StartAsync(kind);

        await SaveAsync(app, imap.Mailbox());

        await UntilAsync(async () => await imap.ListAsync() is [("One", true), ("Two", true)]);
        Assert.Equal(["One", "Two"], await SubjectsAsync(app));
        await UntilAsync(async () => await MailboxAsync(app) is { CheckedAt: not null, Failure: null, LastUid: 2, LeasedBy: not null });
        Assert.Equal(["Desk", "Desk"], await ReadAsync(app, db => db.ReceivedMails.Select(m => m.Mailbox).ToListAsync(Token)));
    }

    [Fact]
    public async Task Mail_ThatArrives_IsToldByTheServer_AndNoLongerOnceTheMailboxIsSwitchedOff()
    {
        await using var imap = await ImapServer.StartAsync();
        // Nothing but a word of the server can be the reason for a second look.
        await using var app = await StartAsync(times: new() { Tend = TimeSpan.FromMilliseconds(200) });
        var saved = await SaveAsync(app, imap.Mailbox());
        await UntilAsync(async () => (await MailboxAsync(app)).CheckedAt is not null);

        await imap.PutAsync(Mail("b1", "Just now"));
        await UntilAsync(async () => await imap.ListAsync() is [("Just now", true)]);

        await SaveAsync(app, imap.Mailbox() with { IsActive = false }, saved);
        await UntilAsync(async () => (await MailboxAsync(app)).LeasedBy is null);
        await imap.PutAsync(Mail("b2", "Too late"));
        Assert.Equal(["Just now"], await SubjectsAsync(app));
        Assert.False((await imap.ListAsync())[1].IsSeen);
    }

    [Theory]
    [InlineData(AfterTaking.Delete, null, "")]
    [InlineData(AfterTaking.Move, "Done", "One")]
    public async Task Mails_AfterTheyWereTaken_GoWhereTheyShall(AfterTaking after, string? moveTo, string moved)
    {
        await using var imap = await ImapServer.StartAsync();
        await imap.PutAsync(Mail("c1", "One"));
        if (moveTo is not null) await imap.ListAsync(moveTo);
        await using var app = await StartAsync();

        await SaveAsync(app, imap.Mailbox(after: after, moveTo: moveTo));

        await UntilAsync(async () => (await imap.ListAsync()).Count == 0);
        Assert.Equal(["One"], await SubjectsAsync(app));
        if (moveTo is not null) Assert.Equal([moved], (await imap.ListAsync(moveTo)).Select(m => m.Subject));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Mail_WhoseTakingBreaksOff_IsNeitherLostNorDoubled(bool isCommitted)
    {
        await using var imap = await ImapServer.StartAsync();
        await imap.PutAsync(Mail("d1", "One"));
        var breaks = 1;
        await using var app = await StartAsync(configure: services => Decorate(services, async (incoming, inner) =>
        {
            if (Interlocked.Exchange(ref breaks, 0) == 0) return await inner.TakeAsync(incoming, Token);
            if (isCommitted) await inner.TakeAsync(incoming, Token);
            throw new IOException("Killed here.");
        }));

        await SaveAsync(app, imap.Mailbox());

        await UntilAsync(async () => await imap.ListAsync() is [("One", true)]);
        Assert.Equal(["One"], await SubjectsAsync(app));
        Assert.Equal(0, breaks);
    }

    [Fact]
    public async Task Mail_ThatFailsForItself_IsLeftAfterThreeTries_AndThoseBehindItAreTaken()
    {
        await using var imap = await ImapServer.StartAsync();
        await imap.PutAsync(Mail("e1", "Poison"));
        await imap.PutAsync(Mail("e2", "Good"));
        var tries = 0;
        await using var app = await StartAsync(configure: services => Decorate(services, async (incoming, inner) =>
        {
            using var copy = new MemoryStream();
            await incoming.Raw.CopyToAsync(copy, Token);
            copy.Position = 0;
            if (!Encoding.UTF8.GetString(copy.ToArray()).Contains("Poison", StringComparison.Ordinal))
                return await inner.TakeAsync(incoming with { Raw = copy }, Token);
            Interlocked.Increment(ref tries);
            throw new InvalidOperationException("This mail cannot be read.");
        }));

        await SaveAsync(app, imap.Mailbox());

        await UntilAsync(async () => await imap.ListAsync() is [("Poison", false), ("Good", true)]);
        Assert.Equal(["Good"], await SubjectsAsync(app));
        Assert.Equal(3, tries);
        Assert.Equal(MailboxFailures.Skipped, (await MailboxAsync(app)).Failure);
    }

    [Fact]
    public async Task Mail_ThatCannotBeTakenNow_Waits_AndHoldsUpNoOtherMailbox()
    {
        await using var imap = await ImapServer.StartAsync();
        await imap.PutAsync(Mail("f1", "Later"));
        await imap.PutAsync(Mail("f2", "Now"), "Other");
        var isLate = true;
        await using var app = await StartAsync(configure: services => Decorate(services, (incoming, inner) =>
            incoming.Mailbox == "Desk" && Volatile.Read(ref isLate) ? throw new IntakeLaterException() : inner.TakeAsync(incoming, Token)));
        await SaveAsync(app, imap.Mailbox());
        await SaveAsync(app, imap.Mailbox("Other") with { Name = "Other" });

        await UntilAsync(async () => await imap.ListAsync("Other") is [("Now", true)]);
        await UntilAsync(async () => (await MailboxAsync(app)).Failure == MailboxFailures.Later);
        Assert.Equal([("Later", false)], await imap.ListAsync());
        Volatile.Write(ref isLate, false);

        await UntilAsync(async () => await imap.ListAsync() is [("Later", true)]);
        Assert.Equal(["Later", "Now"], await SubjectsAsync(app));
        await UntilAsync(async () => (await MailboxAsync(app)).Failure is null);
    }

    [Fact]
    public async Task Folder_MadeAnew_IsReadFromItsBeginning_AndWhatWasTakenIsKnown()
    {
        await using var imap = await ImapServer.StartAsync();
        await imap.PutAsync(Mail("g1", "One"), "Desk");
        await imap.PutAsync(Mail("g2", "Two"), "Desk");
        await using var app = await StartAsync();
        var saved = await SaveAsync(app, imap.Mailbox("Desk"));
        await UntilAsync(async () => await imap.ListAsync("Desk") is [(_, true), (_, true)]);
        var before = (await MailboxAsync(app)).UidValidity;
        saved = await SaveAsync(app, imap.Mailbox("Desk") with { IsActive = false }, saved);
        await UntilAsync(async () => (await MailboxAsync(app)).LeasedBy is null);

        await imap.RemakeAsync("Desk");
        await imap.PutAsync(Mail("g2", "Two"), "Desk");
        await imap.PutAsync(Mail("g3", "Three"), "Desk");
        await SaveAsync(app, imap.Mailbox("Desk"), saved);

        await UntilAsync(async () => await imap.ListAsync("Desk") is [("Two", true), ("Three", true)]);
        Assert.Equal(["One", "Three", "Two"], await SubjectsAsync(app));
        Assert.NotEqual(before, (await MailboxAsync(app)).UidValidity);
    }

    [Fact]
    public async Task Connection_ThatFails_IsShown_AndTriedAgain()
    {
        await using var imap = await ImapServer.StartAsync();
        await imap.PutAsync(Mail("h1", "One"));
        await using var app = await StartAsync();

        var saved = await SaveAsync(app, imap.Mailbox() with { Password = "wrong" });
        await UntilAsync(async () => (await MailboxAsync(app)).Failure == MailboxFailures.Refused);
        saved = await SaveAsync(app, imap.Mailbox("Nowhere"), saved);
        await UntilAsync(async () => (await MailboxAsync(app)).Failure == MailboxFailures.NoFolder);
        saved = await SaveAsync(app, imap.Mailbox() with { Port = ImapServer.FreePort() }, saved);
        await UntilAsync(async () => (await MailboxAsync(app)).Failure == MailboxFailures.NoAnswer);
        await SaveAsync(app, imap.Mailbox(), saved);

        await UntilAsync(async () => await imap.ListAsync() is [("One", true)]);
        await UntilAsync(async () => (await MailboxAsync(app)).Failure is null);
        Assert.DoesNotContain(ImapServer.Password, (await MailboxAsync(app)).ProtectedPassword,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trial_OfAConnection_SaysWhatIsWrong_OrHowManyMailsThereAre()
    {
        await using var imap = await ImapServer.StartAsync();
        await imap.PutAsync(Mail("i1", "One"));
        var probe = new ImapProbe();

        async Task<MailboxTrial> TryAsync(string password, string folder, bool useTls = false) =>
            await probe.TryAsync(new("127.0.0.1", imap.Port, useTls, ImapServer.User, password, folder, null), Token);

        Assert.Equal(new(null, 1), await TryAsync(ImapServer.Password, "inbox"));
        Assert.Equal(MailboxFailures.Refused, (await TryAsync("no", "INBOX")).Failure);
        Assert.Equal(MailboxFailures.NoFolder, (await TryAsync(ImapServer.Password, "Nowhere")).Failure);
        Assert.Equal(MailboxFailures.NotSecure, (await TryAsync(ImapServer.Password, "INBOX", useTls: true)).Failure);
        Assert.Equal([("One", false)], await imap.ListAsync());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Mailbox_IsOfOneNode_UntilItsTimeIsOver(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();
        var id = (await system.Get<MailboxService>().SaveAsync(null,
            new() { Name = "A", Host = "mail.example", UserName = "a", Password = "b" }, null, Token))!.Part.Id;
        var provider = data.Get<IDatabaseProvider>();
        var nodes = Enumerable.Range(0, 6).Select(_ => new MailboxNotes(provider, new(), data.Clock)).ToList();

        var won = await Task.WhenAll(nodes.Select(n => Task.Run(() => n.LeaseAsync(id, isNew: true, Token))));

        // Where one process has the database, whoever had the mailbox is gone.
        if (provider.HasOneProcess) Assert.All(won, Assert.True);
        else Assert.Single(won, w => w);
        var holder = provider.HasOneProcess ? null : nodes[Array.IndexOf(won, true)];
        if (holder is null) return;
        Assert.True(await holder.LeaseAsync(id, isNew: false, Token));
        data.Clock.Advance(TimeSpan.FromMinutes(3));
        var other = nodes.First(n => n != holder);
        Assert.True(await other.LeaseAsync(id, isNew: true, Token));
        Assert.False(await holder.LeaseAsync(id, isNew: false, Token));
        await holder.RaiseAsync(id, 7, Token);
        Assert.Equal(0, (await other.FindAsync(id, Token))!.LastUid);
    }

    internal static string Mail(string id, string subject) => $"""
        From: Ada <ada@example.com>
        To: support@shop.example
        Subject: {subject}
        Message-ID: <{id}@home>
        Date: Sun, 29 Nov 2026 10:00:00 +0000

        Hello

        """.ReplaceLineEndings("\r\n");

    private static Task<TestApp> StartAsync(DatabaseKind kind = DatabaseKind.Sqlite, ReceivingTimes? times = null,
        Action<IServiceCollection>? configure = null) => TestApp.StartAsync(kind, configure: services =>
    {
        services.AddSingleton(times ?? new()
        {
            Tend = TimeSpan.FromMilliseconds(200), Look = TimeSpan.FromMilliseconds(500), FirstPause = TimeSpan.FromMilliseconds(200),
            LongestPause = TimeSpan.FromSeconds(1),
        });
        configure?.Invoke(services);
    });

    private static void Decorate(IServiceCollection services, Func<IncomingMail, MailIntake, Task<IntakeResult>> take) =>
        services.AddScoped<IMailIntake>(s => new DecoratedIntake(s.GetRequiredService<MailIntake>(), take));

    /// <summary>Saves a mailbox; with what was saved before, the same one.</summary>
    private static async Task<MailboxDetails> SaveAsync(TestApp app, MailboxInput input, MailboxDetails? before = null)
    {
        await using var system = app.AsSystem();
        return (await system.Get<MailboxService>().SaveAsync(before?.Id, input, before?.Version, Token))!.Part;
    }

    private static Task<IncomingMailbox> MailboxAsync(TestApp app) =>
        ReadAsync(app, db => db.IncomingMailboxes.SingleAsync(m => m.Name == "Desk", Token));

    private static Task<List<string>> SubjectsAsync(TestApp app) =>
        ReadAsync(app, db => db.Tickets.Select(t => t.Subject).OrderBy(s => s).ToListAsync(Token));

    private static async Task<T> ReadAsync<T>(TestApp app, Func<CrmDbContext, Task<T>> read)
    {
        await using var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        return await read(db);
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(Patience);
        while (!await isSo()) await Task.Delay(100, patience.Token);
    }

    private sealed class DecoratedIntake(MailIntake inner, Func<IncomingMail, MailIntake, Task<IntakeResult>> take) : IMailIntake
    {
        public Task<IntakeResult> TakeAsync(IncomingMail incoming, CancellationToken cancellationToken) => take(incoming, inner);
    }
}
