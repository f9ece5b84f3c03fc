using System.Text.Encodings.Web;
using System.Text.Json;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>
/// The permanent removal of a customer, together with the records that were merged into them: who goes, and the values by which
/// texts elsewhere name them.
/// </summary>
internal sealed class CustomerPurge
{
    /// <summary>Values of former e-mails and phones are looked for in so many rows of the history.</summary>
    private const int MostFormerValues = 1_000;

    private CustomerPurge(CrmDbContext db, List<long> ids) => (Db, Ids) = (db, ids);

    public CrmDbContext Db { get; }

    /// <summary>The customers who go.</summary>
    public List<long> Ids { get; }

    /// <summary>E-mails in lower case, present and former, that no other customer has.</summary>
    public List<string> Emails { get; private set; } = [];

    /// <summary>Phones in E.164, present and former, that no other customer has.</summary>
    public List<string> Phones { get; private set; } = [];

    public List<string> Numbers { get; private set; } = [];

    public List<string> LoyaltyCards { get; private set; } = [];

    /// <summary>Names of the files that go once all is committed.</summary>
    public List<string> Files { get; } = [];

    /// <summary>Gathers the customer and everyone who was merged into them; null where the customer is not in the trash.</summary>
    public static async Task<CustomerPurge?> OfAsync(CrmDbContext db, long id, CancellationToken cancellationToken)
    {
        if (!await db.Customers.AnyAsync(c => c.Id == id && c.DeletedAt != null, cancellationToken)) return null;
        List<long> ids = [id];
        for (List<long> reached = [id]; reached.Count > 0;)
        {
            var before = reached;
            reached = await db.Customers.Where(c => before.Contains(c.MergedIntoId!.Value) && c.DeletedAt != null && !ids.Contains(c.Id))
                .Select(c => c.Id).ToListAsync(cancellationToken);
            ids.AddRange(reached);
        }

        var purge = new CustomerPurge(db, ids);
        await purge.GatherAsync(cancellationToken);
        return purge;
    }

    /// <summary>The forms in which a text may hold one of the values: as it is, and as JSON writes it.</summary>
    public IReadOnlyList<string> Needles() =>
    [
        .. Emails.SelectMany(e => new[] { e, JavaScriptEncoder.Default.Encode(e).ToLowerInvariant() })
            // JSON may write the plus of a phone as an escape.
            .Concat(Phones.Select(p => p[1..])).Concat(Numbers.Select(n => n.ToLowerInvariant())).Distinct(),
    ];

    private async Task GatherAsync(CancellationToken cancellationToken)
    {
        var ids = Ids;
        var customers = await Db.Customers.Where(c => ids.Contains(c.Id)).Select(c => new { c.EmailKey, c.Phone, c.Number, c.LoyaltyCard })
            .ToListAsync(cancellationToken);
        var points = await Db.ContactPoints.Where(p => ids.Contains(p.CustomerId)).Select(p => p.ValueKey).ToListAsync(cancellationToken);
        var former = await Db.AuditEntries.Where(e => ids.Contains(e.CustomerId!.Value) && e.Action != AuditAction.Viewed
            && e.Values != null
                && (e.EntityType == nameof(Customer) || e.EntityType == nameof(ContactPoint))
                    && (e.Fields.Contains("Email") || e.Fields.Contains("Phone") || e.Fields.Contains("Value")))
            .OrderByDescending(e => e.Id).Take(MostFormerValues).Select(e => e.Values!).ToListAsync(cancellationToken);
        var all = customers.SelectMany(c => new[] { c.EmailKey, c.Phone }).OfType<string>().Concat(points)
            .Concat(former.SelectMany(Contacts))
            .Select(v => v.ToLowerInvariant()).Where(v => v.Length > 4).Distinct().ToList();
        var others = await Db.Customers.Where(c => !ids.Contains(c.Id) && (all.Contains(c.EmailKey!) || all.Contains(c.Phone!)))
            .Select(c => new { c.EmailKey, c.Phone }).ToListAsync(cancellationToken);
        var held = others.SelectMany(o => new[] { o.EmailKey, o.Phone }).OfType<string>()
            .Concat(await Db.ContactPoints.Where(p => !ids.Contains(p.CustomerId) && all.Contains(p.ValueKey)).Select(p => p.ValueKey)
                .ToListAsync(cancellationToken)).ToHashSet();
        all.RemoveAll(held.Contains);
        Emails = [.. all.Where(v => v.Contains('@', StringComparison.Ordinal))];
        Phones = [.. all.Where(v => v.StartsWith('+'))];
        Numbers = [.. customers.Select(c => c.Number)];
        LoyaltyCards = [.. customers.Select(c => c.LoyaltyCard).OfType<string>()];
    }

    private static IEnumerable<string> Contacts(string values)
    {
        using var fields = JsonDocument.Parse(values);
        foreach (var field in fields.RootElement.EnumerateObject()
            .Where(f => f.Name is nameof(Customer.Email) or nameof(Customer.Phone) or nameof(ContactPoint.Value)))
            foreach (var side in field.Value.EnumerateArray())
                if (side.ValueKind == JsonValueKind.String) yield return side.GetString()!;
    }
}
