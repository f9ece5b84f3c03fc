using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Views;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Demo;

/// <summary>
/// A shop in full swing for a first look: a thousand made-up customers with two years of orders, points, notes, consents and all else
/// that a record holds. The same on every machine but for its dates, which end now; with phones from the ranges that the numbering
/// plans keep for fiction and mails under example domains. It is thought out in memory and written in masses, so that the first start
/// waits for it no longer than people notice; <see cref="DemoWork"/> does the rest.
/// </summary>
public sealed class DemoCustomers(IDatabaseProvider provider, TimeProvider clock, IOptions<ShopOptions> shop)
{
    internal const string ActorName = "Demo data";
    internal const int Count = 1_000;
    internal const string Done = "demo-customers";
    private const ulong Seed = 20_260_101;
    private const int Orders = 4_000;
    private const int Years = 2;
    private const int ShownInFull = 24;
    private const int InTheTrash = 6;

    /// <summary>Loads the customers once; later calls do nothing.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var scope = new CurrentUser();
        scope.Set(Actor.System(ActorName));
        await using var db = provider.CreateContext(new SaveEnvironment(scope, clock));
        if (await db.Settings.AnyAsync(s => s.Name == Done, cancellationToken) || await db.Customers.AnyAsync(cancellationToken)) return;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var programme = await ProgrammeStore.CurrentAsync(db, clock.GetUtcNow(), cancellationToken);
        var run = new Run(db, provider, shop.Value, Whole(clock.GetUtcNow()), programme, await DemoStaff.FindAsync(db, cancellationToken),
            cancellationToken);
        await run.MakeAsync();
        await run.WriteAsync();
        db.Settings.Add(new Setting { Name = Done, Value = Count.ToString(CultureInfo.InvariantCulture) });
        await db.SaveWithoutRecordAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Databases keep instants to different fractions of a second.</summary>
    private static DateTimeOffset Whole(DateTimeOffset instant) => instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerSecond));

    /// <summary>One making of the shop, with all that it keeps in memory.</summary>
    private sealed class Run(
        CrmDbContext db, IDatabaseProvider provider, ShopOptions shop, DateTimeOffset now, LoyaltyProgramme programme, DemoStaff staff,
        CancellationToken cancellationToken)
    {
        private readonly DemoWriter _writer = new(db, provider, cancellationToken);
        private readonly DemoHistory _history = new();
        private List<DemoCustomer> _customers = [];
        private DemoOrders? _orders;
        private DemoLoyalty? _loyalty;
        private DemoParts? _parts;

        public async Task MakeAsync()
        {
            var today = shop.Zone.DayOf(now);
            var calendar = new SeedCalendar(LocalZone.Utc.DayOf(now).AddDays(1), Years);
            var purchases = new SeedPurchases(Seed, Count, Orders, calendar);
            var keys = await _writer.KeysAsync<Customer>(Count);
            _customers = new DemoPeople(Seed, now, today).Make([.. keys], i => calendar.At(calendar.SecondAt(purchases.BirthOf(i))));
            _orders = new(Seed, calendar, now, shop.Currency);
            await _orders.MakeAsync(purchases.Make(), _customers, _writer);
            foreach (var customer in _customers) Distinguish(customer);
            foreach (var customer in _customers.Where(c => c is { TwinOf: null, Person.Line1: not null })
                .OrderByDescending(c => c.Orders.Count).ThenBy(c => c.Index).Take(ShownInFull))
            {
                customer.IsShown = true;
                if (customer.Index % 2 == 0) customer.VipSince ??= customer.Orders[^1].PlacedAt.AddMinutes(5);
            }

            foreach (var customer in _customers.Where(c => c is { Orders.Count: 0, TwinOf: null, Partner: null }).Take(InTheTrash))
                customer.DeletedAt = now.AddDays(-2 * (1 + (customer.Index % 9))) is var at && at > customer.CreatedAt ? at : now;
            _loyalty = new(Seed, programme, shop, now, staff);
            await _loyalty.MakeAsync(_customers, _orders, _writer);
            _parts = new(Seed, now, today, shop.Currency, staff, _history);
            await _parts.MakeAsync(_customers, _orders, _writer);
        }

        public async Task WriteAsync()
        {
            var made = await _writer.MakeAsync(
                DemoPeople.Tags, (t, id) => new Tag { Id = id, Name = t.Name, NameKey = t.Name.ToLowerInvariant(), Colour = t.Colour });
            var tags = made.ToDictionary(t => t.Name, t => t.Id);
            await CountAsync();
            await _writer.WriteAsync<Customer>(_customers.ConvertAll(Row));
            // Times of day are not written in masses.
            var ids = _customers.Where(HasHours).Select(c => c.Id).ToList();
            TimeOnly? from = new TimeOnly(9, 0), until = new TimeOnly(17, 30);
            await db.Customers.Where(c => ids.Contains(c.Id))
                .ExecuteUpdateAsync(c => c.SetProperty(x => x.ContactFrom, from).SetProperty(x => x.ContactUntil, until),
                    cancellationToken);
            await _writer.MakeAsync(_customers.Where(c => c.Person.Line1 is not null).ToList(), Home);
            await _writer.MakeAsync(_customers.Where(c => c.IsShown).ToList(), Work);
            await _writer.MakeAsync(
                _customers.SelectMany(c => c.Contacts.Select(p => (Customer: c, Point: p))).ToList(),
                    (p, id) => p.Point.Placed(id, p.Customer.Id));
            await _writer.MakeAsync(
                _customers.SelectMany(c => c.Tags.Select(t => (Customer: c, Tag: t))).ToList(),
                (t, id) => new CustomerTag { Id = id, CustomerId = t.Customer.Id, TagId = tags[t.Tag] });
            await _orders!.WriteAsync(_writer, _history);
            await _parts!.WriteAsync(_writer);
            await _loyalty!.WriteAsync(_writer);
            // What was set up for the shop is as old as the shop.
            await db.ChangeSets.ExecuteUpdateAsync(c => c.SetProperty(x => x.At, now.AddDays(-760)), cancellationToken);
            await _history.WriteAsync(_writer);
            await db.LoyaltyProgrammes.Where(p => p.Id == programme.Id)
                .ExecuteUpdateAsync(
                    p => p.SetProperty(x => x.CreatedAt, now.AddDays(-760)).SetProperty(x => x.ActivatedAt, now.AddDays(-750)),
                        cancellationToken);
            AddViews();
        }

        private static bool HasHours(DemoCustomer customer) => customer.IsShown || customer.Index % 33 == 7;

        /// <summary>Cards, and those whom staff think highly of, or not.</summary>
        private static void Distinguish(DemoCustomer customer)
        {
            if (customer.IsMember && customer.Index % 3 != 0)
                customer.LoyaltyCard = string.Create(CultureInfo.InvariantCulture, $"7700{customer.Index:000000}");
            if (customer.Index % 47 == 30 || (customer.Person.IsVip && customer.TwinOf is null))
                customer.VipSince = customer.CreatedAt.AddMinutes(10);
            if (customer.Orders.Count >= 8 && !customer.Tags.Contains("Regular")) customer.Tags.Add("Regular");
        }

        private async Task CountAsync()
        {
            var days = _customers.GroupBy(c => Day(c.CreatedAt)).ToList();
            if (await db.DailyCounters.AnyAsync(cancellationToken))
            {
                foreach (var day in days) await provider.RaiseCounterAsync(db, "customer-" + day.Key, day.Count(), cancellationToken);
                return;
            }

            await _writer.WriteAsync<DailyCounter>(
                days.ConvertAll(d => new DailyCounter { Name = "customer-" + d.Key, Value = d.Count() }));
        }

        private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

        private readonly Dictionary<string, int> _numbers = [];

        private Customer Row(DemoCustomer c)
        {
            var day = Day(c.CreatedAt);
            var number = _numbers[day] = _numbers.GetValueOrDefault(day) + 1;
            var bought = c.Orders.Count == 0 ? (DateTimeOffset?)null : c.Orders[^1].PlacedAt;
            var spent = c.Spent;
            var row = new Customer
            {
                Id = c.Id, Number = string.Create(CultureInfo.InvariantCulture, $"CUST-{day}-{number:0000}"), GivenName = c.Person.Given,
                FamilyName = c.Person.Family,
                Email = c.Person.Email, Phone = c.Person.Phone, DateOfBirth = c.Person.DateOfBirth, Gender = c.Person.Gender,
                Language = c.Person.Culture.Language,
                Country = c.Person.Culture.Country, Source = c.Person.Source, CreatedAt = c.CreatedAt,
                UpdatedAt = c.VipSince ?? c.CreatedAt,
                LastInteractionAt = new[] { bought, c.NotedAt }.Max() ?? c.CreatedAt, Version = 1, LoyaltyCard = c.LoyaltyCard,
                ExternalId = c.Index % 4 == 1 ? string.Create(CultureInfo.InvariantCulture, $"SHOP-{20_000 + c.Index}") : null,
                PreferredName = c.Index % 70 == 12 ? c.Person.Given : null,
                PreferredAgentId = c.IsShown || c.Index % 12 == 3 ? (c.Index % 2 == 0 ? staff.Agent : staff.Staff).Id : null,
                Subscription = c.Index % 20 == 9 ? (SubscriptionState)(1 + (c.Index % 4)) : SubscriptionState.None,
                FirstContactAt = c.Index % 25 == 2 ? c.CreatedAt.AddDays(-40 - c.Index) : null, EmailMarketing = c.EmailMarketing,
                SmsMarketing = c.SmsMarketing,
                OrderCount = c.Orders.Count, TotalSpent = spent,
                AverageOrder = c.Orders.Count == 0 ? null : SeedWriter.Average(spent, c.Orders.Count),
                FirstOrderAt = c.Orders.Count == 0 ? null : c.Orders[0].PlacedAt, LastOrderAt = bought, Points = c.Points, Tier = c.Tier,
                TierUntil = c.TierUntil, IsTierGiven = c.IsTierGiven,
            };
            if (c.EmailMarketing && row.Email is not null) row.EmailVerifiedAt = c.CreatedAt.AddHours(1);
            if (c.SmsMarketing && row.Phone is not null) row.PhoneVerifiedAt = c.CreatedAt.AddHours(2);
            if (HasHours(c) && c.Index % 2 == 0) row.TimeZone = "Europe/Madrid";
            History(c, row);
            row.DeriveNames();
            row.DeriveContacts(c.Contacts);
            return row;
        }

        /// <summary>What happened to the row since it came, which its history shows.</summary>
        private void History(DemoCustomer c, Customer row)
        {
            _history.Created($"customer {c.Id}", "customer.create", c.CreatedAt, c.Index % 5 == 0 ? staff.Staff : DemoStaff.Shop,
                nameof(Customer), c.Id, c.Id);
            if (c.VipSince is { } since)
            {
                row.SetVip(true, DemoTexts.VipReasons[c.Index % DemoTexts.VipReasons.Length], staff.Manager.Id, since);
                _history.Changed("customer.vip", since, staff.Manager, c.Id, new() { [nameof(Customer.IsVip)] = [false, true],
                    [nameof(Customer.VipReason)] = [null, row.VipReason] });
            }

            var halfway = c.CreatedAt.AddSeconds(Math.Floor((now - c.CreatedAt).TotalSeconds / 2));
            if (c is { DeletedAt: { } deleted })
            {
                row.MoveToTrash(deleted);
                _history.Changed("customer.delete", deleted, staff.Manager, c.Id, new() { [nameof(Customer.DeletedAt)] = [null, deleted] });
            }
            else if (c.Index % 111 == 50 && !c.IsShown)
            {
                row.Block(DemoTexts.BlockReasons[c.Index / 111 % DemoTexts.BlockReasons.Length]);
                _history.Changed("customer.block", halfway, staff.Manager, c.Id, new()
                {
                    [nameof(Customer.Status)] = [nameof(CustomerStatus.Active), nameof(CustomerStatus.Blocked)],
                    [nameof(Customer.BlockReason)] = [null, row.BlockReason],
                });
            }
            else if (c.Index % 43 == 20 && !c.IsShown)
            {
                row.Deactivate(DemoTexts.InactiveReasons[c.Index / 43 % DemoTexts.InactiveReasons.Length]);
                _history.Changed("customer.status", halfway, staff.Agent, c.Id, new()
                {
                    [nameof(Customer.Status)] = [nameof(CustomerStatus.Active), nameof(CustomerStatus.Inactive)],
                    [nameof(Customer.InactiveReason)] = [null, row.InactiveReason],
                });
            }
            else if (c.IsShown || c.Index % 9 == 4)
            {
                _history.Changed("customer.edit", halfway, c.Index % 2 == 0 ? staff.Agent : staff.Staff, c.Id, new()
                {
                    [nameof(Customer.Email)] = [string.Create(CultureInfo.InvariantCulture, $"old{c.Index}@example.com"), row.Email],
                });
            }
        }

        private static Address Home(DemoCustomer customer, long id)
        {
            var person = customer.Person;
            var address = new Address
            {
                Id = id, CustomerId = customer.Id, Type = AddressType.Billing, IsDefault = true, Line1 = person.Line1!, City = person.City,
                PostalCode = person.PostalCode,
                Country = person.Culture.Country, Version = 1,
            };
            address.Derive();
            return address;
        }

        private Address Work(DemoCustomer customer, long id)
        {
            var person = customer.Person;
            var street = person.Culture.Streets[customer.Index % person.Culture.Streets.Length];
            var address = new Address
            {
                Id = id, CustomerId = customer.Id, Type = AddressType.Shipping, IsDefault = true,
                Line1 = string.Format(CultureInfo.InvariantCulture, person.Culture.Line, street, 200 + (customer.Index % 80)),
                City = person.City, PostalCode = person.PostalCode, Country = person.Culture.Country, VerifiedAt = now.AddDays(-30),
                VerifiedByName = staff.Agent.Name, Version = 1,
            };
            address.Derive();
            return address;
        }

        private void AddViews()
        {
            (string Name, string Query)[] shared =
            [
                ("Birthdays this week", "filter=birthday:next:7&sort=name&order=up"), ("Came in the last month", "filter=created:last:30"),
                ("Best buyers", "sort=spent&columns=orders,spent,average,last-order"),
                ("May be written to", "filter=email_marketing:yes"), ("Gold and platinum", "filter=tier:any:gold,platinum&sort=spent"),
            ];
            if (staff.Manager.Id is { } manager) db.SavedViews.AddRange(shared.Select(v => View(v.Name, v.Query, manager, true)));
            if (staff.Agent.Id is { } agent) db.SavedViews.Add(View("Complaints to look after", "filter=tags:any:Complaint", agent, false));
            if (staff.Administrator.Id is { } administrator)
                db.SavedViews.Add(View("Blocked", "filter=status:any:blocked", administrator, false));

            SavedView View(string name, string query, long owner, bool isShared) =>
                new() { List = "customers", Name = name, Query = query, OwnerId = owner, IsShared = isShared,
                    CreatedAt = now.AddDays(-20) };
        }
    }
}
