using System.Security.Cryptography;
using System.Text;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Mail;
using CrmPortal.Core.Platform.Mail.Incoming;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>What became of a mail, and the ticket that it belongs to now.</summary>
/// <param name="IsKnown">Whether it had been taken before; nothing was changed.</param>
public sealed record IntakeResult(IntakeOutcome Outcome, long? TicketId, bool IsKnown);

/// <summary>A mail that somebody brings.</summary>
/// <param name="Raw">As it came.</param>
/// <param name="Mailbox">The way by which it came.</param>
public sealed record IncomingMail(Stream Raw, string Mailbox)
{
    /// <summary>For whom it was delivered, where whoever brings it knows: its headers need not say so.</summary>
    public string? Recipient { get; init; }

    /// <summary>Whether this is only the beginning of a mail that is too large.</summary>
    public bool IsBeginning { get; init; }

    /// <summary>The mail that was set aside and is now taken as if a person had written it.</summary>
    internal long? ReceivedId { get; init; }
}

/// <summary>Takes mails.</summary>
public interface IMailIntake
{
    /// <summary>Takes a mail wholly, or throws and has taken nothing.</summary>
    /// <exception cref="IntakeLaterException">It must be brought again.</exception>
    Task<IntakeResult> TakeAsync(IncomingMail incoming, CancellationToken cancellationToken);
}

/// <summary>
/// Makes tickets and messages of mails, whichever way they come. A mail is taken wholly or not at all: where this throws, whoever brought
/// it keeps it and brings it again.
/// </summary>
public sealed partial class MailIntake(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    DocumentStore store, IVirusScanner scanner, TicketTokens tokens, MailQueue mails, TimeProvider clock) : IMailIntake
{
    /// <summary>Of a mail that is too large the beginning is read: who wrote, about what, and the text if it comes first.</summary>
    public const int ReadOfTooLarge = 512 * 1024;

    /// <summary>Takes a raw mail.</summary>
    /// <param name="mailbox">The way by which it came.</param>
    /// <exception cref="RuleViolationException">The virus scanner does not answer; nothing was taken.</exception>
    /// <exception cref="DbUpdateException">The database does not take it; nothing was taken.</exception>
    public Task<IntakeResult> TakeAsync(Stream raw, string mailbox, CancellationToken cancellationToken) =>
        TakeAsync(new(raw, mailbox), cancellationToken);

    /// <inheritdoc cref="TakeAsync(Stream, string, CancellationToken)"/>
    public async Task<IntakeResult> TakeAsync(IncomingMail incoming, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        var (bytes, isCut) = await ReadAsync(incoming, cancellationToken);
        var mail = MailReader.Read(bytes);
        var key = KeyOf(mail, bytes);
        await tokens.PrepareAsync(cancellationToken);
        if (incoming.ReceivedId is null && await KnownAsync(key, cancellationToken) is { } known) return known;
        var files = new List<(MailAttachment File, StoredContent Stored)>();
        var refused = new List<string>();
        var written = new List<string>();
        try
        {
            var rawStored = await StoreAsync(bytes, written, cancellationToken);
            if (mail.Kind == MailKind.Written || incoming.ReceivedId is not null)
                await StoreFilesAsync(mail, files, refused, written, cancellationToken);
            var taken = new TakenMail(mail, key, incoming, rawStored, files, refused, isCut);
            return await SaveAsync(taken, cancellationToken);
        }
        catch (CommitLostException)
        {
            // Brought again it is known, with its files, or it is taken anew.
            throw new IntakeLaterException();
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            Delete(written);
            // Somebody took the same mail at the same moment, or the database is not well.
            return await KnownAsync(key, cancellationToken) ?? throw new IntakeLaterException();
        }
        catch
        {
            Delete(written);
            throw;
        }
    }

