using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Customers.Documents;

/// <summary>The files about a customer. They are checked by their content, cleaned, and lie encrypted.</summary>
public sealed class DocumentService(
    IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access, AuditLog audit, DocumentStore store,
        IVirusScanner scanner,
    TimeProvider clock, IOptions<DocumentOptions> options)
{
    public const int MostDocuments = 1_000;

    /// <summary>Documents, newest first.</summary>
    public async Task<Page<DocumentDetails>> ListAsync(long customerId, PageRequest page, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.DocumentsView, cancellationToken);
        var (skip, take) = page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var documents = await Present(db, customerId).AsNoTracking().OrderByDescending(d => d.UploadedAt).ThenByDescending(d => d.Id)
            .Skip(skip).Take(take + 1).ToListAsync(cancellationToken);
        return new([.. documents.Take(take).Select(DocumentDetails.Of)], page.Number, take, documents.Count > take);
    }

    /// <summary>
    /// The documents of all customers that nobody has checked yet, in the order in which they came. What it costs follows from how many
    /// wait, however many there are.
    /// </summary>
    /// <param name="after">The document after which to begin; 0 for the first.</param>
    /// <exception cref="RuleViolationException">The size is wrong.</exception>
    public async Task<WaitingDocumentPage> WaitingAsync(long after, int size, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.DocumentsView, cancellationToken);
        var grant = await access.DemandAsync(Permissions.DocumentsVerify, cancellationToken);
        var (_, take) = new PageRequest(1, size).Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await db.Documents.AsNoTracking()
            .Where(d => d.Status == DocumentStatus.Pending && d.DeletedAt == null && d.Id > after)
            .Join(db.Customers.Where(c => c.DeletedAt == null), d => d.CustomerId, c => c.Id, (d, c) => new { Document = d, Customer = c })
            .OrderBy(f => f.Document.Id).Take(take + 1).ToListAsync(cancellationToken);
        var (mayView, maySee) = (grant.Has(Permissions.CustomersView), grant.Has(Permissions.CustomersSensitive));
        return new([.. found.Take(take).Select(f => new WaitingDocument(DocumentDetails.Of(f.Document),
            mayView ? CustomerQueries.Shown(f.Customer, maySee) : f.Customer.Number, f.Customer.Number))],
            found.Count > take ? found[take - 1].Document.Id : null);
    }

    /// <summary>How many documents a customer has; null where there is no such customer.</summary>
    public async Task<int?> CountAsync(long customerId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.DocumentsView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await IsThereAsync(db, customerId, cancellationToken) ? await Present(db, customerId).CountAsync(cancellationToken) : null;
    }

    /// <summary>A document, or null where there is none.</summary>
    public async Task<DocumentDetails?> GetAsync(long customerId, long documentId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.DocumentsView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await Present(db, customerId).AsNoTracking().FirstOrDefaultAsync(d => d.Id == documentId, cancellationToken) is { } found
            ? DocumentDetails.Of(found) : null;
    }

    /// <summary>Stores a file. It is read once and up to the limit; a rejected file leaves nothing behind.</summary>
    /// <returns>Null where there is no such customer.</returns>
    /// <exception cref="RuleViolationException">The file is too large, of a kind that is not taken, or not harmless; the sentence says
    /// so.</exception>
    public async Task<DocumentDetails?> UploadAsync(long customerId, DocumentUpload upload, Stream content,
        CancellationToken cancellationToken)
    {
        var grant = await DemandEditAsync(cancellationToken);
        await using (var db = await dbFactory.CreateDbContextAsync(cancellationToken))
        {
            if (!await IsThereAsync(db, customerId, cancellationToken)) return null;
            await DemandRoomAsync(db, customerId, cancellationToken);
        }

        var (stored, type) = await KeepAsync(upload.Name, content, cancellationToken);
        try
        {
            var added = await AddAsync(grant, customerId, upload, stored, type, cancellationToken);
            if (added is null) store.Delete(stored.StoredName);
            return added;
        }
        catch (Exception fault) when (fault is not CommitLostException)
        {
            store.Delete(stored.StoredName);
            throw;
        }
    }

    /// <summary>Opens a document to be read; that is in the audit log before the first byte is answered.</summary>
    /// <param name="customerId">Whose it must be, where the caller says so.</param>
    /// <param name="isPreview">Whether it is shown and not handed over.</param>
    /// <returns>Null where there is none.</returns>
    public async Task<DocumentContent?> OpenAsync(long? customerId, long documentId, bool isPreview, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.DocumentsView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await db.Documents.AsNoTracking()
            .FirstOrDefaultAsync(d => d.Id == documentId && d.DeletedAt == null && (customerId == null || d.CustomerId == customerId)
                && db.Set<Customer>().Any(c => c.Id == d.CustomerId && c.DeletedAt == null), cancellationToken);
        if (found is null) return null;
        await audit.WriteAsync(isPreview ? AuditAction.Viewed : AuditAction.Exported, nameof(Document), found.Id, found.CustomerId,
            isPreview ? "Preview" : "Download", cancellationToken);
        return new(DocumentDetails.Of(found), store.Open(found.StoredName, found.WrappedKey));
    }

    /// <summary>Says whether a document is what it should be; null where there is none.</summary>
    /// <exception cref="RuleViolationException">A rejection without a reason.</exception>
    public async Task<PartChangeResult<DocumentDetails>?> CheckAsync(long customerId, long documentId, DocumentStatus status,
        string? reason, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.DocumentsView, cancellationToken);
        var grant = await access.DemandAsync(Permissions.DocumentsVerify, cancellationToken);
        var errors = new List<FieldError>();
        var why = status == DocumentStatus.Rejected
            ? TextRules.Required("Reason", reason, CustomerRules.ReasonLength, "Give a reason for the rejection.", errors) : null;
        if (errors.Count > 0) throw new RuleViolationException(errors);
        return await ChangeAsync(customerId, documentId, "document.check", Permissions.DocumentsVerify, document =>
        {
            document.Status = status;
            document.RejectReason = why;
            var isChecked = status != DocumentStatus.Pending;
            document.CheckedById = isChecked ? grant.Actor.UserId : null;
            document.CheckedByName = isChecked ? grant.Actor.Name : null;
            document.CheckedAt = isChecked ? clock.GetUtcNow() : null;
        }, cancellationToken);
    }

    /// <summary>Changes name, kind or expiry; null where there is no such document.</summary>
    /// <exception cref="RuleViolationException">A field is wrong.</exception>
    public async Task<PartChangeResult<DocumentDetails>?> UpdateAsync(long customerId, long documentId, DocumentChanges changes,
        CancellationToken cancellationToken)
    {
        await DemandEditAsync(cancellationToken);
        return await ChangeAsync(customerId, documentId, "document.edit", Permissions.CustomersEdit, document =>
        {
            if (changes.Name.IsPresent) document.Name = DocumentName.Renamed(changes.Name.Value, document.Name);
            document.Kind = changes.Kind.Or(document.Kind);
            document.ExpiresOn = changes.ExpiresOn.Or(document.ExpiresOn);
        }, cancellationToken);
    }

    /// <summary>Removes a document; for 30 days the change set that is returned brings it back.</summary>
    public async Task<long?> RemoveAsync(long customerId, long documentId, CancellationToken cancellationToken)
    {
        await DemandEditAsync(cancellationToken);
        return (await ChangeAsync(customerId, documentId, "document.delete", Permissions.CustomersEdit,
            document => document.DeletedAt = clock.GetUtcNow(), cancellationToken))?.ChangeSetId;
    }

    private async Task<Grant> DemandEditAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.DocumentsView, cancellationToken);
        return await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
    }

    /// <summary>Encrypts the content, looks at it, and keeps it as it may stay.</summary>
    private async Task<(StoredContent Stored, CheckedContent Type)> KeepAsync(string? name, Stream content,
        CancellationToken cancellationToken)
    {
        var raw = await store.SaveAsync(content, options.Value.LargestFile, cancellationToken);
        var isKept = false;
        try
        {
            await using var readable = store.Open(raw.StoredName, raw.WrappedKey);
            var type = await ContentCheck.ReadAsync(readable, name ?? "", cancellationToken);
            await scanner.DemandCleanAsync(readable, cancellationToken);
            if (type.Picture is { } picture) return (await CleanAsync(picture, cancellationToken), type);
            isKept = true;
            return (raw, type);
        }
        finally
        {
            if (!isKept) store.Delete(raw.StoredName);
        }
    }

    private async Task<StoredContent> CleanAsync(Picture picture, CancellationToken cancellationToken)
    {
        try
        {
            return await store.WriteAsync(file => picture.WriteAsync(file, cancellationToken), cancellationToken);
        }
        catch (EndOfStreamException)
        {
            throw Picture.Damaged();
        }
    }

    private async Task<DocumentDetails?> AddAsync(Grant grant, long customerId, DocumentUpload upload, StoredContent stored,
        CheckedContent type, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.LockCustomersAsync(db, [customerId], cancellationToken);
        if (!await IsThereAsync(db, customerId, cancellationToken)) return null;
        await DemandRoomAsync(db, customerId, cancellationToken);
        // Not offered to be undone: removing the document is one click, and that can be.
        db.BeginChangeSet("document.upload");
        var document = new Document
        {
            CustomerId = customerId, Kind = upload.Kind, Name = DocumentName.Clean(upload.Name, type.Extension),
                ContentType = type.ContentType,
            Size = stored.Size, Hash = stored.Hash, Width = type.Picture?.Width, Height = type.Picture?.Height,
                StoredName = stored.StoredName, WrappedKey = stored.WrappedKey,
            ExpiresOn = upload.ExpiresOn, UploadedAt = clock.GetUtcNow(), UploadedById = grant.Actor.UserId,
                UploadedByName = grant.Actor.Name,
        };
        db.Documents.Add(document);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitWithFilesAsync();
        return DocumentDetails.Of(document);
    }

    private async Task<PartChangeResult<DocumentDetails>?> ChangeAsync(long customerId, long documentId, string kind, string permission,
        Action<Document> change, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.LockCustomersAsync(db, [customerId], cancellationToken);
        db.BeginChangeSet(kind, permission);
        if (await Present(db, customerId).FirstOrDefaultAsync(d => d.Id == documentId, cancellationToken) is not { } document) return null;
        change(document);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(DocumentDetails.Of(document), db.LastChangeSetId);
    }

    private static IQueryable<Document> Present(CrmDbContext db, long customerId) =>
        db.Documents.Where(d => d.CustomerId == customerId && d.DeletedAt == null
            && db.Set<Customer>().Any(c => c.Id == customerId && c.DeletedAt == null));

    private static Task<bool> IsThereAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken) =>
        db.Customers.AnyAsync(c => c.Id == customerId && c.DeletedAt == null, cancellationToken);

    private static async Task DemandRoomAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken)
    {
        if (await db.Documents.CountAsync(d => d.CustomerId == customerId && d.DeletedAt == null, cancellationToken) >= MostDocuments)
            throw new RuleViolationException("File", "A customer can have at most {0} documents; remove some first.", MostDocuments);
    }
}
