using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Tickets;

/// <summary>What a visitor typed into the contact form.</summary>
/// <param name="Language">Of the page; a receipt is written in it.</param>
public sealed record ContactMessage(string? Name, string? Email, string? Subject, string? Text, string Language)
{
    public const int TextLength = 20_000;
}

/// <summary>A file that goes along, as it comes.</summary>
public sealed record ContactFile(string? Name, string? ContentType, Stream Content);

/// <summary>What became of a message.</summary>
/// <param name="Refused">How many files were not kept; the message was taken without them.</param>
public sealed record ContactResult(long TicketId, int Refused);

/// <summary>Writes the mail that confirms a message; its texts are where translations are.</summary>
public interface IContactLetters
{
    /// <summary>The subject and the text. Nothing that the visitor typed is in it: whoever types somebody else's address cannot have us
    /// send them words.</summary>
    (string Subject, string Text) Write(string ticket, string reference, string language);
}

/// <summary>
/// Makes tickets of what visitors write, without a sign-in. Whether an address belongs to a customer shows in nothing that they get.
/// </summary>
public sealed class ContactFormService(IDbContextFactory<CrmDbContext> dbFactory, TicketTokens tokens, TicketLetters letters,
    IContactLetters words, DocumentStore store, IVirusScanner scanner, IOptions<SupportOptions> support,
        IOptions<DocumentOptions> documents,
    TimeProvider clock)
{
    /// <summary>So many files may go along.</summary>
    public const int MostFiles = 5;

    /// <summary>An address gets no more than one receipt in this time, whoever types it.</summary>
    private static readonly TimeSpan BetweenReceipts = TimeSpan.FromHours(1);

    /// <summary>What is wrong with a message; nothing where it can be sent.</summary>
    public static IReadOnlyList<FieldError> Check(ContactMessage message) => Checked(message).Errors;

    /// <summary>Takes a message with its files. A file that is too large, or not clean, is left out, and staff are told.</summary>
    /// <exception cref="RuleViolationException">A field is wrong; nothing was taken.</exception>
    public async Task<ContactResult> SendAsync(ContactMessage message, IAsyncEnumerable<ContactFile> files,
        CancellationToken cancellationToken)
    {
        var (wanted, errors) = Checked(message);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        await tokens.PrepareAsync(cancellationToken);
        var (kept, refused) = (new List<TicketFile>(), new List<string>());
        try
        {
            await foreach (var file in files.WithCancellation(cancellationToken)) await KeepAsync(file, kept, refused, cancellationToken);
            return new(await SaveAsync(wanted, kept, refused, cancellationToken), refused.Count);
        }
        catch (Exception fault) when (fault is not CommitLostException)
        {
            foreach (var file in kept) store.Delete(file.StoredName);
            throw;
        }
    }

    private static (ContactMessage Message, List<FieldError> Errors) Checked(ContactMessage message)
    {
        var errors = new List<FieldError>();
        var name = TextRules.Text("Name", message.Name, Ticket.NameLength, errors).Value;
        var email = TextRules.Required("Email", message.Email, TextRules.EmailLength, "Enter your e-mail address, so that we can answer.",
            errors).ToLowerInvariant();
        if (email.Length > 0 && !TextRules.IsEmail(email)) errors.Add(new("Email", "This is not an e-mail address."));
        var subject = TextRules.Required("Subject", message.Subject is null ? null : TicketRules.OneLine(message.Subject),
            Ticket.SubjectLength, "What is it about?", errors);
        var text = TextRules.Required("Text", message.Text, ContactMessage.TextLength, "Write a message first.", errors);
        return (new(name is null ? null : TicketRules.OneLine(name), email, subject, text, message.Language), errors);
    }

    private async Task KeepAsync(ContactFile file, List<TicketFile> kept, List<string> refused, CancellationToken cancellationToken)
    {
        var name = TicketFileName.Clean(file.Name);
        if (kept.Count + refused.Count >= MostFiles)
        {
            refused.Add(name);
            return;
        }

        StoredContent? stored = null;
        try
        {
            // All of them together are no larger than one may be.
            stored = await store.SaveAsync(file.Content, documents.Value.LargestFile - kept.Sum(f => f.Size), cancellationToken);
            if (stored.Size > 0)
            {
                await using var readable = store.Open(stored.StoredName, stored.WrappedKey);
                await scanner.DemandCleanAsync(readable, cancellationToken);
            }
        }
        catch (RuleViolationException)
        {
            if (stored is not null) store.Delete(stored.StoredName);
            refused.Add(name);
            return;
        }
        catch when (stored is not null)
        {
            store.Delete(stored.StoredName);
            throw;
        }

        if (stored.Size == 0)
        {
            store.Delete(stored.StoredName);
            // A field in which nothing was chosen is sent as an empty file without a name.
            if (!string.IsNullOrEmpty(file.Name)) refused.Add(name);
        }
        else
            kept.Add(new()
            {
                Name = name, ContentType = TicketFileName.Type(file.ContentType), Size = stored.Size, StoredName = stored.StoredName,
                WrappedKey = stored.WrappedKey, At = clock.GetUtcNow(),
            });
    }

    private async Task<long> SaveAsync(ContactMessage message, List<TicketFile> files, List<string> refused,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet("ticket.contact", Permissions.TicketsWork);
        var now = clock.GetUtcNow();
        var queue = await QueueAsync(db, cancellationToken);
        var isConfirmed = queue.SendsReceipt && !await HasReceiptAsync(db, message.Email!, now, cancellationToken);
        var ticket = new Ticket
        {
            CustomerId = await MailIntake.CustomerOfAsync(db, message.Email!, cancellationToken), ContactEmail = message.Email,
            ContactName = message.Name, Subject = message.Subject!, Channel = TicketChannel.Web, QueueId = queue.Id,
            State = TicketState.New, CreatedAt = now, LastMessageAt = now,
        };
        var said = new TicketMessage
        {
            Kind = TicketMessageKind.Incoming, At = now, AuthorName = message.Name ?? message.Email!, AuthorEmail = message.Email,
            Text = message.Text!, SearchText = TicketSearch.Of(message.Subject, message.Name, message.Text),
        };
        ticket.Messages.Add(said);
        if (refused.Count > 0)
            ticket.Messages.Add(new()
            {
                Kind = TicketMessageKind.Notice, At = now,
                Text = "These files were too large, too many or not clean; they were not kept: " + string.Join(", ", refused),
            });
        db.Tickets.Add(ticket);
        await db.SaveChangesAsync(cancellationToken);
        foreach (var file in files) (file.TicketId, file.MessageId) = (ticket.Id, said.Id);
        db.TicketFiles.AddRange(files);
        if (isConfirmed)
        {
            var reference = await tokens.ReferenceAsync(ticket.Id, cancellationToken);
            var (subject, text) = words.Write(ticket.Name, reference, message.Language);
            await letters.AddReceiptAsync(db, ticket, said.Id, queue, subject, text, cancellationToken);
        }

        db.OutboxEvents.Add(new OutboxEvent
        {
            Topic = TicketService.MessageTopic, SubjectId = ticket.Id, Payload = "{\"Fields\":[\"Messages\"],\"ActorName\":\"\"}",
            CreatedAt = now,
        });
        await db.SaveWithoutRecordAsync(cancellationToken);
        await transaction.CommitWithFilesAsync();
        return ticket.Id;
    }

    private async Task<TicketQueue> QueueAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        var wanted = support.Value.ContactQueue.Trim().ToLowerInvariant();
        return await db.TicketQueues.AsNoTracking().Where(q => q.ArchivedAt == null && (q.NameKey == wanted || q.IsUsual))
            .OrderByDescending(q => q.NameKey == wanted).FirstAsync(cancellationToken);
    }

    /// <summary>Whether somebody wrote under this address a moment ago: then it had its receipt.</summary>
    private static Task<bool> HasReceiptAsync(CrmDbContext db, string email, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = now - BetweenReceipts;
        return db.Tickets.AnyAsync(t => t.CreatedAt > since && t.Channel == TicketChannel.Web && t.ContactEmail == email,
            cancellationToken);
    }
}
