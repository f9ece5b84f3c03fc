using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Tickets;
using CrmPortal.Features.Tickets;
using CrmPortal.Hosting.DataProtection;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Tickets.Receiving;

/// <summary>
/// A server that is killed while it takes mails, by HTTP and from a mailbox at once, loses none that it acknowledged and doubles none
/// that is brought again; each stands in its conversation, with its file and as it came.
/// </summary>
public sealed class KilledIntakeTests
{
    private const string Key = "a-key-of-more-than-24-letters";
    private const int Conversations = 6;
    private const int MailsPerRound = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>By which way a mail of a conversation is brought; the first one begins it, and is acknowledged before the others.</summary>
    private enum Way
    {
        Http,
        Mailbox,
        Both,
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Mails_OfAServerThatIsKilled_AreThereOnce_EachInItsConversation(DatabaseKind kind)
    {
        // So often in the suite; the variable makes it longer for whoever wants to see more of it.
        var kills = int.TryParse(Environment.GetEnvironmentVariable("CRM_KILLS"), out var wanted) ? wanted : 2;
        await using var database = await TestDatabase.CreateAsync(kind);
        // The same clock and the same secrets as the process has.
        await using var data = TestServices.On(database, new TestClock(), services =>
        {
            services.AddSingleton(TimeProvider.System);
            services.AddCrmDataProtection(Path.Combine(database.Options.DataFolder, "crm.key"));
        });
        await using var imap = ImapServer.IsInstalled ? await ImapServer.StartAsync() : null;
        var conversations = Enumerable.Range(0, Conversations).Select(n => new Conversation(n, imap)).ToList();
        var acknowledged = 0;
        for (var round = 0; round <= kills; round++)
        {
            await using var server = await ServerProcess.StartAsync(database, Token, new Dictionary<string, string>
            {
                ["Support__IntakeKey"] = Key,
            });
            if (round == 0 && imap is not null) await AddMailboxAsync(data, imap);
            await GiveMailboxUpAsync(data);
            var (until, end) = ((round + 1) * MailsPerRound, round < kills ? acknowledged + (Conversations * MailsPerRound / 3) : -1);
            await Task.WhenAll(conversations.Select(c => c.BringAllAsync(server, until, () =>
            {
                // In the middle of it, but for the last round, which carries everything to its end.
                if (Interlocked.Increment(ref acknowledged) == end) server.Kill();
            })));
            if (round == kills && imap is not null) await UntilAllAreSeenAsync(imap);
        }

        foreach (var conversation in conversations) await conversation.AssertIsWholeAsync(data, (kills + 1) * MailsPerRound);
        var mails = Conversations * (kills + 1) * MailsPerRound;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{kills} kills, {mails} mails, {conversations.Sum(c => c.Known)} of them there already when they were acknowledged");
        // Nothing was made beside them.
        Assert.Equal((Conversations, mails, mails, mails), await data.ReadAsync(async db => (await db.Tickets.CountAsync(Token),
            await db.TicketMessages.CountAsync(Token), await db.ReceivedMails.CountAsync(Token), await db.TicketFiles.CountAsync(Token))));
    }

    private static async Task AddMailboxAsync(TestServices data, ImapServer imap)
    {
        await using var system = data.AsSystem();
        await system.Get<MailboxService>().SaveAsync(null, imap.Mailbox(), null, Token);
    }

    /// <summary>The time passes after which a mailbox is free again that a killed node had.</summary>
    private static Task GiveMailboxUpAsync(TestServices data) => data.WriteAsync(db => db.IncomingMailboxes
        .ExecuteUpdateAsync(m => m.SetProperty(x => x.LeasedUntil, DateTimeOffset.UnixEpoch), Token));

    private static async Task UntilAllAreSeenAsync(ImapServer imap)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(Patience);
        while ((await imap.ListAsync()).Any(m => !m.IsSeen)) await Task.Delay(100, patience.Token);
    }

    /// <summary>What one customer writes, mail after mail, and what the server said to it.</summary>
    private sealed class Conversation(int number, ImapServer? imap)
    {
        private readonly HashSet<int> _put = [];
        private readonly HashSet<int> _acknowledged = [];
        private readonly ConcurrentBag<long> _tickets = [];

        /// <summary>How many mails were there already when they were brought until they were acknowledged.</summary>
        public int Known { get; private set; }