    private async Task<IntakeResult> SaveAsync(TakenMail taken, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet("ticket.mail", Permissions.TicketsWork);
        var mail = taken.Mail;
        var received = taken.Incoming.ReceivedId is { } aside ? await ClaimAsync(db, aside, cancellationToken) : new()
        {
            Key = taken.Key, At = clock.GetUtcNow(), Mailbox = taken.Incoming.Mailbox, Sender = Short(mail.From?.Address),
            Subject = SubjectOf(mail, ""),
        };
        var own = await db.TicketQueues.Where(q => q.Email != null).Select(q => q.Email!).ToListAsync(cancellationToken);
        var (ticketId, outcome) = mail switch
        {
            _ when taken.Incoming.ReceivedId is not null => await WrittenAsync(db, taken, cancellationToken),
            { Kind: MailKind.Bounce or MailKind.Refusal } => (await ReturnedAsync(db, mail, isFinal: true, cancellationToken),
                IntakeOutcome.Bounce),
            { Kind: MailKind.DelayNotice } => (await ReturnedAsync(db, mail, isFinal: false, cancellationToken), IntakeOutcome.Delay),
            _ when mail.IsLoop(own, mails.Domain) => (null, IntakeOutcome.Loop),
            { Kind: MailKind.AutoReply } => (await NotedAsync(db, mail, cancellationToken), IntakeOutcome.AutoReply),
            { Kind: MailKind.MailingList } => ((long?)null, IntakeOutcome.List),
            _ => await WrittenAsync(db, taken, cancellationToken),
        };
        (received.Outcome, received.TicketId) = (outcome, ticketId);
        (received.StoredName, received.WrappedKey) = outcome is IntakeOutcome.NewTicket or IntakeOutcome.Reply ? (null, null)
            : (taken.Raw.StoredName, taken.Raw.WrappedKey);
        if (taken.Incoming.ReceivedId is null) db.ReceivedMails.Add(received);
        if (ticketId is { } id) Tell(db, id);
        await db.SaveWithoutRecordAsync(cancellationToken);
        await transaction.CommitWithFilesAsync();
        return new(outcome, ticketId, false);
    }

    /// <summary>Of two people who make a ticket of the same mail only one finds it as it was.</summary>
    private static async Task<ReceivedMail> ClaimAsync(CrmDbContext db, long id, CancellationToken cancellationToken)
    {
        var claimed = await db.ReceivedMails.Where(m => m.Id == id && m.TicketId == null && m.StoredName != null)
            .ExecuteUpdateAsync(m => m.SetProperty(x => x.StoredName, (string?)null), cancellationToken);
        if (claimed == 0) throw new RuleViolationException("", "There is a ticket of this mail already.") { IsRefusal = true };
        return await db.ReceivedMails.FirstAsync(m => m.Id == id, cancellationToken);
    }

    /// <summary>Somebody wrote: a message of the ticket that it answers, or a new ticket.</summary>
    private async Task<(long?, IntakeOutcome)> WrittenAsync(CrmDbContext db, TakenMail taken, CancellationToken cancellationToken)
    {
        var mail = taken.Mail;
        var ticket = await AnsweredAsync(db, mail, cancellationToken);
        var isNew = ticket is null or { State: TicketState.Closed };
        if (isNew) ticket = await BeginAsync(db, taken, ticket?.Id, cancellationToken);
        else if (ticket!.State is TicketState.Pending or TicketState.OnHold or TicketState.Solved) ticket.State = TicketState.Open;
        var message = await MessageAsync(db, taken, ticket!, isNew, cancellationToken);
        ticket!.Messages.Add(message);
        if (isNew) db.Tickets.Add(ticket);
        foreach (var notice in Notices(taken)) ticket.Messages.Add(notice);
        await db.SaveChangesAsync(cancellationToken);
        db.TicketFiles.AddRange(taken.Files.Select(f => new TicketFile
        {
            TicketId = ticket.Id, MessageId = message.Id, Name = TicketFileName.Clean(f.File.Name),
            ContentType = TicketFileName.Type(f.File.ContentType), Size = f.Stored.Size, StoredName = f.Stored.StoredName,
            WrappedKey = f.Stored.WrappedKey, ContentId = Cut(f.File.ContentId, TicketMessage.MessageIdLength), At = message.At,
        }));
        if (!isNew)
            await TicketNotices.TellAsync(db, ticket, await TicketNotices.ConcernedAsync(db, ticket, cancellationToken),
                NotificationKind.TicketAnswered, message.AuthorName, message.At, cancellationToken);
        return (ticket.Id, isNew ? IntakeOutcome.NewTicket : IntakeOutcome.Reply);
    }

    private async Task<Ticket> BeginAsync(CrmDbContext db, TakenMail taken, long? parentId, CancellationToken cancellationToken)
    {
        var mail = taken.Mail;
        var now = clock.GetUtcNow();
        var writer = mail.ReplyTo.Count > 0 ? mail.ReplyTo[0] : mail.From;
        var email = Short(writer?.Address?.ToLowerInvariant());
        var addressed = mail.DeliveredTo.Concat(mail.To.Concat(mail.Cc).Select(p => p.Address)).Prepend(taken.Incoming.Recipient)
            .OfType<string>().Select(a => a.ToLowerInvariant()).Distinct().Take(50).ToList();
        var queues = await db.TicketQueues.AsNoTracking().Where(q => q.ArchivedAt == null
            && (q.IsUsual || addressed.Contains(q.Email!))).OrderBy(q => q.Id).ToListAsync(cancellationToken);
        var queue = addressed.Select(a => queues.Find(q => q.Email == a)).FirstOrDefault(q => q is not null)
            ?? queues.Find(q => q.IsUsual) ?? throw new IntakeLaterException();
        return new()
        {
            CustomerId = email is null ? null : await CustomerOfAsync(db, email, cancellationToken), ContactEmail = email,
            ContactName = Cut(writer is { Name.Length: > 0 } ? writer.Name : null, Ticket.NameLength),
            Subject = SubjectOf(mail, "(no subject)"), Channel = TicketChannel.Email, QueueId = queue.Id, State = TicketState.New,
            ParentId = parentId, CreatedAt = now, LastMessageAt = now,
        };
    }

