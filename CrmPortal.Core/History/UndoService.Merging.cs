using System.Reflection;
using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace CrmPortal.Core.History;

/// <content>Taking back merges, where rows go back to whom they came from and e-mails and phones change hands.</content>
public sealed partial class UndoService
{
    private const string OwnerField = "CustomerId";

    private static readonly MethodInfo LoadMethod = ((Delegate)LoadAsync<Note>).Method.GetGenericMethodDefinition();

    /// <summary>A merge, or the taking back of one, which is a merge again when it is undone.</summary>
    private static async Task<bool> IsMergeAsync(CrmDbContext db, ChangeSet changeSet, CancellationToken cancellationToken)
    {
        for (var undone = changeSet; ;)
        {
            if (undone.Kind == MergeService.Kind) return true;
            if (undone.UndoesId is not { } id || await db.ChangeSets.AsNoTracking()
                .FirstOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } before) return false;
            undone = before;
        }
    }

    /// <summary>Reads the rows that moved at once, and refuses where the survivor went into another customer since.</summary>
    /// <exception cref="RuleViolationException">There is a later merge, which must be undone first.</exception>
    private static async Task PrepareMergeAsync(CrmDbContext db, List<AuditEntry> entries, UndoOperation undo,
        CancellationToken cancellationToken)
    {
        var owners = Owners(entries);
        var there = await db.Customers.Where(c => owners.Contains(c.Id)).ToListAsync(cancellationToken);
        undo.Missing.UnionWith(owners.Except(there.Select(c => c.Id)));
        foreach (var entry in entries.Where(e => e.EntityType == nameof(Customer) && e.Values is not null
            && e.Fields.Contains(nameof(Customer.MergedIntoId), StringComparison.Ordinal)))
        {
            using var values = JsonDocument.Parse(entry.Values!);
            var merged = values.RootElement.GetProperty(nameof(Customer.MergedIntoId));
            var (before, after) = (Read(merged[0], typeof(long?)) as long?, Read(merged[1], typeof(long?)) as long?);
            var other = there.FirstOrDefault(c => c.Id == entry.EntityId);
            var survivor = there.FirstOrDefault(c => c.Id == (before ?? after));
            if (survivor?.MergedIntoId is not null || (other is not null && other.MergedIntoId != before && other.MergedIntoId != after))
                throw new RuleViolationException("", "The customer has been merged again since; undo that first.");
        }

        foreach (var kind in entries.GroupBy(e => e.EntityType))
        {
            if (AuditNames.Find(db.Model, kind.Key) is not { } type || type.ClrType == typeof(Customer)) continue;
            var ids = kind.Select(e => e.EntityId).Distinct().ToList();
            await (Task)LoadMethod.MakeGenericMethod(type.ClrType).Invoke(null, [db, ids, cancellationToken])!;
        }
    }

    /// <summary>Computes points and tiers again, and raises anyone who has reached more by what came meanwhile.</summary>
    private async Task SettleLoyaltyAsync(CrmDbContext db, List<long> owners, UndoOperation undo, CancellationToken cancellationToken)
    {
        await LoyaltyFigures.RefreshAsync(db, owners, cancellationToken);
        await new LoyaltySettlement(db, provider, undo.Grant.Actor, shop.Value, clock.GetUtcNow()).RaiseAsync(owners, cancellationToken);
    }

    private static Task LoadAsync<T>(CrmDbContext db, List<long> ids, CancellationToken cancellationToken)
        where T : class => db.Set<T>().Where(e => ids.Contains(EF.Property<long>(e, "Id"))).LoadAsync(cancellationToken);

    /// <summary>The customers that rows belong to, and those that they belonged to before they moved.</summary>
    private static List<long> Owners(IEnumerable<AuditEntry> entries)
    {
        var owners = new HashSet<long>();
        foreach (var entry in entries)
        {
            if (entry.CustomerId is { } owner) owners.Add(owner);
            if (entry.Values is null || !entry.Fields.Split(' ').Contains(OwnerField)) continue;
            using var values = JsonDocument.Parse(entry.Values);
            if (!values.RootElement.TryGetProperty(OwnerField, out var moved)) continue;
            foreach (var side in moved.EnumerateArray())
                if (side.ValueKind == JsonValueKind.Number) owners.Add(side.GetInt64());
        }

        return [.. owners];
    }

    /// <summary>Writes an audit row for unaudited changes, so that the undo can be undone.</summary>
    private static async Task<bool> RecordMoveAsync(CrmDbContext db, object row, AuditEntry entry, CancellationToken cancellationToken)
    {
        if (row is IAudited) return true;
        using var values = JsonDocument.Parse(entry.Values!);
        var turned = values.RootElement.EnumerateObject().ToDictionary(f => f.Name, f => new[] { f.Value[1].Clone(), f.Value[0].Clone() });
        db.AuditEntries.Add(new AuditEntry
        {
            ChangeSet = await db.StartChangeSetAsync(cancellationToken), EntityType = entry.EntityType, EntityId = entry.EntityId,
                CustomerId = turned.TryGetValue(OwnerField, out var owner) ? owner[1].GetInt64() : entry.CustomerId,
            Action = AuditAction.Updated, Fields = entry.Fields, Values = JsonSerializer.Serialize(turned, ChangeRecorder.Json),
        });
        return true;
    }

    /// <summary>
    /// Where an e-mail or phone that would come back belongs to another customer by now, it comes back as a further one. A card stays
    /// with anyone who has it now: nobody has a further one.
    /// </summary>
    private static async Task KeepTakenContactsAsync(CrmDbContext db, UndoOperation undo, CancellationToken cancellationToken)
    {
        db.ChangeTracker.DetectChanges();
        var changed = db.ChangeTracker.Entries<Customer>().Where(e => e.State == EntityState.Modified).ToList();
        var ids = changed.Select(e => e.Entity.Id).ToList();
        var live = changed.Where(e => e.Entity.DeletedAt is null)
            .OrderBy(e => e.OriginalValues.GetValue<DateTimeOffset?>(nameof(Customer.DeletedAt)) is null ? 0 : 1)
            .Select(e => e.Entity).ToList();
        var emails = live.Select(c => c.Email?.ToLowerInvariant()).OfType<string>().ToList();
        var phones = live.Select(c => c.Phone).OfType<string>().ToList();
        var cards = live.Select(c => c.LoyaltyCard).OfType<string>().ToList();
        var taken = await db.Customers.Where(c => c.DeletedAt == null && !ids.Contains(c.Id)
                && (emails.Contains(c.EmailKey!) || phones.Contains(c.Phone!) || cards.Contains(c.LoyaltyCard!)))
            .Select(c => new { c.EmailKey, c.Phone, c.LoyaltyCard }).ToListAsync(cancellationToken);
        var usedEmails = taken.Select(t => t.EmailKey).OfType<string>().ToHashSet();
        var usedPhones = taken.Select(t => t.Phone).OfType<string>().ToHashSet();
        var usedCards = taken.Select(t => t.LoyaltyCard).OfType<string>().ToHashSet();
        foreach (var customer in live)
        {
            if (customer.Email is { } email && !usedEmails.Add(email.ToLowerInvariant()))
            {
                db.ContactPoints.Add(new ContactPoint
                {
                    CustomerId = customer.Id, Kind = ContactKind.Email, Value = email, VerifiedAt = customer.EmailVerifiedAt,
                });
                customer.Email = null;
            }

            if (customer.Phone is { } phone && !usedPhones.Add(phone))
            {
                db.ContactPoints.Add(new ContactPoint
                {
                    CustomerId = customer.Id, Kind = ContactKind.Phone, Value = phone, VerifiedAt = customer.PhoneVerifiedAt,
                });
                customer.Phone = null;
            }

            if (customer.LoyaltyCard is { } card && !usedCards.Add(card))
            {
                customer.LoyaltyCard = null;
                undo.Keep(nameof(Customer), nameof(Customer.LoyaltyCard), card, null, null);
            }
        }
    }

    /// <summary>Takes from customers what another of them still has before the save.</summary>
    /// <returns>Who takes it up in the second step.</returns>
    private static List<Taker> LayDownContacts(CrmDbContext db)
    {
        var changed = db.ChangeTracker.Entries<Customer>().Where(e => e.State == EntityState.Modified).ToList();
        var takers = changed.Where(e => e.Entity.DeletedAt is null && changed.Any(other => other != e && Holds(other, e)))
            .Select(e => Taker.Of(e.Entity)).ToList();
        foreach (var taker in takers) (taker.Customer.Email, taker.Customer.Phone, taker.Customer.LoyaltyCard) = (null, null, null);
        return takers;

        static bool Holds(EntityEntry<Customer> other, EntityEntry<Customer> taker)
        {
            if (other.Property(c => c.DeletedAt).OriginalValue is not null) return false;
            var customer = taker.Entity;
            var isBack = taker.Property(c => c.DeletedAt).OriginalValue is not null;
            return (Takes(nameof(Customer.Email), customer.Email)
                    && other.Property(c => c.EmailKey).OriginalValue == customer.Email!.ToLowerInvariant())
                || (Takes(nameof(Customer.Phone), customer.Phone) && other.Property(c => c.Phone).OriginalValue == customer.Phone)
                || (Takes(nameof(Customer.LoyaltyCard), customer.LoyaltyCard)
                    && other.Property(c => c.LoyaltyCard).OriginalValue == customer.LoyaltyCard);

            bool Takes(string field, string? value) => value is not null && (isBack || taker.Property(field).IsModified);
        }
    }

    /// <summary>A customer with what they take up once the one who had it has laid it down.</summary>
    private sealed record Taker(
        Customer Customer, string? Email, DateTimeOffset? EmailVerified, string? Phone, DateTimeOffset? PhoneVerified, string? Card)
    {
        public static Taker Of(Customer customer) => new(
            customer, customer.Email, customer.EmailVerifiedAt, customer.Phone, customer.PhoneVerifiedAt, customer.LoyaltyCard);

        public void TakeUp()
        {
            (Customer.Email, Customer.Phone, Customer.LoyaltyCard) = (Email, Phone, Card);
            (Customer.EmailVerifiedAt, Customer.PhoneVerifiedAt) = (EmailVerified, PhoneVerified);
        }
    }
}
