using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>A picture of a customer, to be shown.</summary>
public sealed record AvatarContent(string ContentType, byte[] Content);

/// <summary>The small pictures of customers, checked and cleaned as documents are.</summary>
public sealed class AvatarService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, CustomerService customers)
{
    public const int LargestBytes = 2 * 1024 * 1024;
    private const string ChangeKind = "customer.avatar";

    /// <summary>How many old pictures are kept, so that a change can be undone.</summary>
    private const int Kept = 5;

    /// <summary>The picture, or null where there is none.</summary>
    public async Task<AvatarContent?> FindAsync(long avatarId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Avatars.Where(a => a.Id == avatarId && db.Set<Customer>().Any(c => c.Id == a.CustomerId && c.DeletedAt == null))
            .Select(a => new AvatarContent(a.ContentType, a.Content)).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Shows another picture; null where there is no such customer.</summary>
    /// <exception cref="RuleViolationException">It is no picture, damaged, or too large.</exception>
    public async Task<CustomerChangeResult?> SetAsync(long customerId, Stream content, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var (type, clean) = await ReadAsync(content, cancellationToken);
        return await customers.ChangeAsync(grant, customerId, ChangeKind, Permissions.CustomersEdit, async (db, customer) =>
        {
            // The picture itself is not part of what is undone: which one is shown, is.
            db.BeginChangeSet(ChangeKind);
            var avatar = new Avatar { CustomerId = customerId, ContentType = type, Content = clean };
            db.Avatars.Add(avatar);
            await db.SaveChangesAsync(cancellationToken);
            db.BeginChangeSet(ChangeKind, Permissions.CustomersEdit);
            customer.AvatarId = avatar.Id;
            var old = await db.Avatars.Where(a => a.CustomerId == customerId).OrderByDescending(a => a.Id).Skip(Kept).Select(a => a.Id)
                .ToListAsync(cancellationToken);
            await db.Avatars.Where(a => old.Contains(a.Id)).ExecuteDeleteAsync(cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Shows the initials again; null where there is no such customer.</summary>
    public async Task<CustomerChangeResult?> RemoveAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        return await customers.ChangeAsync(grant, customerId, ChangeKind, Permissions.CustomersEdit, (_, customer) =>
        {
            customer.AvatarId = null;
            return Task.CompletedTask;
        }, cancellationToken);
    }

    private static async Task<(string Type, byte[] Content)> ReadAsync(Stream content, CancellationToken cancellationToken)
    {
        using var raw = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (raw.Length + read > LargestBytes) throw DocumentStore.TooLarge(LargestBytes);
            raw.Write(buffer, 0, read);
        }

        var head = raw.GetBuffer().AsMemory(0, (int)Math.Min(64, raw.Length));
        var picture = await Picture.ReadAsync(raw, head, cancellationToken)
            ?? throw new RuleViolationException("File", "Choose a picture: JPEG, PNG or WebP.");
        using var clean = new MemoryStream();
        try
        {
            await picture.WriteAsync(clean, cancellationToken);
        }
        catch (EndOfStreamException)
        {
            throw Picture.Damaged();
        }

        return (picture.ContentType, clean.ToArray());
    }
}
