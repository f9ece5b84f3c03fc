using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Demo;

/// <summary>Fills an empty database with a shop's worth of made-up customers and orders, of any size and always the same.</summary>
public sealed class SeedService(IDatabaseProvider provider, IDbContextFactory<CrmDbContext> dbFactory, AccessControl access,
    IOptions<ShopOptions> shop)
{
    private const int CustomersAtOnce = 20_000;
    private const int OrdersAtOnce = 50_000;

    /// <exception cref="RuleViolationException">The database holds customers already, or the request is out of range.</exception>
    public async Task<SeedResult> RunAsync(SeedRequest request, IProgress<string> progress, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        if (request.Customers is < 1 or > SeedRequest.MostCustomers)
            throw new RuleViolationException("Customers", "The number of customers must be between 1 and {0}.", SeedRequest.MostCustomers);
        if (request.Orders is < 0 or > SeedRequest.MostOrders)
            throw new RuleViolationException("Orders", "The number of orders must be between 0 and {0}.", SeedRequest.MostOrders);
        if (request.Until.Year is < 1990 or > 2100) throw new RuleViolationException("Until", "The year must be between 1990 and 2100.");
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await db.Customers.AnyAsync(cancellationToken) || await db.Orders.AnyAsync(cancellationToken))
            throw new RuleViolationException("", "The database already has customers; demo data needs an empty database.");

        progress.Report("Thinking out who buys when");
        var seed = unchecked((ulong)request.Seed);
        var calendar = new SeedCalendar(request.Until);
        var catalogue = new SeedCatalogue();
        var purchases = new SeedPurchases(seed, request.Customers, request.Orders, calendar);
        var orders = await Task.Run(purchases.Make, cancellationToken);
        var run = new Run(provider, db, request, progress, calendar, catalogue, purchases, orders,
            new(seed, catalogue, calendar, shop.Value.Currency), shop.Value.Currency);
        progress.Report("Filling the baskets");
        await Task.Run(() => run.FillBaskets(cancellationToken), cancellationToken);
        SeedResult? result = null;
        await provider.LoadAsync(
            db,
            async () =>
            {
                result = await run.WriteAsync(new(seed), cancellationToken);
                progress.Report("Making indexes");
            },
            cancellationToken);
        return result!;
    }

    /// <summary>One seeding with what it keeps in memory: the orders' keys, the customers' figures and the refunds.</summary>
    private sealed class Run(
        IDatabaseProvider provider, CrmDbContext db, SeedRequest request, IProgress<string> progress, SeedCalendar calendar,
            SeedCatalogue catalogue,
        SeedPurchases purchases, SeedOrder[] orders, SeedBasket basket, string currency)
    {
        private readonly SeedStatistics _statistics = new(request.Customers);
        private readonly List<(int Second, int Index)> _refunds = [];
        private readonly long[] _customerKeys = new long[request.Customers];
        private long _lines;
        private long _revenue;

        public void FillBaskets(CancellationToken cancellationToken)
        {
            for (var i = 0; i < orders.Length; i++)
            {
                if (i % OrdersAtOnce == 0) cancellationToken.ThrowIfCancellationRequested();
                basket.Fill(orders[i]);
                _statistics.Add(orders[i], basket);
                _lines += basket.Count;
                if (basket.IsCounted) _revenue += basket.Total;
                if (basket.RefundSecond is not { } second) continue;
                _refunds.Add((second, i));
                _revenue -= basket.RefundAmount;
            }

            _refunds.Sort();
        }

        public async Task<SeedResult> WriteAsync(SeedPeople people, CancellationToken cancellationToken)
        {
            using var checksum = new SeedChecksum();
            var writer = new SeedWriter(provider, db, calendar, catalogue, currency);
            await writer.BeginAsync(cancellationToken);
            var cultures = await WriteCustomersAsync(writer, people, checksum, cancellationToken);
            var refunded = await WriteOrdersAsync(writer, checksum, cancellationToken);
            foreach (var batch in _refunds.Chunk(CustomersAtOnce))
                await writer.WriteRefundsAsync([.. batch.Select(r => (r.Second, orders[r.Index], refunded[r.Index]))], basket,
                    c => _customerKeys[c], cancellationToken);
            return new(
                request.Customers, request.Orders, orders.Count(o => o.Customer == SeedOrder.Nobody), _lines, _refunds.Count, cultures,
                    _revenue, currency,
                _statistics.TopFifth(), checksum.Finish());
        }

        private async Task<int> WriteCustomersAsync(SeedWriter writer, SeedPeople people, SeedChecksum checksum,
            CancellationToken cancellationToken)
        {
            var cultures = new HashSet<string>();
            for (var from = 0; from < request.Customers; from += CustomersAtOnce)
            {
                var count = Math.Min(CustomersAtOnce, request.Customers - from);
                var batch = new (SeedPerson Person, int Second, (int Count, long Spent, int First, int Last) Bought)[count];
                for (var i = 0; i < count; i++)
                {
                    var person = people.Make(from + i);
                    batch[i] = (person, calendar.SecondAt(purchases.BirthOf(from + i)), _statistics.Of(from + i));
                    cultures.Add(person.Culture.Country);
                    Hash(checksum, person, batch[i].Second);
                }

                (await writer.WriteCustomersAsync(batch, cancellationToken)).CopyTo(_customerKeys, from);
                progress.Report(string.Create(CultureInfo.InvariantCulture, $"{from + count:N0} of {request.Customers:N0} customers"));
            }

            return cultures.Count;
        }

        /// <returns>The keys of the orders of which something came back.</returns>
        private async Task<Dictionary<int, long>> WriteOrdersAsync(SeedWriter writer, SeedChecksum checksum,
            CancellationToken cancellationToken)
        {
            var refunded = _refunds.ToDictionary(r => r.Index, _ => 0L);
            for (var from = 0; from < orders.Length; from += OrdersAtOnce)
            {
                var count = Math.Min(OrdersAtOnce, orders.Length - from);
                for (var i = from; i < from + count; i++) Hash(checksum, orders[i]);
                var keys = await writer.WriteOrdersAsync(orders.AsMemory(from, count), basket, c => _customerKeys[c], cancellationToken);
                for (var i = 0; i < count; i++)
                    if (refunded.ContainsKey(from + i)) refunded[from + i] = keys[i];
                if (from / OrdersAtOnce % 5 == 4 || from + count == orders.Length)
                    progress.Report(string.Create(CultureInfo.InvariantCulture, $"{from + count:N0} of {request.Orders:N0} orders"));
            }

            return refunded;
        }

        private static void Hash(SeedChecksum checksum, SeedPerson person, int second)
        {
            checksum.Add(second);
            foreach (var text in new[] { person.Given, person.Family, person.Email, person.Phone, person.Line1, person.City,
                person.PostalCode, person.Culture.Country, person.Tag }) checksum.Add(text);
            checksum.Add(person.DateOfBirth?.DayNumber ?? 0);
            checksum.Add(((long)person.Gender << 24) | ((long)person.Source << 16) | ((long)person.Status << 8) | (person.IsVip ? 1L : 0L));
        }

        private void Hash(SeedChecksum checksum, SeedOrder order)
        {
            basket.Fill(order);
            checksum.Add((long)order.Key);
            checksum.Add(((long)basket.Status << 32) | (uint)(basket.RefundSecond is null ? 0 : basket.RefundLines));
            checksum.Add(basket.RefundSecond ?? 0);
            checksum.Add(basket.Channel);
            for (var i = 0; i < basket.Count; i++)
            {
                checksum.Add(((long)basket.Product[i] << 8) | (uint)basket.Quantity[i]);
                checksum.Add(catalogue.Products[basket.Product[i]].UnitPrice);
            }
        }
    }
}
