using CrmPortal.Core.Customers.Duplicates;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

internal sealed class AvatarPart : CustomerPart<Avatar>
{
    public override int Position => 80;

    public override Task MergeAsync(MergeMover merge, CancellationToken cancellationToken) =>
        merge.AllAsync(merge.Db.Avatars.Where(a => merge.OtherIds.Contains(a.CustomerId)), a => a.CustomerId = merge.Survivor.Id,
            cancellationToken);
}

internal sealed class ImportantDatePart : CustomerPart<ImportantDate>
{
    public override int Position => 100;

    public override bool IsShownAsAt => true;

    public override Task MergeAsync(MergeMover merge, CancellationToken cancellationToken) =>
        merge.UniqueAsync(merge.Db.ImportantDates, d => (d.Label.ToLowerInvariant(), d.Day), cancellationToken);
}

internal sealed class PreferencePart : CustomerPart<Preference>
{
    public override int Position => 110;

    public override bool IsShownAsAt => true;

    public override Task MergeAsync(MergeMover merge, CancellationToken cancellationToken) => merge.UniqueAsync(
        merge.Db.Preferences, p => (p.Type, p.Key), cancellationToken,
        new(p => $"preference.{p.Type}.{p.Key}", p => p.Key, p => p.Value, (to, from) => to.Value = from.Value)
        {
            IsSensitive = _ => true,
        });
}

internal sealed class ContactPersonPart : CustomerPart<ContactPerson>
{
    public override int Position => 140;

    public override bool IsShownAsAt => true;

    /// <summary>There is one main person: the survivor's, else the first of the others'.</summary>
    public override async Task MergeAsync(MergeMover merge, CancellationToken cancellationToken)
    {
        var survivor = merge.Survivor.Id;
        var hasMain = await merge.Db.ContactPersons.AnyAsync(p => p.CustomerId == survivor && p.IsMain, cancellationToken);
        foreach (var person in await merge.UniqueAsync(merge.Db.ContactPersons, p => (p.GivenName, p.FamilyName, p.Role, p.Email, p.Phone),
            cancellationToken))
        {
            if (hasMain) person.IsMain = false;
            hasMain |= person.IsMain;
        }
    }
}

internal sealed class ContactPointPart : CustomerPart<ContactPoint>
{
    public override int Position => 150;

    public override bool IsShownAsAt => true;

    public override Task MergeAsync(MergeMover merge, CancellationToken cancellationToken) =>
        merge.UniqueAsync(merge.Db.ContactPoints, p => (p.Kind, p.ValueKey), cancellationToken);
}

internal sealed class AddressPart : CustomerPart<Address>
{
    public override int Position => 130;

    public override bool IsShownAsAt => true;

    /// <summary>Equal addresses are joined; one of a type that the survivor has a default of is no default any more.</summary>
    public override async Task MergeAsync(MergeMover merge, CancellationToken cancellationToken)
    {
        var survivor = merge.Survivor.Id;
        var types = await merge.Db.Addresses.Where(a => a.CustomerId == survivor && a.IsDefault).Select(a => a.Type)
            .ToListAsync(cancellationToken);
        var moved = await merge.UniqueAsync(
            merge.Db.Addresses,
            a => (a.Type, Place: a.PlaceKey.Length > 0 ? a.PlaceKey : $"{a.Country} {a.PostalCode} {a.CityKey} {a.Line1}", a.Line2,
                a.GivenName, a.FamilyName, a.Phone),
            cancellationToken);
        foreach (var address in moved.Where(a => a.IsDefault))
        {
            if (types.Contains(address.Type)) address.IsDefault = false;
            else types.Add(address.Type);
        }
    }
}

internal sealed class CommunicationPreferencePart : CustomerPart<CommunicationPreference>
{
    public override int Position => 160;

    public override bool IsShownAsAt => true;

    /// <summary>Who said no by one of the records has said no.</summary>
    public override async Task MergeAsync(MergeMover merge, CancellationToken cancellationToken)
    {
        var held = new Dictionary<(Channel, MessageKind), CommunicationPreference>();
        var (moved, equal) = (0, 0);
        foreach (var wish in await merge.RowsAsync(merge.Db.CommunicationPreferences, cancellationToken))
        {
            if (held.TryGetValue((wish.Channel, wish.Kind), out var kept))
            {
                equal++;
                if (wish.IsOptedIn || !kept.IsOptedIn) continue;
                kept.IsOptedIn = false;
                kept.ChangedAt = merge.Now;
                continue;
            }

            held[(wish.Channel, wish.Kind)] = wish;
            if (wish.CustomerId == merge.Survivor.Id) continue;
            wish.CustomerId = merge.Survivor.Id;
            moved++;
        }

        merge.Count(nameof(CommunicationPreference), moved, equal);
    }
}
