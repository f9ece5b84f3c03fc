using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>A file that goes along, as it comes.</summary>
public sealed record ContactFile(string? Name, string? ContentType, Stream Content);

/// <summary>
/// The files that come with one message of a customer or visitor. One that is too large, or not clean, is left out, and staff are told.
/// </summary>
/// <param name="largest">All of them together are no larger than this, in bytes.</param>
internal sealed class ContactFiles(DocumentStore store, IVirusScanner scanner, long largest, TimeProvider clock)
{
    private readonly List<TicketFile> _kept = [];
    private readonly List<string> _refused = [];

    /// <summary>How many were not kept.</summary>
    public int Refused => _refused.Count;

    public async Task TakeAsync(IAsyncEnumerable<ContactFile> files, CancellationToken cancellationToken)
    {
        await foreach (var file in files.WithCancellation(cancellationToken)) await TakeAsync(file, cancellationToken);
    }

    /// <summary>Gives those that were kept to the message, which is stored by now.</summary>
    public void Attach(CrmDbContext db, long ticketId, long messageId)
    {
        foreach (var file in _kept) (file.TicketId, file.MessageId) = (ticketId, messageId);
        db.TicketFiles.AddRange(_kept);
    }

    /// <summary>What staff are told of those that were not kept; nothing where all were.</summary>
    public IEnumerable<TicketMessage> Notices(DateTimeOffset now)
    {
        if (_refused.Count == 0) yield break;
        yield return new()
        {
            Kind = TicketMessageKind.Notice, At = now,
            Text = "These files were too large, too many or not clean; they were not kept: " + string.Join(", ", _refused),
        };
    }

    /// <summary>Removes their content, where the message was not stored.</summary>
    public void Remove()
    {
        foreach (var file in _kept) store.Delete(file.StoredName);
    }

    private async Task TakeAsync(ContactFile file, CancellationToken cancellationToken)
    {
        var name = TicketFileName.Clean(file.Name);
        if (_kept.Count + _refused.Count >= ContactFormService.MostFiles)
        {
            _refused.Add(name);
            return;
        }

        StoredContent? stored = null;
        try
        {
            stored = await store.SaveAsync(file.Content, largest - _kept.Sum(f => f.Size), cancellationToken);
            if (stored.Size > 0)
            {
                await using var readable = store.Open(stored.StoredName, stored.WrappedKey);
                await scanner.DemandCleanAsync(readable, cancellationToken);
            }
        }
        catch (RuleViolationException)
        {
            if (stored is not null) store.Delete(stored.StoredName);
            _refused.Add(name);
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
            if (!string.IsNullOrEmpty(file.Name)) _refused.Add(name);
            return;
        }

        _kept.Add(new()
        {
            Name = name, ContentType = TicketFileName.Type(file.ContentType), Size = stored.Size, StoredName = stored.StoredName,
            WrappedKey = stored.WrappedKey, At = clock.GetUtcNow(),
        });
    }
}
