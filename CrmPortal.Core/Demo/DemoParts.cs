using System.Globalization;
using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Demo;

/// <summary>
/// What depends on the customers: notes, people, days, wishes, consents, own fields, carts and reviews; every kind on those who are shown.
/// </summary>
internal sealed class DemoParts(ulong seed, DateTimeOffset now, DateOnly today, string currency, DemoStaff staff, DemoHistory history)
{
    private readonly List<Func<long, Note>> _notes = [];
    private readonly List<Notification> _notifications = [];
    private readonly List<Func<long, ContactPerson>> _persons = [];
    private readonly List<Func<long, ImportantDate>> _days = [];
    private readonly List<Func<long, CommunicationPreference>> _channels = [];
    private readonly List<Func<long, Preference>> _preferences = [];
    private readonly List<Func<long, Relationship>> _ties = [];
    private readonly List<Func<long, Consent>> _consents = [];
    private readonly List<Func<long, CustomFieldValue>> _values = [];
    private readonly List<Func<long, WishlistItem>> _wishes = [];
    private readonly List<(Func<long, Cart> Cart, List<(Product Product, int Quantity, long Price)> Lines)> _carts = [];
    private readonly List<Func<long, ProductReview>> _reviews = [];
    private readonly List<Func<long, CustomerFollower>> _followers = [];
    private List<CustomField> _fields = [];
    private List<ConsentWording> _wordings = [];

    /// <summary>Thinks out the parts, which say when a customer was last heard of and what advertising is allowed.</summary>
    public async Task MakeAsync(IReadOnlyList<DemoCustomer> customers, DemoOrders orders, DemoWriter writer)
    {
        await MakeFieldsAsync(writer);
        await MakeWordingsAsync(writer);
        foreach (var customer in customers.Where(c => c.TwinOf is null))
        {
            var random = SeedRandom.For(seed, SeedStream.DemoPart, (ulong)customer.Index);
            AddNotes(customer, ref random);
            AddPeopleAndDays(customer, ref random);
            AddWishes(customer, ref random);
            AddConsents(customer, ref random);
            AddValues(customer, ref random);
            AddShopping(customer, orders, ref random);
        }

        AddTies(customers);
        AddMentions(customers);
    }

    public async Task WriteAsync(DemoWriter writer)
    {
        await writer.WriteAsync<CustomField>(_fields);
        await writer.WriteAsync<ConsentWording>(_wordings);
        await writer.MakeAsync(_notes);
        await writer.MakeAsync(_persons);
        await writer.MakeAsync(_days);
        await writer.MakeAsync(_channels);
        await writer.MakeAsync(_preferences);
        await writer.MakeAsync(_ties);
        await writer.MakeAsync(_consents);
        await writer.MakeAsync(_values);
        await writer.MakeAsync(_wishes);
        var carts = await writer.MakeAsync(_carts, (c, id) => c.Cart(id));
        var lines = carts.Zip(_carts).SelectMany(c => c.Second.Lines.Select(l => (Cart: c.First, Line: l))).ToList();
        await writer.MakeAsync(lines, (l, id) => new CartLine
        {
            Id = id, CartId = l.Cart.Id, ProductId = l.Line.Product.Id, Quantity = l.Line.Quantity, UnitPrice = l.Line.Price,
            Amount = Money.LineAmount(l.Line.Quantity, l.Line.Price, currency),
        });
        await writer.MakeAsync(_reviews);
        await writer.MakeAsync(_followers);
        await writer.MakeAsync(_notifications.OrderBy(n => n.CreatedAt).ToList(), (n, id) => new Notification
        {
            Id = id, UserId = n.UserId, Kind = n.Kind, CustomerId = n.CustomerId, ActorName = n.ActorName, Text = n.Text,
            CreatedAt = n.CreatedAt, ReadAt = n.ReadAt,
        });
    }

