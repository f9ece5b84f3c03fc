using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>What staff write down about a customer, in Markdown. A private note is there for its author alone.</summary>
public sealed class NoteService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    TimeProvider clock)
{
    /// <summary>Notes, pinned ones first, then the newest.</summary>
    public async Task<Page<NoteDetails>> ListAsync(long customerId, PageRequest page, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        var (skip, take) = page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var notes = await Visible(db, customerId, grant).OrderByDescending(n => n.IsPinned).ThenByDescending(n => n.Id).Skip(skip)
            .Take(take + 1).ToListAsync(cancellationToken);
        return new([.. notes.Take(take).Select(n => Details(n, grant))], page.Number, take, notes.Count > take);
    }

    /// <summary>How many notes of a customer the acting user sees.</summary>
    public async Task<int> CountAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await Visible(db, customerId, grant).CountAsync(cancellationToken);
    }

    /// <summary>A note, or null where there is none that the acting user may see.</summary>
    public async Task<NoteDetails?> GetAsync(long customerId, long noteId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await Visible(db, customerId, grant).FirstOrDefaultAsync(n => n.Id == noteId, cancellationToken) is { } note
            ? Details(note, grant) : null;
    }

    /// <summary>Adds a note; null where there is no such customer. Anyone who is named in it with an @ is told.</summary>
    /// <exception cref="RuleViolationException">The text is empty or too long.</exception>
    public async Task<NoteDetails?> AddAsync(long customerId, string? text, CancellationToken cancellationToken, bool isPrivate = false,
        bool isPinned = false)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var checkedText = Check(text);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.LockCustomersAsync(db, [customerId], cancellationToken);
        db.BeginChangeSet("customer.note", Permissions.CustomersEdit);
        var customer = await db.Customers.FirstOrDefaultAsync(c => c.Id == customerId && c.DeletedAt == null, cancellationToken);
        if (customer is null) return null;
        var note = new Note { Text = checkedText, IsPrivate = isPrivate, IsPinned = isPinned };
        await AddToAsync(db, customer, note, grant, clock.GetUtcNow(), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Details(note, grant);
    }

    /// <summary>Changes the text of one's own note, and whether it is private; null where there is no such note.</summary>
    /// <exception cref="RuleViolationException">The text is empty or too long.</exception>
    /// <exception cref="ConcurrencyConflictException">The note was changed since <paramref name="expectedVersion"/>.</exception>
    public Task<PartChangeResult<NoteDetails>?> UpdateAsync(long customerId, long noteId, string? text, bool isPrivate,
        long? expectedVersion, CancellationToken cancellationToken)
    {
        var checkedText = Check(text);
        return ChangeAsync(customerId, noteId, async (db, note, grant) =>
        {
            if (note.AuthorId != grant.Actor.UserId) throw new RuleViolationException("", "Only its author may change a note.");
            if (expectedVersion is { } version && version != note.Version)
                throw new ConcurrencyConflictException([], note.Version, null, null);
            if (!isPrivate)
                await Mentions.TellAsync(db, customerId, checkedText, note.IsPrivate ? null : note.Text, grant.Actor, clock.GetUtcNow(),
                cancellationToken);
            if (note.Text != checkedText) note.EditedAt = clock.GetUtcNow();
            note.Text = checkedText;
            note.IsPrivate = isPrivate;
        }, cancellationToken);
    }

    /// <summary>Pins a note to the top, or unpins it; returns the change set, or null where there is no such note.</summary>
    public async Task<long?> PinAsync(long customerId, long noteId, bool isPinned, CancellationToken cancellationToken) =>
        (await ChangeAsync(customerId, noteId, (_, note, _) =>
        {
            note.IsPinned = isPinned;
            return Task.CompletedTask;
        }, cancellationToken))?.ChangeSetId;

    /// <summary>Removes a note; returns the change set by which that can be undone.</summary>
    public async Task<long?> RemoveAsync(long customerId, long noteId, CancellationToken cancellationToken) =>
        (await ChangeAsync(customerId, noteId, (db, note, _) =>
        {
            db.Notes.Remove(note);
            return Task.CompletedTask;
        }, cancellationToken))?.ChangeSetId;

    private async Task<PartChangeResult<NoteDetails>?> ChangeAsync(long customerId, long noteId,
        Func<CrmDbContext, Note, Grant, Task> change, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.LockCustomersAsync(db, [customerId], cancellationToken);
        db.BeginChangeSet("customer.note", Permissions.CustomersEdit);
        var note = await db.Notes.FirstOrDefaultAsync(
            n => n.Id == noteId && n.CustomerId == customerId && n.Customer!.DeletedAt == null
                && (!n.IsPrivate || n.AuthorId == grant.Actor.UserId), cancellationToken);
        if (note is null) return null;
        await change(db, note, grant);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(Details(note, grant), db.LastChangeSetId);
    }

    /// <summary>Gives a customer a note, of which text and marks are set.</summary>
    internal static async Task AddToAsync(CrmDbContext db, Customer customer, Note note, Grant grant, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        customer.LastInteractionAt = now;
        (note.CustomerId, note.AuthorId, note.AuthorName, note.CreatedAt) = (customer.Id, grant.Actor.UserId, grant.Actor.Name, now);
        db.Notes.Add(note);
        if (!note.IsPrivate) await Mentions.TellAsync(db, customer.Id, note.Text, null, grant.Actor, now, cancellationToken);
    }

    /// <summary>The newest note for everybody of each customer whose notes these are.</summary>
    internal static IQueryable<Note> NewestOfEach(CrmDbContext db, IQueryable<Note> notes)
    {
        var newest = notes.Where(n => !n.IsPrivate).GroupBy(n => n.CustomerId).Select(g => g.Max(n => n.Id));
        return db.Notes.AsNoTracking().Where(n => newest.Contains(n.Id));
    }

    /// <summary>The notes of a customer that the acting user may see: all but the private ones of others.</summary>
    internal static IQueryable<Note> Visible(CrmDbContext db, long customerId, Grant grant) =>
        db.Notes.AsNoTracking().Where(n => n.CustomerId == customerId && n.Customer!.DeletedAt == null
            && (!n.IsPrivate || n.AuthorId == grant.Actor.UserId));

    internal static NoteDetails Details(Note n, Grant grant) =>
        new(n.Id, n.Text, n.IsPinned, n.AuthorName, n.CreatedAt, n.AuthorId is not null && n.AuthorId == grant.Actor.UserId, n.IsPrivate,
            n.EditedAt, n.Version);

    private static string Check(string? text)
    {
        var errors = new List<FieldError>();
        var note = TextRules.Required("Text", text, CustomerRules.NoteLength, "A note needs some text.", errors);
        return errors.Count > 0 ? throw new RuleViolationException(errors) : note;
    }
}
