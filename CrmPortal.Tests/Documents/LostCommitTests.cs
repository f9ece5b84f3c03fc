using System.Data.Common;
using System.Text;
using CrmPortal.Core.Chats;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using CrmPortal.Tests.Chats;
using CrmPortal.Tests.Support;
using CrmPortal.Tests.Tickets.Receiving;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Documents;

/// <summary>A database that commits and whose answer is lost: what was written beside it is needed, and stays.</summary>
public sealed class LostCommitTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Mail_WhoseCommitGotNoAnswer_IsKnownWhenItIsBroughtAgain_AndHasItsFiles(DatabaseKind kind)
    {
        var commits = new LostCommits();
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton<IInterceptor>(commits));
        await using var system = data.AsSystem();
        await system.Get<TicketTokens>().PrepareAsync(Token);

        commits.IsLost = true;
        await Assert.ThrowsAsync<IntakeLaterException>(TakeAsync);
        commits.IsLost = false;

        Assert.Equal((IntakeOutcome.NewTicket, true), await TakeAsync() is { } again ? (again.Outcome, again.IsKnown) : default);
        var message = await data.ReadAsync(db => db.TicketMessages.SingleAsync(Token));
        using var raw = new StreamReader((await system.Get<TicketService>().OpenRawAsync(message.Id, Token))!.Content);
        Assert.Equal(MailboxTests.Mail("a1", "Help"), await raw.ReadToEndAsync(Token));

        Task<IntakeResult> TakeAsync() => system.Get<IMailIntake>()
            .TakeAsync(new(new MemoryStream(Encoding.UTF8.GetBytes(MailboxTests.Mail("a1", "Help"))), "test"), Token);
    }

    [Fact]
    public async Task Files_WhoseCommitGotNoAnswer_CanBeOpened()
    {
        var commits = new LostCommits();
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite, s => s.AddSingleton<IInterceptor>(commits));
        await using var agent = await data.AsRoleAsync(RoleNames.Manager);
        var customer = (await data.AddCustomerAsync()).Id;
        var input = new TicketInput { CustomerId = customer, Subject = "Mug", Text = "Broken" };
        var ticket = (await agent.Get<TicketService>().CreateAsync(input, Token)).Id;

        commits.IsLost = true;
        await Assert.ThrowsAsync<CommitLostException>(() => agent.Get<DocumentService>()
            .UploadAsync(customer, new("me.png", DocumentKind.Photo, null), new MemoryStream(TestFiles.Png), Token));
        await Assert.ThrowsAsync<CommitLostException>(() => agent.Get<TicketService>()
            .UploadAsync(ticket, "mug.png", "image/png", new MemoryStream(TestFiles.Png), Token));
        commits.IsLost = false;

        var (document, file) = await data.ReadAsync(async db => (await db.Documents.Select(d => d.Id).SingleAsync(Token),
            await db.TicketFiles.Select(f => f.Id).SingleAsync(Token)));
        await using var opened = (await agent.Get<DocumentService>().OpenAsync(customer, document, false, Token))!.Content;
        await using var attached = (await agent.Get<TicketService>().OpenFileAsync(file, Token))!.Content;
        Assert.Equal((TestFiles.Png.Length, TestFiles.Png.Length), (opened.Length, attached.Length));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task FilesOfChatsAndOfTheContactForm_WhoseCommitGotNoAnswer_CanBeOpened(DatabaseKind kind)
    {
        var commits = new LostCommits();
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton<IInterceptor>(commits));
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var visitor = data.As(Actor.System("Chat"));
        await ChatTests.OpenAsync(data, agent);
        await visitor.Get<TicketTokens>().PrepareAsync(Token);
        var (own, chats, key) = (visitor.Get<VisitorChatService>(), agent.Get<ChatService>(), ChatTests.NewKey());
        var chat = (await own.StartAsync(new() { Key = key, Text = "Hello" }, Token)).Id;
        await chats.AcceptAsync(chat, Token);
        ContactFile[] files = [new("mug.png", "image/png", new MemoryStream(TestFiles.Png))];

        commits.IsLost = true;
        await Assert.ThrowsAsync<CommitLostException>(() => own.SendFileAsync(key, "m1", "a.png", "image/png", new MemoryStream(TestFiles.Png), Token));
        await Assert.ThrowsAsync<CommitLostException>(() => chats.SendFileAsync(chat, "b.png", "image/png", new MemoryStream(TestFiles.Png), Token));
        await Assert.ThrowsAsync<CommitLostException>(() => visitor.Get<ContactFormService>()
            .SendAsync(new("Ada", "ada@example.com", "Mug", "It is broken.", "en"), files.ToAsyncEnumerable(), Token));
        commits.IsLost = false;

        var (sent, attached) = await data.ReadAsync(async db => (await db.ChatFiles.Select(f => f.Id).ToListAsync(Token),
            await db.TicketFiles.Select(f => f.Id).SingleAsync(Token)));
        Assert.Equal(2, sent.Count);
        foreach (var id in sent)
        {
            await using var opened = (await chats.OpenFileAsync(id, Token))!.Content;
            Assert.Equal(TestFiles.Png.Length, opened.Length);
        }

        await using var mug = (await agent.Get<TicketService>().OpenFileAsync(attached, Token))!.Content;
        Assert.Equal(TestFiles.Png.Length, mug.Length);
    }

    private sealed class LostCommits : DbTransactionInterceptor
    {
        public bool IsLost { get; set; }

        public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData,
            CancellationToken cancellationToken = default) =>
            IsLost ? throw new IOException("The connection is gone.") : Task.CompletedTask;
    }
}