    private async Task MakeFieldsAsync(DemoWriter writer)
    {
        (string Key, string Label, CustomFieldType Type, string Choices)[] all =
        [
            ("favourite_shop", "Favourite shop", CustomFieldType.Choice, "Old Town\nHarbour\nStation"),
            ("gift_wrap", "Gift wrap", CustomFieldType.YesNo, ""),
            ("household_size", "People in the household", CustomFieldType.Number, ""),
            ("last_visit", "Last visit to the shop", CustomFieldType.Date, ""),
            ("collects", "Collects", CustomFieldType.Text, ""),
        ];
        var keys = await writer.KeysAsync<CustomField>(all.Length);
        _fields = [.. all.Select((f, i) => new CustomField { Id = keys.Dequeue(), Key = f.Key, Label = f.Label, Type = f.Type,
            ChoiceLines = f.Choices, Position = i, Version = 1 })];
    }

    private async Task MakeWordingsAsync(DemoWriter writer)
    {
        (ConsentPurpose Purpose, string Language, int Number, string Text, int Age)[] all =
        [
            (ConsentPurpose.Marketing, "en", 1,
            "I would like to hear of new things and offers of the shop. I can take this back at any time.", 900),
            (ConsentPurpose.Marketing, "es", 1, "Quiero recibir novedades y ofertas de la tienda. Puedo retirarlo en cualquier momento.",
            900),
            (ConsentPurpose.Marketing, "de", 1,
            "Ich möchte von Neuem und von Angeboten des Ladens hören. Das kann ich jederzeit zurücknehmen.", 900),
            (ConsentPurpose.Terms, "en", 1, "I have read the terms of the loyalty programme and agree to them.", 900),
            (ConsentPurpose.Profiling, "en", 1, "The shop may look at what I bought so that its offers fit me.", 700),
            (ConsentPurpose.Marketing, "en", 2,
            "I would like to hear of new things and offers, by the ways that I chose. One click takes this back at any time.", 300),
        ];
        var keys = await writer.KeysAsync<ConsentWording>(all.Length);
        _wordings = [.. all.Select(w => new ConsentWording
        {
            Id = keys.Dequeue(), Purpose = w.Purpose, Language = w.Language, Number = w.Number, Text = w.Text,
            Hash = SessionService.Hash(w.Text), CreatedAt = now.AddDays(-w.Age),
        })];
    }

    /// <summary>Some time between the customer's coming and now.</summary>
    private DateTimeOffset Since(DemoCustomer customer, ref SeedRandom random) =>
        customer.CreatedAt.AddSeconds(Math.Floor((now - customer.CreatedAt).TotalSeconds * 0.98 * random.Share()));

    private static T Pick<T>(T[] all, ref SeedRandom random) => all[random.Below(all.Length)];

    private DemoUser Author(ref SeedRandom random) => random.Below(4) switch { 0 => staff.Manager, 1 => staff.Staff, _ => staff.Agent };

    private void AddNotes(DemoCustomer customer, ref SeedRandom random)
    {
        var count = customer.IsShown ? 4 : random.Chance(0.28) ? 1 + random.Below(2) : 0;
        var first = random.Below(DemoTexts.Notes.Length);
        for (var i = 0; i < count; i++)
            Note(customer, DemoTexts.Notes[(first + (i * 4)) % DemoTexts.Notes.Length], Author(ref random), Since(customer, ref random));
        if (customer.IsShown || random.Chance(0.03))
            Note(customer, Pick(DemoTexts.Pinned, ref random), staff.Agent, Since(customer, ref random), isPinned: true);
        if (staff.Agent.Id is not null && random.Chance(0.01))
            Note(customer, Pick(DemoTexts.Private, ref random), staff.Agent, Since(customer, ref random), isPrivate: true);
    }

    private void Note(DemoCustomer customer, string text, DemoUser by, DateTimeOffset at, bool isPinned = false, bool isPrivate = false)
    {
        if (customer.NotedAt is not { } last || last < at) customer.NotedAt = at;
        _notes.Add(id =>
        {
            history.Created($"note {id}", "customer.note", at, by, nameof(Customers.Note), id, customer.Id);
            return new() { Id = id, CustomerId = customer.Id, Text = text, IsPinned = isPinned, IsPrivate = isPrivate, AuthorId = by.Id,
                AuthorName = by.Name, CreatedAt = at, Version = 1 };
        });
    }

