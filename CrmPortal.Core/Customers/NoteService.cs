using CrmPortal.Core.Access;
using CrmPortal.Core.Common;
using CrmPortal.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>What staff write down about a customer.</summary>
public sealed class NoteService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access, TimeProvider clock)
{
    /// <summary>Notes, pinned ones first, then the newest.</summary>
    public async Task<Page<NoteDetails>> ListAsync(long customerId, PageRequest page, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        var (skip, take) = page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var notes = await db.Notes.Where(n => n.CustomerId == customerId && n.Customer!.DeletedAt == null)
            .OrderByDescending(n => n.IsPinned).ThenByDescending(n => n.Id).Skip(skip).Take(take + 1)
            .Select(n => new NoteDetails(n.Id, n.Text, n.IsPinned, n.AuthorName, n.CreatedAt, n.AuthorId == grant.Actor.UserId)).ToListAsync(cancellationToken);
        return new([.. notes.Take(take)], page.Number, take, notes.Count > take);
    }

    /// <summary>Adds a note; null where there is no such customer.</summary>
    /// <exception cref="RuleViolation">The text is empty or too long.</exception>
    public async Task<NoteDetails?> AddAsync(long customerId, string? text, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var checkedText = Check(text);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.LockCustomersAsync(db, [customerId], cancellationToken);
        db.BeginChangeSet("customer.note", Permissions.CustomersEdit);
        var customer = await db.Customers.FirstOrDefaultAsync(c => c.Id == customerId && c.DeletedAt == null, cancellationToken);
        if (customer is null) return null;
        var now = clock.GetUtcNow();
        customer.LastInteractionAt = now;
        var note = new Note { CustomerId = customerId, Text = checkedText, AuthorId = grant.Actor.UserId, AuthorName = grant.Actor.Name, CreatedAt = now };
        db.Notes.Add(note);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(note.Id, note.Text, note.IsPinned, note.AuthorName, note.CreatedAt, true);
    }

    /// <summary>Pins a note to the top, or unpins it; returns the change set, or null where there is no such note.</summary>
    public Task<long?> PinAsync(long customerId, long noteId, bool isPinned, CancellationToken cancellationToken) =>
        ChangeAsync(customerId, noteId, (_, note) => note.IsPinned = isPinned, cancellationToken);

    /// <summary>Removes a note; returns the change set by which that can be undone.</summary>
    public Task<long?> RemoveAsync(long customerId, long noteId, CancellationToken cancellationToken) =>
        ChangeAsync(customerId, noteId, (db, note) => db.Notes.Remove(note), cancellationToken);

    private async Task<long?> ChangeAsync(long customerId, long noteId, Action<CrmDbContext, Note> change, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.LockCustomersAsync(db, [customerId], cancellationToken);
        db.BeginChangeSet("customer.note", Permissions.CustomersEdit);
        var note = await db.Notes.FirstOrDefaultAsync(n => n.Id == noteId && n.CustomerId == customerId && n.Customer!.DeletedAt == null, cancellationToken);
        if (note is null) return null;
        change(db, note);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return db.LastChangeSetId;
    }

    private static string Check(string? text)
    {
        var errors = new List<FieldError>();
        var note = CustomerRules.Required("Text", text, CustomerRules.NoteLength, "A note needs a text.", errors);
        return errors.Count > 0 ? throw new RuleViolation(errors) : note;
    }
}