    private async Task<TicketMessage> MessageAsync(CrmDbContext db, TakenMail taken, Ticket ticket, bool isNew,
        CancellationToken cancellationToken)
    {
        var mail = taken.Mail;
        var id = mail.MessageId is { Length: <= TicketMessage.MessageIdLength } given
            && !await db.TicketMessages.AnyAsync(m => m.MessageId == given, cancellationToken) ? given : null;
        var text = mail.NewText.Length > 0 ? mail.NewText : mail.Text;
        var (name, address) = (mail.From?.Name, mail.From?.Address);
        return new()
        {
            Kind = TicketMessageKind.Incoming, At = clock.GetUtcNow(), Ticket = ticket,
            AuthorName = Cut(string.IsNullOrWhiteSpace(name) ? address : name, Ticket.NameLength) ?? "", AuthorEmail = Short(address),
            Text = Storable(text, TicketMessage.TextLength),
            Quoted = mail.QuotedText.Length > 0 && mail.NewText.Length > 0 ? Storable(mail.QuotedText, TicketMessage.TextLength) : null,
            Html = mail.Html is { } html ? Storable(html, int.MaxValue) : null, HasRemotePictures = mail.HasRemotePictures, MessageId = id,
            RawStoredName = taken.Raw.StoredName, RawWrappedKey = taken.Raw.WrappedKey,
            SearchText = isNew ? TicketSearch.Of(ticket.Subject, ticket.ContactName, text) : TicketSearch.Of(text),
        };
    }

    /// <summary>What staff must know of how the mail was taken.</summary>
    private IEnumerable<TicketMessage> Notices(TakenMail taken)
    {
        if (taken.IsCut) yield return Notice("The mail was larger than 50 MB; only its beginning was kept.");
        if (taken.Refused.Count > 0)
            yield return Notice("The virus scanner flagged these files; they were not kept: " + string.Join(", ", taken.Refused));
        if (taken.Mail.Faults.Count > 0)
            yield return Notice("Parts of the mail could not be read; the raw mail is kept with the message.");
    }

    private TicketMessage Notice(string text) => new() { Kind = TicketMessageKind.Notice, At = clock.GetUtcNow(), Text = text };

    /// <summary>The ticket that a mail answers: by what we signed, or by the ids of mails that we have; never by its subject
    /// alone.</summary>
    private async Task<Ticket?> AnsweredAsync(CrmDbContext db, ReadMail mail, CancellationToken cancellationToken)
    {
        var ids = mail.References.Append(mail.InReplyTo).OfType<string>().Reverse().Distinct().Take(50).ToList();
        long? found = null;
        foreach (var id in ids)
            if ((found = await tokens.TicketOfMessageIdAsync(id, cancellationToken)) is not null) break;
        // The newest of them is chosen here: asked for in this order, an engine may look for it from the newest message of all on.
        found ??= (await db.TicketMessages.Where(m => ids.Contains(m.MessageId!)).Select(m => new { m.Id, m.TicketId })
            .ToListAsync(cancellationToken)).MaxBy(m => m.Id)?.TicketId;
        found ??= await tokens.TicketOfTextAsync(mail.Text, cancellationToken);
        // A ticket may have been merged into another, and that one again.
        for (var steps = 0; found is { } ticketId && steps < 20; steps++)
        {
            await provider.LockAsync<Ticket>(db, [ticketId], cancellationToken);
            var ticket = await db.Tickets.FirstOrDefaultAsync(t => t.Id == ticketId, cancellationToken);
            if (ticket?.MergedIntoId is null) return ticket;
            found = ticket.MergedIntoId;
        }

        return null;
    }

