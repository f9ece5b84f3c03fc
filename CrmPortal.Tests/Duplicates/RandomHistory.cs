using System.Globalization;
using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.History;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Duplicates;

/// <summary>Things that happen with customers, in an order that a seed decides.</summary>
internal sealed class RandomHistory(TestServices data, TestScope manager, int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<(long ChangeSet, long Survivor)> _merges = [];
    private int _number;

    /// <summary>Creates, changes, tags, orders and so on, once.</summary>
    public async Task StepAsync()
    {
        var live = await LiveAsync();
        var id = live.Count == 0 ? 0 : live[_random.Next(live.Count)];
        var other = live.Count == 0 ? 0 : live[_random.Next(live.Count)];
        try
        {
            switch (live.Count < 4 ? 0 : _random.Next(18))
            {
                case 0 or 1: await CreateAsync(); break;
                case 2: await manager.Customers
                    .UpdateAsync(id, new() { GivenName = Word(), Phone = Maybe(Phone()), DateOfBirth = new DateOnly(1980, 1, 1)
                    .AddDays(_random.Next(9000)) }, null, null, default); break;
                case 3: await manager.Customers
                    .UpdateAsync(id, new() { Email = Maybe(Email()), Currency = Maybe("EUR"), PreferredName = Maybe(Word()) }, null, null,
                    default); break;
                case 4: await data.AddOrderAsync(Number("O"), id, 100 * (1 + _random.Next(90)), _random.Next(4) == 0
                    ? OrderStatus.Cancelled : OrderStatus.Paid); break;
                case 5: await data.AddRefundAsync(Number("R"), id, 50 + _random.Next(90)); break;
                case 6 or 7: await manager.Get<TagService>().AddAsync(id, "tag" + _random.Next(4), default); break;
                case 8: await manager.Get<NoteService>().AddAsync(id, Word(), default, isPinned: _random.Next(2) == 0); break;
                case 9 or 10: await manager.Get<AddressService>()
                    .SaveAsync(id, null, new() { Type = (AddressType)_random.Next(3), IsDefault = _random.Next(2) == 0,
                    Line1 = $"{1 + _random.Next(3)} High Street", City = "London", PostalCode = "W1A 1AA", Country = "GB" },
                    default); break;
                case 11: await manager.Get<AddressService>().AddContactPointAsync(id, ContactKind.Phone, Phone(), null, default); break;
                case 12: await manager.Get<PreferenceService>()
                    .SetCommunicationAsync(id, (Channel)_random.Next(3), (MessageKind)_random.Next(2), _random.Next(2) == 0,
                    default); break;
                case 13: await manager.Get<PreferenceService>()
                    .SetAsync(id, [new("delivery", "day" + _random.Next(2), Word())], default); break;
                case 14: await manager.Get<RelationService>()
                    .RelateAsync(id, await data.ReadAsync(db => db.Customers.Where(c => c.Id == other).Select(c => c.Number).SingleAsync()),
                    RelationshipKind.Sibling, null, default); break;
                case 15: await RecordAsync(db => Rows(db, id)); break;
                case 16: await manager.Customers.SetVipAsync(id, _random.Next(2) == 0, Word(), default); break;
                case 17: await manager.Get<NotificationService>().FollowAsync(id, true, default); break;
            }
        }
        catch (RuleViolationException)
        {
            // An e-mail that another has, a second tie: refused, and nothing happened.
        }
    }

    /// <summary>Merges some; null where it was refused.</summary>
    public async Task<long?> MergeAsync()
    {
        var live = await LiveAsync();
        if (live.Count < 3) return null;
        var chosen = live.OrderBy(_ => _random.Next()).Take(2 + _random.Next(2)).ToList();
        var fields = MergeFields.All.Where(_ => _random.Next(4) == 0).ToDictionary(f => f.Name, _ => chosen[_random.Next(chosen.Count)]);
        try
        {
            var merged = await manager.Get<MergeService>().MergeAsync(new(chosen[0], chosen, fields), default);
            _merges.Add((merged.ChangeSetId, chosen[0]));
            return merged.ChangeSetId;
        }
        catch (RuleViolationException)
        {
            return null;
        }
    }

    /// <summary>Takes back a merge of some time ago, where that can still be done.</summary>
    public async Task UndoSomeMergeAsync()
    {
        if (_merges.Count == 0) return;
        try
        {
            await manager.Get<UndoService>().UndoAsync(_merges[_random.Next(_merges.Count)].ChangeSet, false, default);
        }
        catch (RuleViolationException)
        {
            // Taken back already, or merged again since.
        }
    }

    private Task<List<long>> LiveAsync() => data.ReadAsync(db => db.Customers.Where(c => c.DeletedAt == null).OrderBy(c => c.Id)
        .Select(c => c.Id).ToListAsync());

    private async Task CreateAsync() => await manager.Customers.CreateAsync(
        new() { GivenName = Maybe(Word()), FamilyName = Word(), Email = Maybe(Email()), Phone = Maybe(Phone()),
            Gender = (Gender)_random.Next(3), ExternalId = Maybe(Number("X")) }, default);

    /// <summary>What no service of ours writes yet, or only with files.</summary>
    private void Rows(CrmDbContext db, long id)
    {
        var now = data.Clock.GetUtcNow();
        db.Consents.Add(new Consent { CustomerId = id, Purpose = ConsentPurpose.Marketing, Channel = (Channel)_random.Next(2),
            State = (ConsentState)_random.Next(3), Source = ConsentSource.Staff, At = now });
        db.ImportantDates
            .Add(new ImportantDate { CustomerId = id, Label = "Day " + _random.Next(3), Day = new DateOnly(2020, 1, 1 + _random.Next(3)) });
        db.ContactPersons
            .Add(new ContactPerson { CustomerId = id, GivenName = "Person " + _random.Next(3), IsMain = _random.Next(2) == 0 });
        db.Documents.Add(new Document { CustomerId = id, Name = Word(), ContentType = "text/plain", Hash = "00", StoredName = Number("d"),
            WrappedKey = "key", UploadedAt = now });
        db.Avatars.Add(new Avatar { CustomerId = id, ContentType = "image/png", Content = [1, 2, (byte)_random.Next(9)] });
        if (!db.CustomFieldValues.Any(v => v.CustomerId == id))
            db.CustomFieldValues
            .Add(new CustomFieldValue { CustomerId = id, FieldId = db.CustomFields.First().Id, Text = Word(), TextKey = "x" });
        db.Notifications.Add(new Notification { CustomerId = id, UserId = manager.UserId, CreatedAt = now });
    }

    private async Task RecordAsync(Action<CrmDbContext> write)
    {
        await using var db = manager.OpenContext();
        if (!await db.CustomFields.AnyAsync())
        {
            db.CustomFields.Add(new CustomField { Key = "size", Label = "Size" });
            await db.SaveChangesAsync();
        }

        write(db);
        await db.SaveChangesAsync();
        var ids = await db.Customers.Select(c => c.Id).ToListAsync();
        await ConsentFlags.RefreshAsync(db, ids, default);
    }

    private string Word() => "Word" + _random.Next(40).ToString(CultureInfo.InvariantCulture);

    private string Email() => $"p{_random.Next(12).ToString(CultureInfo.InvariantCulture)}@example.com";

    private string Phone() => "+4420794600" + _random.Next(10, 22).ToString(CultureInfo.InvariantCulture);

    private string Number(string start) => start + (++_number).ToString(CultureInfo.InvariantCulture);

    private string? Maybe(string value) => _random.Next(3) == 0 ? null : value;
}
