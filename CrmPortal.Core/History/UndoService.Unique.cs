using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace CrmPortal.Core.History;

/// <content>What only one may have: e-mails, phones and cards, which change hands, and the mark of the default address.</content>
public sealed partial class UndoService
{
    /// <summary>
    /// Leaves customers as they are whose e-mail, phone or card belongs to another by now; where that is all there is, undoing is refused.
    /// </summary>
    private static async Task LeaveTakenContactsAsync(CrmDbContext db, UndoOperation undo, CancellationToken cancellationToken)
    {
        db.ChangeTracker.DetectChanges();
        var back = db.ChangeTracker.Entries<Customer>().Where(e => e.State == EntityState.Modified && e.Entity.DeletedAt is null
            && (e.Property(c => c.DeletedAt).IsModified || e.Property(c => c.Email).IsModified || e.Property(c => c.Phone).IsModified
                || e.Property(c => c.LoyaltyCard).IsModified)).ToList();
        if (back.Count == 0) return;
        var ids = back.Select(e => e.Entity.Id).ToList();
        var emails = back.Select(e => e.Entity.Email?.ToLowerInvariant()).OfType<string>().ToList();
        var phones = back.Select(e => e.Entity.Phone).OfType<string>().ToList();
        var cards = back.Select(e => e.Entity.LoyaltyCard).OfType<string>().ToList();
        var taken = await db.Customers.Where(c => c.DeletedAt == null && !ids.Contains(c.Id)
                && (emails.Contains(c.EmailKey!) || phones.Contains(c.Phone!) || cards.Contains(c.LoyaltyCard!)))
            .Select(c => new { c.EmailKey, c.Phone, c.LoyaltyCard }).ToListAsync(cancellationToken);
        foreach (var entry in back.Where(e => taken.Any(t => (t.EmailKey is { } email && email == e.Entity.Email?.ToLowerInvariant())
            || (t.Phone is { } phone && phone == e.Entity.Phone) || (t.LoyaltyCard is { } card && card == e.Entity.LoyaltyCard))))
        {
            entry.CurrentValues.SetValues(entry.OriginalValues);
            entry.State = EntityState.Unchanged;
            undo.Kept.Add(new(nameof(Customer), null, null, null));
            undo.Undone--;
        }

        if (undo.Undone <= 0 && undo.ChangeSetId is null) throw Taken();
    }

    /// <summary>
    /// Saves in two steps what goes from one row to another in one undoing: e-mails, phones and cards of customers, and the mark of
    /// the default address. The database allows one of each at any moment, so all are laid down before any is taken up.
    /// </summary>
    private async Task SaveInTurnAsync(CrmDbContext db, UndoOperation undo, CancellationToken cancellationToken)
    {
        db.ChangeTracker.DetectChanges();
        var defaults = LayDownDefaults(db, undo);
        var takers = LayDownContacts(db);
        if (defaults.Count + takers.Count > 0) await SaveAsync(db, cancellationToken);
        defaults.ForEach(a => a.IsDefault = true);
        takers.ForEach(t => t.TakeUp());
        await SaveAsync(db, cancellationToken);
    }

    /// <summary>An address that would become the default again leaves that to one that became it later.</summary>
    /// <returns>The addresses that get the mark in the second step.</returns>
    private static List<Address> LayDownDefaults(CrmDbContext db, UndoOperation undo)
    {
        var back = db.ChangeTracker.Entries<Address>().Where(e => e.Entity.IsDefault
            && (e.State == EntityState.Added || (e.State == EntityState.Modified && (!e.Property(a => a.IsDefault).OriginalValue
                || e.Property(a => a.Type).IsModified || e.Property(a => a.CustomerId).IsModified)))).ToList();
        foreach (var entry in back)
        {
            var others = db.Addresses.Local.Where(a => a != entry.Entity && a.CustomerId == entry.Entity.CustomerId
                && a.Type == entry.Entity.Type && a.IsDefault && db.Entry(a).State != EntityState.Deleted).ToList();
            if (others.Count == 0) continue;
            if (undo.AlsoChangedLater)
            {
                others.ForEach(a => a.IsDefault = false);
                continue;
            }

            entry.Entity.IsDefault = false;
            undo.Kept.Add(new(nameof(Address.IsDefault), bool.TrueString, bool.FalseString, bool.FalseString));
        }

        var defaults = back.Where(e => e.Entity.IsDefault).Select(e => e.Entity).ToList();
        defaults.ForEach(a => a.IsDefault = false);
        return defaults;
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
        var had = changed.Where(e => e.Property(c => c.DeletedAt).OriginalValue is null).ToList();
        var emails = had.ToLookup(e => e.Property(c => c.EmailKey).OriginalValue);
        var phones = had.ToLookup(e => e.Property(c => c.Phone).OriginalValue);
        var cards = had.ToLookup(e => e.Property(c => c.LoyaltyCard).OriginalValue);
        var takers = changed.Where(TakesFromAnother).Select(e => Taker.Of(e.Entity)).ToList();
        foreach (var taker in takers) (taker.Customer.Email, taker.Customer.Phone, taker.Customer.LoyaltyCard) = (null, null, null);
        return takers;

        bool TakesFromAnother(EntityEntry<Customer> taker)
        {
            var customer = taker.Entity;
            if (customer.DeletedAt is not null) return false;
            var isBack = taker.Property(c => c.DeletedAt).OriginalValue is not null;
            return Takes(nameof(Customer.Email), customer.Email?.ToLowerInvariant(), emails)
                || Takes(nameof(Customer.Phone), customer.Phone, phones)
                || Takes(nameof(Customer.LoyaltyCard), customer.LoyaltyCard, cards);

            bool Takes(string field, string? value, ILookup<string?, EntityEntry<Customer>> holders) => value is not null
                && (isBack || taker.Property(field).IsModified) && holders[value].Any(other => other.Entity != customer);
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
