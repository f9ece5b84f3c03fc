using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Tickets;

/// <summary>What a visitor typed into the contact form.</summary>
/// <param name="Language">Of the page; a receipt is written in it.</param>
public sealed record ContactMessage(string? Name, string? Email, string? Subject, string? Text, string Language)
{
    public const int TextLength = 20_000;
}

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
    IOptions<DocumentOptions> documents, TimeProvider clock)
{
    /// <summary>So many files may go along.</summary>
    public const int MostFiles = 5;

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
        var kept = new ContactFiles(store, scanner, documents.Value.LargestFile, clock);
        try
        {
            await kept.TakeAsync(files, cancellationToken);
            return new(await SaveAsync(wanted, kept, cancellationToken), kept.Refused);
        }
        catch (Exception fault) when (fault is not CommitLostException)
        {
            kept.Remove();
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

    private async Task<long> SaveAsync(ContactMessage message, ContactFiles files, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet("ticket.contact", Permissions.TicketsWork);
        var now = clock.GetUtcNow();
        var tickets = new ContactTickets(tokens, letters, words, support.Value, now);
        var ticket = await tickets.BeginAsync(db, new(await MailIntake.CustomerOfAsync(db, message.Email!, cancellationToken), message.Name,
            message.Email!, message.Subject!, message.Text!, await tickets.UsualQueueAsync(db, cancellationToken), message.Language), files,
            cancellationToken);
        TicketNotices.TellPages(db, ticket, now);
        await db.SaveWithoutRecordAsync(cancellationToken);
        await transaction.CommitWithFilesAsync();
        return ticket;
    }
}
