using System.Collections.Frozen;
using System.Text.Json;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace CrmPortal.Core.Customers;

/// <summary>A customer who was created goes into the trash, and nothing is undone of one who lies there or whom others blocked.</summary>
internal sealed class CustomerUndo : UndoRule<Customer>
{
    /// <summary>
    /// The fields from which nothing is derived and which any number of customers may have alike: they are given back in masses.
    /// </summary>
    public static readonly FrozenSet<string> Plain = new[]
    {
        nameof(Customer.Status), nameof(Customer.BlockReason), nameof(Customer.InactiveReason), nameof(Customer.Subscription),
        nameof(Customer.PreferredAgentId), nameof(Customer.IsVip), nameof(Customer.VipReason), nameof(Customer.VipById),
        nameof(Customer.VipSince),
    }.ToFrozenSet();

    // A block that came later is lifted only by those who may lift blocks; a customer in the trash stays as they were put there.
    public override Func<string, object?, bool> Guard(object row, JsonElement values, Grant grant)
    {
        var customer = (Customer)row;
        var isInTrash = customer.DeletedAt is not null && !values.TryGetProperty(nameof(Customer.DeletedAt), out _);
        var isBlocked = customer.Status == CustomerStatus.Blocked;
        return (field, before) => isInTrash || (field is nameof(Customer.Status) or nameof(Customer.BlockReason)
            && (isBlocked || before is CustomerStatus.Blocked) && !grant.Has(Permissions.CustomersBlock));
    }

    public override void Follow(EntityEntry row, IReadOnlySet<string> reverted)
    {
        Unverify(row, reverted, [nameof(Customer.Email)], nameof(Customer.EmailVerifiedAt));
        Unverify(row, reverted, [nameof(Customer.Phone)], nameof(Customer.PhoneVerifiedAt));
    }

    protected override UndoOutcome TakeBack(UndoStep step, Customer? row)
    {
        if (step.Entry.Action != AuditAction.Created || row is null) return UndoOutcome.Usual;
        if (row.DeletedAt is not null) return UndoOutcome.LeftAlone;
        row.MoveToTrash(step.Now);
        return UndoOutcome.TakenBack;
    }
}

/// <summary>An address that comes back is not verified because the newer one was.</summary>
internal sealed class AddressUndo : UndoRule<Address>
{
    public override void Follow(EntityEntry row, IReadOnlySet<string> reverted) => Unverify(row, reverted,
        [nameof(Address.Line1), nameof(Address.Line2), nameof(Address.City), nameof(Address.State), nameof(Address.PostalCode),
            nameof(Address.Country)], nameof(Address.VerifiedAt), nameof(Address.VerifiedByName));
}

/// <summary>Others may use a new tag by now; it is removed at the end if no customer has it.</summary>
internal sealed class TagUndo : UndoRule<Tag>
{
    public override async Task RemoveUnusedAsync(CrmDbContext db, IReadOnlyList<long> ids, CancellationToken cancellationToken) =>
        db.Tags.RemoveRange(await db.Tags.Where(t => ids.Contains(t.Id) && !db.Set<CustomerTag>().Any(c => c.TagId == t.Id))
            .ToListAsync(cancellationToken));

    protected override UndoOutcome TakeBack(UndoStep step, Tag? row) =>
        step.Entry.Action == AuditAction.Created && row is not null ? UndoOutcome.PutOff : UndoOutcome.Usual;
}

/// <summary>A tag does not come back to a customer on whom somebody put it again since.</summary>
internal sealed class CustomerTagUndo : UndoRule<CustomerTag>
{
    public override bool IsReplaced(CrmDbContext db, object row)
    {
        var tag = (CustomerTag)row;
        return db.CustomerTags.Local.Any(t => t.CustomerId == tag.CustomerId && t.TagId == tag.TagId
            && db.Entry(t).State != EntityState.Deleted);
    }
}