    /// <summary>Colleagues are asked for something in notes, and follow customers, of whom some were changed since they looked.</summary>
    private void AddMentions(IReadOnlyList<DemoCustomer> customers)
    {
        var shown = customers.Where(c => c.IsShown).ToList();
        foreach (var (i, user) in staff.All.Index())
        {
            for (var n = 0; n < 3 && shown.Count > 0; n++)
            {
                var (customer, at) = (shown[((i * 5) + (n * 3)) % shown.Count], now.AddHours(-5 - (n * 41) - i));
                var by = user.Id == staff.Agent.Id ? staff.Manager : staff.Agent;
                Note(customer, string.Format(CultureInfo.InvariantCulture, DemoTexts.Mentions[(i + n) % DemoTexts.Mentions.Length],
                    user.Name), by, at);
                _notifications.Add(new() { UserId = user.Id, Kind = NotificationKind.Mentioned, CustomerId = customer.Id,
                    ActorName = by.Name, CreatedAt = at, ReadAt = n == 2 ? at.AddHours(4) : null });
            }

            foreach (var (n, customer) in shown.Skip(i).Take(6).Index())
            {
                _followers.Add(id => new() { Id = id, CustomerId = customer.Id, UserId = user.Id });
                if (n < 2)
                    _notifications.Add(new() { UserId = user.Id, Kind = NotificationKind.FollowedChanged, CustomerId = customer.Id,
                        ActorName = staff.Agent.Name, CreatedAt = now.AddHours(-2 - (n * 22)) });
            }
        }
    }

    private void AddPeopleAndDays(DemoCustomer customer, ref SeedRandom random)
    {
        var culture = customer.Person.Culture;
        if (customer.IsShown || random.Chance(0.07))
        {
            var (given, family, role, phone) = (Pick(culture.Female, ref random), Pick(culture.Family, ref random),
                Pick(DemoTexts.Roles, ref random), random.Chance(0.6));
            _persons.Add(id => new()
            {
                Id = id, CustomerId = customer.Id, GivenName = given, FamilyName = family, Role = role, IsMain = true, Version = 1,
                Phone = phone ? string.Create(CultureInfo.InvariantCulture, $"+9997{customer.Index:0000000}") : null,
                Email = phone ? null : string.Create(CultureInfo.InvariantCulture, $"contact{customer.Index}@example.net"),
            });
        }

        if (!customer.IsShown && !random.Chance(0.09)) return;
        var (label, ahead, years) = (Pick(DemoTexts.Days, ref random), random.Chance(0.3) ? random.Below(7) : random.Below(350),
            1 + random.Below(30));
        var day = today.AddDays(ahead).AddYears(-years);
        _days.Add(id => new() { Id = id, CustomerId = customer.Id, Label = label, Day = day, IsYearly = true });
    }

    private void AddWishes(DemoCustomer customer, ref SeedRandom random)
    {
        if (customer.IsShown || random.Chance(0.35))
        {
            Want(Channel.Email, MessageKind.Newsletter, random.Chance(0.7), Since(customer, ref random));
            Want(Channel.Email, MessageKind.Reminders, random.Chance(0.6), Since(customer, ref random));
            if (customer.Person.Phone is not null) Want(Channel.Sms, MessageKind.Service, random.Chance(0.5), Since(customer, ref random));
            if (customer.IsShown) Want(Channel.Post, MessageKind.Marketing, random.Chance(0.3), Since(customer, ref random));
        }

        var count = customer.IsShown ? 2 : random.Chance(0.12) ? 1 : 0;
        var first = random.Below(DemoTexts.Preferences.Length);
        for (var i = 0; i < count; i++)
        {
            var (type, key, value) = DemoTexts.Preferences[(first + (i * 3)) % DemoTexts.Preferences.Length];
            _preferences.Add(id => new() { Id = id, CustomerId = customer.Id, Type = type, Key = key, Value = value });
        }

        void Want(Channel channel, MessageKind kind, bool isOptedIn, DateTimeOffset at) =>
            _channels.Add(id => new() { Id = id, CustomerId = customer.Id, Channel = channel, Kind = kind, IsOptedIn = isOptedIn,
                ChangedAt = at });
    }