    /// <summary>Whose address it is: the customer who has it as the first one, else the only one who has it as a further one.</summary>
    internal static async Task<long?> CustomerOfAsync(CrmDbContext db, string email, CancellationToken cancellationToken)
    {
        var there = db.Set<Customers.Customer>().Where(c => c.DeletedAt == null);
        if (await there.Where(c => c.EmailKey == email).Select(c => (long?)c.Id).FirstOrDefaultAsync(cancellationToken) is { } first)
            return first;
        var others = await db.Set<Customers.ContactPoint>().Where(p => p.ValueKey == email)
            .Join(there, p => p.CustomerId, c => c.Id, (_, c) => c.Id).Distinct().OrderBy(id => id).Take(2).ToListAsync(cancellationToken);
        return others is [var only] ? only : null;
    }

    private void Tell(CrmDbContext db, long ticketId) => TicketNotices.TellPages(db, ticketId, clock.GetUtcNow());

    private async Task<IntakeResult?> KnownAsync(string key, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.ReceivedMails.Where(m => m.Key == key).Select(m => new IntakeResult(m.Outcome, m.TicketId, true))
            .FirstOrDefaultAsync(cancellationToken);
    }

    private static async Task<(ReadOnlyMemory<byte> Bytes, bool IsCut)> ReadAsync(IncomingMail incoming,
        CancellationToken cancellationToken)
    {
        using var memory = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await incoming.Raw.ReadAsync(buffer, cancellationToken)) > 0)
        {
            memory.Write(buffer, 0, read);
            if (memory.Length > MailReader.MostBytes) return (memory.GetBuffer().AsMemory(0, ReadOfTooLarge), true);
        }

        var kept = incoming.IsBeginning ? Math.Min(ReadOfTooLarge, memory.Length) : memory.Length;
        return (memory.GetBuffer().AsMemory(0, (int)kept), incoming.IsBeginning);
    }

    private async Task<StoredContent> StoreAsync(ReadOnlyMemory<byte> bytes, List<string> written, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream(bytes.ToArray(), writable: false);
        var stored = await store.SaveAsync(content, long.MaxValue, cancellationToken);
        written.Add(stored.StoredName);
        return stored;
    }

    private async Task StoreFilesAsync(ReadMail mail, List<(MailAttachment, StoredContent)> files, List<string> refused,
        List<string> written, CancellationToken cancellationToken)
    {
        foreach (var file in mail.Attachments)
        {
            var stored = await StoreAsync(file.Content, written, cancellationToken);
            try
            {
                await using var readable = store.Open(stored.StoredName, stored.WrappedKey);
                await scanner.DemandCleanAsync(readable, cancellationToken);
                files.Add((file, stored));
            }
            catch (RuleViolationException violation) when (!violation.IsPassing)
            {
                store.Delete(stored.StoredName);
                written.Remove(stored.StoredName);
                refused.Add(TicketFileName.Clean(file.Name));
            }
        }
    }

    private void Delete(List<string> written)
    {
        foreach (var name in written) store.Delete(name);
    }

    /// <summary>
    /// Programs may give many mails one id, and servers may deliver one mail twice with other headers: what makes a mail is its id together
    /// with its writer, its date and its words.
    /// </summary>
    private static string KeyOf(ReadMail mail, ReadOnlyMemory<byte> bytes)
    {
        if (mail.MessageId is null && mail.From is null) return Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
        var files = string.Join('|', mail.Attachments.Select(a => Convert.ToHexString(SHA256.HashData(a.Content.Span))));
        var text = string.Join('\n', mail.MessageId, mail.From?.Address, mail.Date?.ToUniversalTime().ToString("O",
            System.Globalization.CultureInfo.InvariantCulture), mail.Subject, mail.Text, files);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static string SubjectOf(ReadMail mail, string otherwise)
    {
        var subject = Storable(TicketRules.OneLine(mail.Subject), Ticket.SubjectLength).Trim();
        return subject.Length > 0 ? subject : otherwise;
    }

    private static string? Short(string? address) => address is { Length: > 0 and <= TextRules.EmailLength } ? Storable(address,
        TextRules.EmailLength)
        : null;

    private static string? Cut(string? text, int longest) => text is null ? null : Storable(text, longest);

    /// <summary>What a database takes: composed, without halves of characters, and no longer than its column.</summary>
    private static string Storable(string text, int longest)
    {
        var clean = StoredText.Clean(text);
        return clean.Length <= longest ? clean : clean[..(char.IsHighSurrogate(clean[longest - 1]) ? longest - 1 : longest)];
    }

    private sealed record TakenMail(ReadMail Mail, string Key, IncomingMail Incoming, StoredContent Raw,
        IReadOnlyList<(MailAttachment File, StoredContent Stored)> Files, IReadOnlyList<string> Refused, bool IsCut);
}

/// <summary>The mail cannot be taken now; whoever brought it must keep it.</summary>
public sealed class IntakeLaterException() : Exception("The mail cannot be taken at the moment.");
