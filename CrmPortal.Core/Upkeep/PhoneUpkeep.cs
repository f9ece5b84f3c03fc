using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Upkeep;

/// <summary>What became of stored phones that no numbering plan knows.</summary>
/// <param name="Mended">How many were guessed wrong and are right now.</param>
/// <param name="InDoubt">How many were left as they are.</param>
/// <param name="Places">Where the first of those are, such as <c>customer CUST-20260310-0001</c>; never the phone itself.</param>
public sealed record PhonesMended(int Mended, int InDoubt, IReadOnlyList<string> Places);

/// <summary>
/// Finds stored phones that were guessed wrong when they came without a calling code, and mends those that can be told for sure.
/// </summary>
public sealed class PhoneUpkeep(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, CustomerService customers)
{
    private const int BatchSize = 5_000;
    private const int MostPlaces = 20;

    private delegate Task<List<Stored>> Reading(CrmDbContext db, long after, CancellationToken cancellationToken);

    /// <summary>
    /// Goes through the phones of all customers outside the trash, of the people around them and of orders. A phone that was verified
    /// is right. Each change is in the history and can be undone.
    /// </summary>
    public async Task<PhonesMended> RunAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        var (mended, inDoubt, places) = (0, 0, new List<string>());
        await GoThroughAsync(CustomersAsync, MendCustomerAsync);
        await GoThroughAsync(ContactPointsAsync, MendContactPointAsync);
        await GoThroughAsync(PersonsAsync, MendPersonAsync);
        await GoThroughAsync(OrdersAsync, MendOrderAsync);
        return new(mended, inDoubt, places);

        async Task GoThroughAsync(Reading read, Func<Stored, string, Task<bool>> mend)
        {
            for (long last = 0; ;)
            {
                await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
                var batch = await read(db, last, cancellationToken);
                if (batch.Count == 0) return;
                last = batch[^1].Id;
                foreach (var stored in batch)
                {
                    // A calling code that occurs twice may make a number that some numbering plan knows.
                    var phone = PhoneNumber.Mend(stored.Phone, stored.Country);
                    if (phone is null && PhoneNumber.IsValid(stored.Phone)) continue;
                    if (phone is not null && await mend(stored, phone)) mended++;
                    else if (++inDoubt <= MostPlaces) places.Add(stored.Place);
                }
            }
        }

        Task<bool> MendCustomerAsync(Stored stored, string phone) => ChangeAsync(stored, (_, customer) =>
        {
            if (customer.Phone != stored.Phone) return Task.FromResult(false);
            customer.Phone = phone;
            return Task.FromResult(true);
        });

        Task<bool> MendContactPointAsync(Stored stored, string phone) => ChangeAsync(stored, (_, customer) =>
        {
            if (customer.ContactPoints.FirstOrDefault(p => p.Id == stored.Id && p.Value == stored.Phone) is not { } point)
                return Task.FromResult(false);
            point.Value = phone;
            return Task.FromResult(true);
        });

        Task<bool> MendPersonAsync(Stored stored, string phone) => ChangeAsync(stored, async (db, _) =>
        {
            var person = await db.ContactPersons.FirstOrDefaultAsync(p => p.Id == stored.Id && p.Phone == stored.Phone, cancellationToken);
            if (person is null) return false;
            person.Phone = phone;
            return true;
        });

        async Task<bool> MendOrderAsync(Stored stored, string phone)
        {
            await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
            db.BeginChangeSet("order.edit");
            var order = await db.Orders.FirstOrDefaultAsync(o => o.Id == stored.Id && o.ContactPhone == stored.Phone, cancellationToken);
            if (order is null) return false;
            order.ContactPhone = phone;
            try
            {
                await db.SaveChangesAsync(cancellationToken);
                return true;
            }
            catch (DbUpdateConcurrencyException)
            {
                // Somebody saved the order at the same moment; the next run finds it again.
                return false;
            }
        }

        async Task<bool> ChangeAsync(Stored stored, Func<CrmDbContext, Customer, Task<bool>> change)
        {
            var isDone = false;
            try
            {
                await customers.ChangeAsync(grant, stored.CustomerId, "customer.edit", Permissions.CustomersEdit,
                    async (db, customer) => isDone = await change(db, customer), cancellationToken);
                return isDone;
            }
            catch (RuleViolationException violation) when (violation.IsDuplicate)
            {
                // The right number belongs to somebody else: people must decide, as about any two records with one number.
                return false;
            }
        }
    }

    private static Task<List<Stored>> CustomersAsync(CrmDbContext db, long after, CancellationToken cancellationToken) =>
        db.Customers.Where(c => c.Id > after && c.DeletedAt == null && c.Phone != null && c.PhoneVerifiedAt == null)
            .OrderBy(c => c.Id).Take(BatchSize)
            .Select(c => new Stored(c.Id, c.Id, c.Phone!,
                c.Country ?? c.Addresses.OrderByDescending(a => a.IsDefault).ThenBy(a => a.Id).Select(a => a.Country).FirstOrDefault(),
                    "customer " + c.Number))
            .ToListAsync(cancellationToken);

    private static Task<List<Stored>> ContactPointsAsync(CrmDbContext db, long after, CancellationToken cancellationToken) =>
        db.ContactPoints.Where(p => p.Id > after && p.Kind == ContactKind.Phone && p.VerifiedAt == null && p.Customer!.DeletedAt == null)
            .OrderBy(p => p.Id).Take(BatchSize)
            .Select(p => new Stored(p.Id, p.CustomerId, p.Value, p.Customer!.Country, "further phone of customer " + p.Customer.Number))
            .ToListAsync(cancellationToken);

    private static Task<List<Stored>> PersonsAsync(CrmDbContext db, long after, CancellationToken cancellationToken) =>
        db.ContactPersons.Where(p => p.Id > after && p.Phone != null)
            .Join(db.Customers.Where(c => c.DeletedAt == null), p => p.CustomerId, c => c.Id, (p, c) => new { Person = p, Customer = c })
            .OrderBy(x => x.Person.Id).Take(BatchSize)
            .Select(x => new Stored(x.Person.Id, x.Customer.Id, x.Person.Phone!, x.Customer.Country,
                "person around customer " + x.Customer.Number))
            .ToListAsync(cancellationToken);

    private static Task<List<Stored>> OrdersAsync(CrmDbContext db, long after, CancellationToken cancellationToken) =>
        db.Orders.Where(o => o.Id > after && o.ContactPhone != null).OrderBy(o => o.Id).Take(BatchSize)
            .Select(o => new Stored(o.Id, 0, o.ContactPhone!, null, "order " + o.Id)).ToListAsync(cancellationToken);

    private sealed record Stored(long Id, long CustomerId, string Phone, string? Country, string Place);
}