    private void AddConsents(DemoCustomer customer, ref SeedRandom random)
    {
        if (customer.IsMember && random.Chance(0.5))
            Consent(customer, ConsentPurpose.Terms, Channel.Email, ConsentState.Granted, ConsentSource.Staff,
                customer.Orders[0].PlacedAt.AddMinutes(2));
        if (customer.Person.Email is not null && (customer.IsShown || random.Chance(0.55)))
        {
            var at = Since(customer, ref random);
            var share = customer.IsShown ? 0.5 : random.Share();
            Consent(customer, ConsentPurpose.Marketing, Channel.Email, ConsentState.Requested, ConsentSource.PreferencePage, at);
            if (share > 0.12)
            {
                at = Later(at, 2 + random.Below(90));
                Consent(customer, ConsentPurpose.Marketing, Channel.Email, ConsentState.Granted, ConsentSource.ConfirmedLink, at);
                customer.EmailMarketing = true;
            }

            if (share > 0.8)
            {
                Consent(customer, ConsentPurpose.Marketing, Channel.Email, ConsentState.Withdrawn, ConsentSource.PreferencePage,
                    Later(at, random.Below(60_000)));
                customer.EmailMarketing = false;
            }
        }

        if (customer.Person.Phone is not null && random.Chance(0.15))
        {
            Consent(customer, ConsentPurpose.Marketing, Channel.Sms, ConsentState.Granted, ConsentSource.Staff,
                Since(customer, ref random));
            customer.SmsMarketing = true;
        }

        if (customer.IsShown)
            Consent(customer, ConsentPurpose.Profiling, Channel.Email, random.Chance(0.7) ? ConsentState.Granted : ConsentState.Withdrawn,
                ConsentSource.PreferencePage, Since(customer, ref random));
    }

    private DateTimeOffset Later(DateTimeOffset at, int minutes) => at.AddMinutes(minutes) < now ? at.AddMinutes(minutes) : now;

    private void Consent(DemoCustomer customer, ConsentPurpose purpose, Channel channel, ConsentState state, ConsentSource source,
        DateTimeOffset at)
    {
        var wordings = _wordings.Where(w => w.Purpose == purpose && w.CreatedAt <= at).GroupBy(w => w.Language).Select(g => g.Last())
            .ToList();
        var wording = state == ConsentState.Withdrawn ? null : ConsentLedger.Best(wordings, customer.Person.Culture.Language);
        var by = source == ConsentSource.Staff ? staff.Staff : new(null, "");
        _consents.Add(id =>
        {
            history.Created($"consent {id}", "customer.consent", at, by, nameof(Consents.Consent), id, customer.Id);
            return new()
            {
                Id = id, CustomerId = customer.Id, Purpose = purpose, Channel = channel, State = state, Source = source,
                WordingId = wording?.Id, At = at, ActorId = by.Id, ActorName = by.Name,
                // From the range of addresses that is kept for documentation.
                IpAddress = source == ConsentSource.Staff
                    ? null : string.Create(CultureInfo.InvariantCulture, $"203.0.113.{1 + (customer.Index % 250)}"),
                UserAgent = source == ConsentSource.Staff ? null : "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                Form = source == ConsentSource.Staff ? "At the till" : "Preference page",
            };
        });
    }

    private void AddValues(DemoCustomer customer, ref SeedRandom random)
    {
        var all = customer.IsShown;
        if (all || random.Chance(0.4)) Put(0, new() { Text = Pick(["Old Town", "Harbour", "Station"], ref random) });
        if (all || random.Chance(0.2)) Put(1, new() { IsYes = random.Chance(0.6) });
        if (all || random.Chance(0.15)) Put(2, new() { Number = (1 + random.Below(6)) * CustomFieldValue.NumberScale });
        if (all || random.Chance(0.15)) Put(3, new() { Day = today.AddDays(-random.Below(300)) });
        if (all || random.Chance(0.08)) Put(4, new() { Text = Pick(["Teapots", "Paper stars", "Candle holders", "Stamps"], ref random) });

        void Put(int field, CustomFieldValue value)
        {
            (value.FieldId, value.TextKey) = (_fields[field].Id, value.Text is null ? null : CustomFieldWriter.KeyOf(value.Text));
            _values.Add(id => value.Placed(id, customer.Id));
        }
    }

