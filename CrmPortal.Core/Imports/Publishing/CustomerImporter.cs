using System.Globalization;
using System.Text.RegularExpressions;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Imports;

/// <summary>
/// Compares staged customers with those that are there, and writes what is new or changed; without a writer it only counts,
/// so that a dry run and the publication cannot differ.
/// </summary>
internal sealed partial class CustomerImporter(
    CrmDbContext db, IDatabaseProvider provider, ImportPlan plan, OwnFields ownFields, ImportResult result, ImportTally notices,
        ImportWriter? writer, DateTimeOffset now, BroughtAlong more)
{
    public const int BatchSize = 1_000;
    private const int MostDifferences = 200;
    private readonly HashSet<string> _claimed = [];

    /// <summary>Imports a batch.</summary>
    /// <returns>The key of each customer by row; 0 for a new one in a dry run; none where the row is skipped or rejected.</returns>
    public async Task<Dictionary<int, long>> RunAsync(IReadOnlyList<(int RowNumber, StagedCustomer Value)> batch,
        Action<RejectedRow> reject, CancellationToken cancellationToken)
    {
        var ids = new Dictionary<int, long>();
        var present = await PresentAsync(batch.Select(b => b.Value), cancellationToken);
        var created = new List<(int RowNumber, StagedCustomer Value)>();
        foreach (var (rowNumber, staged) in batch)
        {
            notices.AddRange(staged.Notices);
            if (staged.KeyOf(plan.Match) is { } key && present.ByKey.TryGetValue(key, out var customer))
            {
                ids[rowNumber] = customer.Id;
                if (plan.Mode == ImportMode.Create) result.Customers.Skipped++;
                else Change(customer, staged, present, rowNumber);
            }
            else if (plan.Mode == ImportMode.Update)
            {
                result.Customers.Skipped++;
            }
            else if (!staged.HasName)
            {
                reject(new(rowNumber, "The row does not identify a customer: it has no name, e-mail, phone or external id.", []));
            }
            else
            {
                created.Add((rowNumber, staged));
                result.Customers.New++;
            }
        }

        if (writer is null)
        {
            foreach (var (rowNumber, _) in created) ids[rowNumber] = 0;
            db.ChangeTracker.Clear();
        }
        else
        {
            await writer.SaveAndForgetAsync(cancellationToken);
            await CreateAsync(created, present, ids, cancellationToken);
        }

        // Who is left out by the mode gets nothing either.
        var left = plan.Mode == ImportMode.Create ? created.Select(c => c.RowNumber).ToHashSet() : null;
        await more.RunAsync([.. batch.Where(b => b.Value.BringsMore && ids.ContainsKey(b.RowNumber) && left?.Contains(b.RowNumber) != false)
            .Select(b => (ids[b.RowNumber], b.Value))], cancellationToken);
        return ids;
    }

    private async Task<Present> PresentAsync(IEnumerable<StagedCustomer> batch, CancellationToken cancellationToken)
    {
        var staged = batch.ToList();
        var keys = staged.Select(s => s.KeyOf(plan.Match)).OfType<string>().Distinct().ToList();
        var there = db.Customers.Where(c => c.DeletedAt == null);
        there = plan.Match switch
        {
            MatchKey.Number => there.Where(c => keys.Contains(c.Number)),
            MatchKey.Email => there.Where(c => keys.Contains(c.EmailKey!)),
            MatchKey.Phone => there.Where(c => keys.Contains(c.Phone!)),
            MatchKey.Name => there.Where(c => keys.Contains(c.SortName)),
            _ => there.Where(c => keys.Contains(c.ExternalId!)),
        };
        var known = keys.Count == 0 ? [] : await there.Select(c => new { c.Id, c.Number, c.EmailKey, c.Phone, c.ExternalId, c.SortName })
            .ToListAsync(cancellationToken);
        var own = known.Select(c => plan.Match switch { MatchKey.Number => c.Number, MatchKey.Email => c.EmailKey,
            MatchKey.Phone => c.Phone, MatchKey.Name => c.SortName, _ => c.ExternalId }).ToHashSet();
        var survivors = await FormerCustomerKeys.FindAsync(db, plan.Match, [.. keys.Where(k => !own.Contains(k))], cancellationToken);
        var ids = known.Select(c => c.Id).Union(survivors.Values).ToList();
        if (writer is not null && ids.Count > 0) await provider.LockCustomersAsync(db, ids, cancellationToken);
        var whole = db.Customers.Where(c => ids.Contains(c.Id)).Include(c => c.Addresses).Include(c => c.ContactPoints).Include(c => c.Tags)
            .ThenInclude(t => t.Tag);
        var customers = ids.Count == 0 ? [] : await (ownFields.AreBrought(plan) ? whole.Include(c => c.CustomFields) : whole.AsQueryable())
            .OrderBy(c => c.Id).ToListAsync(cancellationToken);
        var byKey = new Dictionary<string, Customer>();
        foreach (var customer in customers.Where(c => KeyOf(c) is { } key && keys.Contains(key))) byKey.TryAdd(KeyOf(customer)!, customer);
        foreach (var (key, id) in survivors)
            if (customers.Find(c => c.Id == id) is { } customer) byKey.TryAdd(key, customer);

        var emails = staged.Select(s => s.Email?.ToLowerInvariant()).OfType<string>().Distinct().ToList();
        var phones = staged.Select(s => s.Phone).OfType<string>().Distinct().ToList();
        var numbers = staged.Select(s => s.Number).OfType<string>().Distinct().ToList();
        var cards = staged.Select(s => s.LoyaltyCard).OfType<string>().Distinct().ToList();
        var tags = staged.SelectMany(s => s.Tags ?? []).DistinctBy(t => t.ToLowerInvariant()).ToList();
        return new(
            byKey,
            emails.Count == 0 ? [] : await db.Customers.Where(c => c.DeletedAt == null && emails.Contains(c.EmailKey!))
                .ToDictionaryAsync(c => c.EmailKey!, c => c.Id, cancellationToken),
            phones.Count == 0 ? [] : await db.Customers.Where(c => c.DeletedAt == null && phones.Contains(c.Phone!))
                .ToDictionaryAsync(c => c.Phone!, c => c.Id, cancellationToken),
            cards.Count == 0 ? [] : await db.Customers.Where(c => c.DeletedAt == null && cards.Contains(c.LoyaltyCard!))
                .ToDictionaryAsync(c => c.LoyaltyCard!, c => c.Id, cancellationToken),
            numbers.Count == 0 ? [] : [.. await db.Customers.Where(c => numbers.Contains(c.Number)).Select(c => c.Number)
                .ToListAsync(cancellationToken)],
            await TagsAsync(tags, cancellationToken),
            [.. survivors.Keys]);
    }

    private string? KeyOf(Customer customer) => plan.Match switch
    {
        MatchKey.Number => customer.Number,
        MatchKey.Email => customer.EmailKey,
        MatchKey.Phone => customer.Phone,
        MatchKey.Name => customer.SortName,
        _ => customer.ExternalId,
    };

    private async Task<Dictionary<string, Tag>> TagsAsync(List<string> names, CancellationToken cancellationToken)
    {
        if (names.Count == 0) return [];
        var tags = await TagService.FindOrCreateAsync(db, names, cancellationToken);
        if (writer is not null && tags.Exists(t => t.Id == 0))
        {
            db.ContinueChangeSet(writer.ChangeSetId);
            await db.SaveChangesAsync(cancellationToken);
        }

        return tags.ToDictionary(t => t.NameKey);
    }

    private void Change(Customer customer, StagedCustomer staged, Present present, int rowNumber)
    {
        Apply(customer, staged, present, staged.KeyOf(plan.Match) is { } key && present.Survivors.Contains(key));
        // Only at this one and what is theirs: to look at the whole batch again for each row costs its square.
        db.Entry(customer).DetectChanges();
        var fields = CustomerDifference.Of(db, customer, ownFields);
        if (fields.Count == 0)
        {
            result.Customers.Same++;
            return;
        }

        result.Customers.Changed++;
        if (result.Differences.Count < MostDifferences) result.Differences.Add(new(rowNumber, customer.DisplayName, fields));
    }

    private async Task CreateAsync(List<(int RowNumber, StagedCustomer Value)> created, Present present, Dictionary<int, long> ids,
        CancellationToken cancellationToken)
    {
        if (created.Count == 0) return;
        var keys = await writer!.KeysAsync<Customer>(created.Count, cancellationToken);
        var day = now.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var counter = await provider.RaiseCounterAsync(db, "customer-" + day, created.Count, cancellationToken) - created.Count;
        var customers = new List<Customer>(created.Count);
        foreach (var (rowNumber, staged) in created)
        {
            counter++;
            var number = staged.Number is { } given && MayKeep(given, day, present)
                ? given : string.Create(CultureInfo.InvariantCulture, $"CUST-{day}-{counter:0000}");
            var createdAt = staged.CreatedAt is { } since && since < now ? since : now;
            var customer = new Customer { Id = keys.Dequeue(), Number = number, CreatedAt = createdAt, LastInteractionAt = createdAt,
                UpdatedAt = now };
            Apply(customer, staged, present, isSurvivor: false);
            customer.DeriveNames();
            foreach (var point in customer.ContactPoints) point.Derive();
            foreach (var address in customer.Addresses) address.Derive();
            customer.DeriveContacts(customer.ContactPoints);
            customers.Add(customer);
            ids[rowNumber] = customer.Id;
        }

        await writer.WriteAsync(customers, cancellationToken);
        await WritePartsAsync(customers, cancellationToken);
        await writer.RecordCreatedAsync<Customer>([.. customers.Select(c => (c.Id, (long?)c.Id))], cancellationToken);
    }

    private async Task WritePartsAsync(List<Customer> customers, CancellationToken cancellationToken)
    {
        var addressKeys = await writer!.KeysAsync<Address>(customers.Sum(c => c.Addresses.Count), cancellationToken);
        var pointKeys = await writer.KeysAsync<ContactPoint>(customers.Sum(c => c.ContactPoints.Count), cancellationToken);
        var tagKeys = await writer.KeysAsync<CustomerTag>(customers.Sum(c => c.Tags.Count), cancellationToken);
        var valueKeys = await writer.KeysAsync<CustomFieldValue>(customers.Sum(c => c.CustomFields.Count), cancellationToken);
        await writer.WriteAsync(customers.SelectMany(c => c.Addresses.Select(a => a.Placed(addressKeys.Dequeue(), c.Id))).ToList(),
            cancellationToken);
        await writer.WriteAsync(customers.SelectMany(c => c.ContactPoints.Select(p => p.Placed(pointKeys.Dequeue(), c.Id))).ToList(),
            cancellationToken);
        await writer.WriteAsync(customers
            .SelectMany(c =>
            c.Tags.Select(t => new CustomerTag { Id = tagKeys.Dequeue(), CustomerId = c.Id, TagId = t.Tag?.Id ?? t.TagId })).ToList(),
            cancellationToken);
        await writer.WriteAsync(customers.SelectMany(c => c.CustomFields.Select(v => v.Placed(valueKeys.Dequeue(), c.Id))).ToList(),
            cancellationToken);
    }

    /// <summary>A number that another portal of ours gave is kept where it is free; those of today are still being given.</summary>
    private static bool MayKeep(string number, string today, Present present) =>
        NumberForm().IsMatch(number) && number[5..13] != today && present.Numbers.Add(number);

    /// <param name="isSurvivor">Whether the row means a record that was merged into this one; this one keeps what tells it from
    /// others.</param>
    private void Apply(Customer customer, StagedCustomer staged, Present present, bool isSurvivor)
    {
        // A whole name that a record is shown by already says nothing of its parts.
        if (staged.FullName is null || staged.FullName != customer.DisplayName)
        {
            customer.GivenName = staged.GivenName ?? customer.GivenName;
            customer.FamilyName = staged.FamilyName ?? customer.FamilyName;
        }

        if (!isSurvivor || customer.ExternalId is null) customer.ExternalId = staged.ExternalId ?? customer.ExternalId;
        if (!isSurvivor || customer.LoyaltyCard is null) ApplyCard(customer, staged.LoyaltyCard, present.Cards);
        customer.DateOfBirth = staged.DateOfBirth ?? customer.DateOfBirth;
        customer.Gender = staged.Gender ?? customer.Gender;
        customer.Language = staged.Language ?? customer.Language;
        customer.Currency = staged.Currency ?? customer.Currency;
        if (staged.Country is { } country && !IsShown(customer, a => a.Country == country)) customer.Country = country;
        customer.Source = staged.Source ?? customer.Source;
        if (staged.IsVip is { } vip) customer.SetVip(vip, customer.VipReason ?? "Import", null, now);
        ApplyContact(customer, ContactKind.Email, staged.Email, staged.Email?.ToLowerInvariant(), present.Emails, isSurvivor
            && customer.Email is not null);
        ApplyContact(customer, ContactKind.Phone, staged.Phone, staged.Phone, present.Phones, isSurvivor && customer.Phone is not null);
        foreach (var email in staged.FurtherEmails ?? [])
            ApplyContact(customer, ContactKind.Email, email, email.ToLowerInvariant(), present.Emails, isFurther: true);
        foreach (var phone in staged.FurtherPhones ?? [])
            ApplyContact(customer, ContactKind.Phone, phone, phone, present.Phones, isFurther: true);
        ApplyAddress(customer, staged);
        ownFields.Apply(customer, staged.OwnFields);
        foreach (var name in staged.Tags ?? [])
        {
            var tag = present.Tags[name.ToLowerInvariant()];
            if (customer.Tags.TrueForAll(t => (t.Tag ?? tag).NameKey != tag.NameKey))
                customer.Tags.Add(new CustomerTag { Tag = tag, TagId = tag.Id });
        }
    }

    /// <summary>One person has an e-mail as the primary one; where another has it, it is kept as a further one.</summary>
    private void ApplyContact(Customer customer, ContactKind kind, string? value, string? key, Dictionary<string, long> owners,
        bool isFurther)
    {
        if (value is null || key is null) return;
        if (customer.ContactPoints.Exists(p => p.Kind == kind && string.Equals(p.Value, value, StringComparison.OrdinalIgnoreCase))) return;
        if (isFurther && (kind == ContactKind.Email ? customer.EmailKey == key : customer.Phone == key)) return;
        if (isFurther)
        {
            customer.ContactPoints.Add(new ContactPoint { Kind = kind, Value = value });
            return;
        }

        var isOthers = owners.TryGetValue(key, out var owner) ? owner != customer.Id : !_claimed.Add(kind + key)
            && !(kind == ContactKind.Email ? customer.EmailKey == key : customer.Phone == key);
        if (!isOthers)
        {
            if (kind == ContactKind.Email) customer.Email = value;
            else customer.Phone = value;
            return;
        }

        notices.Add(kind == ContactKind.Email ? "The e-mail belongs to another customer; it is kept as an additional one."
            : "The phone belongs to another customer; it is kept as an additional one.");
        customer.ContactPoints.Add(new ContactPoint { Kind = kind, Value = value });
    }

    /// <summary>One person has a card.</summary>
    private void ApplyCard(Customer customer, string? card, Dictionary<string, long> owners)
    {
        if (card is null || card == customer.LoyaltyCard) return;
        if (owners.TryGetValue(card, out var owner) ? owner != customer.Id : !_claimed.Add("card" + card)) notices
            .Add("The loyalty card belongs to another customer; it is skipped.");
        else customer.LoyaltyCard = card;
    }

    /// <summary>Whether the address by which a customer is shown in lists and exports says so; a file that was exported says nothing
    /// new.</summary>
    private static bool IsShown(Customer customer, Func<Address, bool> says) =>
        customer.Addresses.Where(a => a.Id != 0).OrderByDescending(a => a.IsDefault).ThenBy(a => a.Id).FirstOrDefault() is { } shown
            && says(shown);

    private static void ApplyAddress(Customer customer, StagedCustomer staged)
    {
        if (staged.Line1 is null && staged.City is null && staged.PostalCode is null) return;
        if (staged is { Line1: null, Line2: null, PostalCode: null, State: null }
            && IsShown(customer, a => a.City == staged.City && (staged.Country is null || a.Country == staged.Country))) return;
        var address = customer.Addresses.Find(a => a is { Type: AddressType.Billing, IsDefault: true });
        if (address is null)
        {
            address = new Address { Type = AddressType.Billing, IsDefault = true, Line1 = "", City = "", Country = staged.Country
                ?? customer.Country ?? "" };
            customer.Addresses.Add(address);
        }

        address.Line1 = staged.Line1 ?? address.Line1;
        address.Line2 = staged.Line2 ?? address.Line2;
        address.City = staged.City ?? address.City;
        address.State = staged.State ?? address.State;
        address.PostalCode = staged.PostalCode ?? address.PostalCode;
        address.Country = staged.Country ?? address.Country;
    }

    [GeneratedRegex(@"^CUST-\d{8}-\d{4,10}$")]
    private static partial Regex NumberForm();

    /// <summary>What is there already that a batch may meet.</summary>
    private sealed record Present(Dictionary<string, Customer> ByKey, Dictionary<string, long> Emails, Dictionary<string, long> Phones,
        Dictionary<string, long> Cards, HashSet<string> Numbers, Dictionary<string, Tag> Tags,
        HashSet<string> Survivors);
}
