using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Chats;

/// <summary>Keeps files of chats as documents are kept.</summary>
internal static class ChatFiles
{
    /// <summary>Stores a file that the virus scanner lets pass.</summary>
    /// <exception cref="RuleViolationException">It is too large, or the virus scanner refuses it.</exception>
    public static async Task<StoredContent> StoreAsync(DocumentStore store, IVirusScanner scanner, DocumentOptions documents,
        Stream content,
        CancellationToken cancellationToken)
    {
        var stored = await store.SaveAsync(content, documents.LargestFile, cancellationToken);
        try
        {
            await using var readable = store.Open(stored.StoredName, stored.WrappedKey);
            await scanner.DemandCleanAsync(readable, cancellationToken);
            return stored;
        }
        catch
        {
            store.Delete(stored.StoredName);
            throw;
        }
    }

    /// <exception cref="RuleViolationException">There are too many.</exception>
    public static async Task DemandRoomAsync(CrmDbContext db, long chatId, CancellationToken cancellationToken)
    {
        if (await db.ChatFiles.CountAsync(f => f.ChatId == chatId, cancellationToken) >= ChatFile.Most)
            throw new RuleViolationException("File", "A chat can have {0} files.", ChatFile.Most);
    }

    public static ChatFile Row(long chatId, string? name, string? contentType, StoredContent stored) => new()
    {
        ChatId = chatId, Name = TicketFileName.Clean(name), ContentType = TicketFileName.Type(contentType), Size = stored.Size,
        StoredName = stored.StoredName, WrappedKey = stored.WrappedKey,
    };
}