    private void AddShopping(DemoCustomer customer, DemoOrders orders, ref SeedRandom random)
    {
        var products = orders.Products;
        var wishes = customer.IsShown ? 3 : random.Chance(0.12) ? 1 + random.Below(2) : 0;
        var first = random.Below(products.Count);
        for (var i = 0; i < wishes; i++)
        {
            var (product, at) = (products[(first + (i * 77)) % products.Count], Since(customer, ref random));
            _wishes.Add(id => new() { Id = id, CustomerId = customer.Id, ProductId = product.Id, AddedAt = at });
        }

        if (customer.IsShown || random.Chance(0.07)) AddCart(customer, products, ref random);
        if (customer.Orders.Count == 0 || (!customer.IsShown && !random.Chance(0.16))) return;
        foreach (var order in customer.Orders.TakeLast(customer.IsShown ? 3 : 1).DistinctBy(o => orders.LinesOf[o.Id].First().ProductId))
        {
            var (title, text, rating) = Pick(DemoTexts.Reviews, ref random);
            var (product, at) = (orders.LinesOf[order.Id].First().ProductId, Later(order.PlacedAt, 4_000 + random.Below(20_000)));
            _reviews.Add(id => new() { Id = id, CustomerId = customer.Id, ProductId = product, Rating = rating, Title = title, Text = text,
                At = at, Version = 1 });
        }
    }

    private void AddCart(DemoCustomer customer, List<Product> products, ref SeedRandom random)
    {
        var state = customer.IsShown || random.Chance(0.4) ? CartState.Open : random.Chance(0.6) ? CartState.Abandoned : CartState.Ordered;
        // A cart without changes for a day counts as abandoned.
        var age = (int)(now - customer.CreatedAt).TotalMinutes;
        var at = state == CartState.Open ? customer.CreatedAt.AddMinutes(age - 10 - random.Below(1_200)) : Since(customer, ref random);
        if (at < customer.CreatedAt) at = customer.CreatedAt;
        var lines = new List<(Product Product, int Quantity, long Price)>();
        for (var i = 0; i <= random.Below(3); i++)
            lines.Add((products[random.Below(products.Count)], 1 + random.Below(2), ((4 + random.Below(60)) * (long)Money.PriceScale)
                + 9_500));
        var total = lines.Sum(l => Money.LineAmount(l.Quantity, l.Price, currency));
        _carts.Add((id => new()
        {
            Id = id, CustomerId = customer.Id, ExternalId = string.Create(CultureInfo.InvariantCulture, $"C-{70_001 + customer.Index}"),
            State = state, Currency = currency, Total = total,
            ChangedAt = at, Version = 1,
        }, lines));
    }

    private void AddTies(IReadOnlyList<DemoCustomer> customers)
    {
        foreach (var customer in customers.Where(c => c.Partner is { } other && other.Index < c.Index))
            Tie(customer, customer.Partner!, customer.Index % 3 == 0 ? RelationshipKind.Sibling : RelationshipKind.Spouse);
        var regulars = customers.Where(c => c.IsShown).ToList();
        var referred = customers.Where(c => c is { Person.Source: CustomerSource.Referral, TwinOf: null, IsShown: false }).Take(60);
        foreach (var (i, customer) in referred.Index())
        {
            if (regulars.Count == 0) break;
            var other = regulars[i % regulars.Count];
            if (other.CreatedAt < customer.CreatedAt && other != customer.Partner) Tie(customer, other, RelationshipKind.Referrer);
        }

        for (var i = 0; i + 1 < regulars.Count; i += 2)
            if (regulars[i].Partner != regulars[i + 1]) Tie(regulars[i], regulars[i + 1], RelationshipKind.Friend);

        void Tie(DemoCustomer customer, DemoCustomer other, RelationshipKind kind) =>
            _ties.Add(id => new() { Id = id, CustomerId = customer.Id, OtherId = other.Id, Kind = kind });
    }
}
