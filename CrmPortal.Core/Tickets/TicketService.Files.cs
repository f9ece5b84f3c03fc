using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>A file to be read.</summary>
public sealed record TicketFileContent(string Name, string ContentType, Stream Content);

/// <summary>A mail as it was formatted; sanitized, its pictures are still to be put in.</summary>
public sealed record TicketMail(string Html, IReadOnlyList<TicketFileDetails> Files);

/// <content>Files of messages: encrypted as documents are, handed out as downloads.</content>
public sealed partial class TicketService
{
    /// <summary>Keeps a file that goes along with the next message of the acting user.</summary>
    /// <returns>Null where there is no such ticket.</returns>
    /// <exception cref="RuleViolationException">It is too large, or the virus scanner refuses it.</exception>
    public async Task<TicketFileDetails?> UploadAsync(long ticketId, string? name, string? contentType, Stream content,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (!await db.Tickets.AnyAsync(t => t.Id == ticketId, cancellationToken)) return null;
        var waiting = await db.TicketFiles.CountAsync(f => f.TicketId == ticketId && f.MessageId == null && f.UserId == grant.Actor.UserId,
            cancellationToken);
        if (waiting >= TicketMessage.MostFiles)
            throw new RuleViolationException("File", "A message can have {0} files.", TicketMessage.MostFiles);
        var stored = await store.SaveAsync(content, documents.Value.LargestFile, cancellationToken);
        try
        {
            await using (var readable = store.Open(stored.StoredName, stored.WrappedKey))
                await scanner.DemandCleanAsync(readable, cancellationToken);
            var file = new TicketFile
            {
                TicketId = ticketId, Name = TicketFileName.Clean(name), ContentType = TicketFileName.Type(contentType), Size = stored.Size,
                StoredName = stored.StoredName, WrappedKey = stored.WrappedKey, At = clock.GetUtcNow(), UserId = grant.Actor.UserId,
            };
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            db.TicketFiles.Add(file);
            await db.SaveWithoutRecordAsync(cancellationToken);
            await transaction.CommitWithFilesAsync();
            return Details(file);
        }
        catch (Exception fault) when (fault is not CommitLostException)
        {
            store.Delete(stored.StoredName);
            throw;
        }
    }

    /// <summary>Removes a file that was not sent yet; false where there is none of the acting user.</summary>
    /// <param name="ticketId">Where set, only a file of this ticket.</param>
    public async Task<bool> RemoveFileAsync(long fileId, CancellationToken cancellationToken, long? ticketId = null)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var file = await db.TicketFiles.AsNoTracking().FirstOrDefaultAsync(f => f.Id == fileId && f.MessageId == null
            && f.UserId == grant.Actor.UserId && (ticketId == null || f.TicketId == ticketId), cancellationToken);
        if (file is null) return false;
        store.Delete(file.StoredName);
        await db.TicketFiles.Where(f => f.Id == fileId && f.MessageId == null).ExecuteDeleteAsync(cancellationToken);
        return true;
    }

    /// <summary>Opens a file of a ticket; null where there is none. One that was not sent yet is its uploader's alone.</summary>
    /// <param name="ticketId">Where set, only a file of this ticket.</param>
    public async Task<TicketFileContent?> OpenFileAsync(long fileId, CancellationToken cancellationToken, long? ticketId = null)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var file = await db.TicketFiles.AsNoTracking().FirstOrDefaultAsync(f => f.Id == fileId
            && (f.MessageId != null || f.UserId == grant.Actor.UserId) && (ticketId == null || f.TicketId == ticketId),
            cancellationToken);
        return file is null ? null : new(file.Name, file.ContentType, store.Open(file.StoredName, file.WrappedKey));
    }

    /// <summary>A mail as it was formatted, with the pictures in it; null where there is none.</summary>
    public async Task<TicketMail?> MailAsync(long messageId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var html = await db.TicketMessages.Where(m => m.Id == messageId).Select(m => m.Html).FirstOrDefaultAsync(cancellationToken);
        return html is null ? null : new(html, [.. (await db.TicketFiles.AsNoTracking().Where(f => f.MessageId == messageId)
            .OrderBy(f => f.Id).ToListAsync(cancellationToken)).Select(Details)]);
    }

    /// <summary>Opens the raw mail that a message was read from; null where there is none.</summary>
    public async Task<TicketFileContent?> OpenRawAsync(long messageId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await access.DemandAsync(Permissions.CustomersSensitive, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var message = await db.TicketMessages.AsNoTracking().FirstOrDefaultAsync(m => m.Id == messageId && m.RawStoredName != null,
            cancellationToken);
        return message is null ? null : new($"{Ticket.NameOf(message.TicketId)}-{message.Id}.eml", "message/rfc822",
            store.Open(message.RawStoredName!, message.RawWrappedKey!));
    }

    /// <summary>Files that the acting user uploaded for a ticket and has not sent yet.</summary>
    public async Task<IReadOnlyList<TicketFileDetails>> UnsentFilesAsync(long ticketId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return [.. (await db.TicketFiles.AsNoTracking().Where(f => f.TicketId == ticketId && f.MessageId == null
            && f.UserId == grant.Actor.UserId).OrderBy(f => f.Id).Take(TicketMessage.MostFiles).ToListAsync(cancellationToken))
            .Select(Details)];
    }

    /// <summary>Gives uploaded files to the message that was written.</summary>
    private static async Task AttachAsync(CrmDbContext db, long ticketId, TicketMessage message, IReadOnlyList<long> fileIds, Grant grant,
        CancellationToken cancellationToken)
    {
        if (fileIds.Count == 0) return;
        var attached = await db.TicketFiles.Where(f => fileIds.Contains(f.Id) && f.TicketId == ticketId && f.MessageId == null
            && f.UserId == grant.Actor.UserId)
            .ExecuteUpdateAsync(f => f.SetProperty(x => x.MessageId, message.Id), cancellationToken);
        if (attached != fileIds.Distinct().Count())
            throw new RuleViolationException("FileIds", "A file is no longer there; attach it again.");
    }
}