        private string Writer => string.Create(CultureInfo.InvariantCulture, $"writer{number}@example.com");

        /// <summary>Brings mails in turn, each by HTTP until it is acknowledged, until the server is gone.</summary>
        public async Task BringAllAsync(ServerProcess server, int until, Action isAcknowledged)
        {
            using var client = new HttpClient { BaseAddress = server.Address };
            try
            {
                for (var mail = 0; mail < until; mail++)
                {
                    var way = WayOf(mail);
                    if (way != Way.Http && _put.Add(mail)) await imap!.PutAsync(Raw(mail));
                    if (way == Way.Mailbox || _acknowledged.Contains(mail)) continue;
                    while (!await IsTakenAsync(client, mail))
                    {
                    }

                    isAcknowledged();
                }
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException)
            {
                // The server was killed.
            }
        }

        /// <summary>Every mail is there once, in one ticket, as it was written, and so is its file.</summary>
        public async Task AssertIsWholeAsync(TestServices data, int mails)
        {
            var messages = await data.ReadAsync(db => db.TicketMessages.Include(m => m.Files).Where(m => m.AuthorEmail == Writer)
                .ToListAsync(Token));
            Assert.Equal(Enumerable.Range(0, mails).Select(Text).Order(StringComparer.Ordinal),
                messages.Select(m => m.Text.Trim()).Order(StringComparer.Ordinal));
            var ticket = Assert.Single(messages.Select(m => m.TicketId).Distinct());
            Assert.Equal(ticket, Assert.Single(_tickets.Distinct()));
            var kept = await data.ReadAsync(db => db.Tickets.SingleAsync(t => t.Id == ticket, Token));
            Assert.Equal((mails, $"Conversation {number}", Writer), (kept.MessageCount, kept.Subject, kept.ContactEmail));
            var store = data.Get<DocumentStore>();
            foreach (var message in messages)
            {
                Assert.Contains(message.Text.Trim(), await ReadAsync(store, message.RawStoredName!, message.RawWrappedKey!),
                    StringComparison.Ordinal);
                var file = Assert.Single(message.Files);
                Assert.Equal("File of " + message.Text.Trim(), (await ReadAsync(store, file.StoredName, file.WrappedKey)).Trim());
            }
        }

        private static async Task<string> ReadAsync(DocumentStore store, string name, string key)
        {
            await using var content = store.Open(name, key);
            using var reader = new StreamReader(content);
            return await reader.ReadToEndAsync(Token);
        }

        private Way WayOf(int mail) => imap is null || mail == 0 ? Way.Http : (Way)((mail + number) % 3);

        private async Task<bool> IsTakenAsync(HttpClient client, int mail)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, MailIntakeEndpoint.Path)
            {
                Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Raw(mail)))
                {
                    Headers = { ContentType = new(MailIntakeEndpoint.MailType) },
                },
            };
            request.Headers.Add(MailIntakeEndpoint.KeyHeader, Key);
            using var answer = await client.SendAsync(request, Token);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable) return false;
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var taken = await answer.ReadAsync();
            if ((bool)taken["is_known"]!) Known++;
            _tickets.Add((long)taken["ticket_id"]!);
            return _acknowledged.Add(mail);
        }

        private string Text(int mail) => string.Create(CultureInfo.InvariantCulture, $"mail {mail} of {number}");

        /// <summary>Each answers the one before it, which need not be there yet, and names the first, as mail programs do.</summary>
        private string Answers(int mail) => mail == 0 ? ""
            : string.Create(CultureInfo.InvariantCulture, $"In-Reply-To: <{mail - 1}.{number}@home>\r\nReferences: <0.{number}@home>\r\n");

        private string Raw(int mail) => string.Create(CultureInfo.InvariantCulture, $"""
            From: Writer <{Writer}>
            To: support@shop.example
            Subject: {(mail == 0 ? "" : "Re: ")}Conversation {number}
            Message-ID: <{mail}.{number}@home>
            {Answers(mail)}Date: Sun, 29 Nov 2026 10:00:00 +0000
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=border

            --border
            Content-Type: text/plain; charset=utf-8

            {Text(mail)}
            --border
            Content-Type: text/plain
            Content-Disposition: attachment; filename=file.txt

            File of {Text(mail)}
            --border--

            """).ReplaceLineEndings("\r\n");
    }
}
