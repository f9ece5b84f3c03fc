using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Demo;

/// <summary>Writes a seed batch by batch: each a transaction, none of them large in memory.</summary>
internal sealed class SeedWriter(IDatabaseProvider provider, CrmDbContext db, SeedCalendar calendar, SeedCatalogue catalogue,
    string currency)
{
    private long[] _products = [];
    private Dictionary<string, long> _tags = [];
    private long _changeSet;
    private string _day = "";
    private int _ofDay;

    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet("demo.seed");
        var changeSet = await db.StartChangeSetAsync(cancellationToken);
        _tags = await TagsAsync(cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        _changeSet = changeSet.Id;
        _products = [.. await provider.ReserveKeysAsync<Product>(db, catalogue.Products.Count, cancellationToken)];
        await provider.BulkWriteAsync(
            db, [.. catalogue.Products
                .Select((p, i) => new Product { Id = _products[i], Code = p.Code, Name = p.Name, Category = p.Category, Brand = p.Brand })],
                cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        db.ChangeTracker.Clear();
    }

    /// <summary>Writes customers who follow each other, and returns their keys.</summary>
    public async Task<long[]> WriteCustomersAsync(
        IReadOnlyList<(SeedPerson Person, int Second, (int Count, long Spent, int First, int Last) Bought)> people,
            CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        long[] keys = [.. await provider.ReserveKeysAsync<Customer>(db, people.Count, cancellationToken)];
        var customers = new List<Customer>(people.Count);
        for (var i = 0; i < people.Count; i++) customers.Add(Customer(people[i].Person, people[i].Second, people[i].Bought, keys[i]));
        foreach (var day in customers.GroupBy(c => c.Number[5..13]))
            await provider.RaiseCounterAsync(db, "customer-" + day.Key, day.Count(), cancellationToken);
        await provider.BulkWriteAsync(db, customers, cancellationToken);

        var housed = Enumerable.Range(0, people.Count).Where(i => people[i].Person.Line1 is not null).ToList();
        var addressKeys = await provider.ReserveKeysAsync<Address>(db, housed.Count, cancellationToken);
        await provider.BulkWriteAsync(db, [.. housed.Select((i, n) => Address(people[i].Person, keys[i], addressKeys[n]))],
            cancellationToken);

        var tagged = Enumerable.Range(0, people.Count).Where(i => people[i].Person.Tag is not null).ToList();
        var tagKeys = await provider.ReserveKeysAsync<CustomerTag>(db, tagged.Count, cancellationToken);
        await provider.BulkWriteAsync(
            db, [.. tagged
                .Select((i, n) => new CustomerTag { Id = tagKeys[n], CustomerId = keys[i], TagId = _tags[people[i].Person.Tag!] })],
                cancellationToken);

        // A row for each created record, without values, as for every load of masses.
        var entryKeys = await provider.ReserveKeysAsync<AuditEntry>(db, people.Count, cancellationToken);
        await provider.BulkWriteAsync(
            db,
            [.. keys.Select((k, i) => new AuditEntry { Id = entryKeys[i], ChangeSetId = _changeSet, EntityType = nameof(Customers.Customer),
                EntityId = k, CustomerId = k, Action = AuditAction.Created })],
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return keys;
    }

    /// <summary>Writes orders with their lines, and returns the key of the first; the others follow it in their order.</summary>
    public async Task<long[]> WriteOrdersAsync(ReadOnlyMemory<SeedOrder> batch, SeedBasket basket, Func<int, long> customerKey,
        CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var keys = await provider.ReserveKeysAsync<Order>(db, batch.Length, cancellationToken);
        var orders = new List<Order>(batch.Length);
        var lines = new List<(long Order, int Product, int Quantity, long Amount)>(batch.Length * 2);
        for (var i = 0; i < batch.Length; i++)
        {
            var order = batch.Span[i];
            basket.Fill(order);
            orders.Add(new()
            {
                Id = keys[i], CustomerId = order.Customer == SeedOrder.Nobody ? null : customerKey(order.Customer),
                    Channel = basket.Channel, Status = basket.Status,
                PlacedAt = calendar.At(order.Second), Currency = currency, Total = basket.Total, BaseTotal = basket.Total, Version = 1,
            });
            for (var l = 0; l < basket.Count; l++) lines.Add((keys[i], basket.Product[l], basket.Quantity[l], basket.Amount[l]));
        }

        await provider.BulkWriteAsync(db, orders, cancellationToken);
        var lineKeys = await provider.ReserveKeysAsync<OrderLine>(db, lines.Count, cancellationToken);
        await provider.BulkWriteAsync(
            db,
            [.. lines.Select((l, n) => new OrderLine { Id = lineKeys[n], OrderId = l.Order, ProductId = _products[l.Product],
                Quantity = l.Quantity, UnitPrice = catalogue.Products[l.Product].UnitPrice, Amount = l.Amount })],
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return [.. keys];
    }

    /// <summary>Writes refunds of orders whose keys are known.</summary>
    public async Task WriteRefundsAsync(IReadOnlyList<(int Second, SeedOrder Order, long Key)> batch, SeedBasket basket,
        Func<int, long> customerKey, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var keys = await provider.ReserveKeysAsync<Refund>(db, batch.Count, cancellationToken);
        var (refunds, lines) = (new List<Refund>(batch.Count),
            new List<(long Refund, long Order, int Product, int Quantity, long Amount)>(batch.Count * 2));
        for (var i = 0; i < batch.Count; i++)
        {
            var (second, order, key) = batch[i];
            basket.Fill(order);
            refunds.Add(new()
            {
                Id = keys[i], CustomerId = order.Customer == SeedOrder.Nobody ? null : customerKey(order.Customer),
                    RefundedAt = calendar.At(second), Currency = currency,
                Amount = basket.RefundAmount, BaseAmount = basket.RefundAmount, Reason = "Sent back", Version = 1,
            });
            for (var l = 0; l < basket.RefundLines; l++) lines.Add((keys[i], key, basket.Product[l], basket.Quantity[l], basket.Amount[l]));
        }

        await provider.BulkWriteAsync(db, refunds, cancellationToken);
        var lineKeys = await provider.ReserveKeysAsync<RefundLine>(db, lines.Count, cancellationToken);
        await provider.BulkWriteAsync(
            db,
            [.. lines.Select((l, n) => new RefundLine { Id = lineKeys[n], RefundId = l.Refund, OrderId = l.Order,
                ProductId = _products[l.Product], Quantity = l.Quantity, UnitPrice = catalogue.Products[l.Product].UnitPrice,
                Amount = l.Amount })],
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<Dictionary<string, long>> TagsAsync(CancellationToken cancellationToken)
    {
        var there = await db.Tags.ToDictionaryAsync(t => t.NameKey, t => t.Id, cancellationToken);
        var missing = SeedPeople.Tags.Where(t => !there.ContainsKey(t.ToLowerInvariant())).ToList();
        var keys = await provider.ReserveKeysAsync<Tag>(db, missing.Count, cancellationToken);
        await provider.BulkWriteAsync(db, [.. missing.Select((t, i) => new Tag { Id = keys[i], Name = t, NameKey = t.ToLowerInvariant() })],
            cancellationToken);
        for (var i = 0; i < missing.Count; i++) there[missing[i].ToLowerInvariant()] = keys[i];
        return SeedPeople.Tags.ToDictionary(t => t, t => there[t.ToLowerInvariant()]);
    }

    private Customer Customer(SeedPerson person, int second, (int Count, long Spent, int First, int Last) bought, long key)
    {
        var created = calendar.At(second);
        var day = created.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        (_day, _ofDay) = (day, day == _day ? _ofDay + 1 : 1);
        var last = bought.Count > 0 ? calendar.At(bought.Last) : created;
        var customer = new Customer
        {
            Id = key, Number = string.Create(CultureInfo.InvariantCulture, $"CUST-{day}-{_ofDay:0000}"), GivenName = person.Given,
                FamilyName = person.Family,
            Email = person.Email, Phone = person.Phone, DateOfBirth = person.DateOfBirth, Gender = person.Gender,
                Language = person.Culture.Language,
            Country = person.Culture.Country, Source = person.Source, CreatedAt = created, UpdatedAt = created, LastInteractionAt = last,
                Version = 1,
            OrderCount = bought.Count, TotalSpent = bought.Spent, AverageOrder = bought.Count == 0
                ? null : Average(bought.Spent, bought.Count),
            FirstOrderAt = bought.Count == 0 ? null : calendar.At(bought.First), LastOrderAt = bought.Count == 0 ? null : last,
        };
        if (person.Status == CustomerStatus.Inactive) customer.Deactivate();
        if (person.Status == CustomerStatus.Blocked) customer.Block("Did not pay twice");
        if (person.IsVip) customer.SetVip(true, "Loyal for years", null, created);
        customer.DeriveNames();
        customer.DeriveContacts([]);
        return customer;
    }

    private static Address Address(SeedPerson person, long customer, long key)
    {
        var address = new Address
        {
            Id = key, CustomerId = customer, Type = AddressType.Billing, IsDefault = true, Line1 = person.Line1!, City = person.City,
                PostalCode = person.PostalCode, Country = person.Culture.Country,
        };
        address.Derive();
        return address;
    }

    /// <summary>Rounded half away from zero, as <see cref="OrderStatistics"/> does.</summary>
    internal static long Average(long spent, long count) => spent >= 0
        ? (2 * spent + count) / (2 * count) : -((-2 * spent + count) / (2 * count));
}
