using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <content>Reading one customer, and their masked values.</content>
public sealed partial class CustomerService
{
    /// <summary>
    /// A customer, or null where there is none or they are in the trash; a customer who is signed in reads themselves alone.
    /// </summary>
    /// <param name="alsoInTrash">Answers deleted customers as well.</param>
    public async Task<CustomerDetails?> GetAsync(long id, CancellationToken cancellationToken, bool alsoInTrash = false)
    {
        if (await access.FindForAsync(id, Permissions.CustomersView, cancellationToken) is not { } grant) return null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var customer = await CustomerReading.DetailsAsync(db, id, grant.Has(Permissions.CustomersSensitive), cancellationToken,
            alsoInTrash && !grant.IsOwner);
        if (customer is not null && !grant.IsOwner) readings.Add(grant.Actor, id);
        return customer;
    }

    /// <summary>The customer that a merged one leads to, or null where the customer was not merged.</summary>
    public async Task<long?> SurvivorOfAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await MergedCustomers.SurvivorAsync(db, id, cancellationToken);
    }

    /// <summary>
    /// One masked kind of value in the open, for a member of staff who needs it for their work; the reveal is in the audit log
    /// before it is answered. Null where there is no such customer.
    /// </summary>
    public async Task<IReadOnlyList<string>?> RevealAsync(long id, SensitiveField field, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var customer = await CustomerReading.DetailsAsync(db, id, maySeeSensitive: true, cancellationToken, alsoInTrash: true);
        if (customer is null) return null;
        await audit.WriteAsync(AuditAction.Revealed, nameof(Customer), id, id, field.ToString(), cancellationToken);
        return field switch
        {
            SensitiveField.Email => Values(customer.Email),
            SensitiveField.Phone => Values(customer.Phone),
            SensitiveField.DateOfBirth =>
                Values(customer.DateOfBirth?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)),
            SensitiveField.Addresses => [.. customer.Addresses.Select(a => a.Line2 is null ? a.Line1 : $"{a.Line1}, {a.Line2}")],
            _ => [.. customer.ContactPoints.Select(p => p.Value)],
        };

        static IReadOnlyList<string> Values(string? value) => value is null ? [] : [value];
    }

    /// <summary>The country of the customer, which says what a phone without a calling code means.</summary>
    internal async Task<string?> HomeAsync(long id, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Customers.Where(c => c.Id == id).Select(c => c.Country ?? c.Addresses.OrderByDescending(a => a.IsDefault)
            .ThenBy(a => a.Id).Select(a => a.Country).FirstOrDefault()).FirstOrDefaultAsync(cancellationToken);
    }
}
