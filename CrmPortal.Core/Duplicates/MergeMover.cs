using System.Text.Json;
using CrmPortal.Core.Access;
using CrmPortal.Core.Audit;
using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Data;
using CrmPortal.Core.Fields;
using CrmPortal.Core.Notifications;
using CrmPortal.Core.Orders;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Duplicates;

/// <summary>
/// Gives what hangs on some customers to another. What he has already stays behind with them, where undoing finds it: nothing is
/// removed. Every move is an audited change of a tracked row, or a row of its own in the audit where the entity is not audited.
/// </summary>
internal sealed partial class MergeMover(CrmDbContext db, Customer survivor, IReadOnlyList<Customer> others, Actor actor, DateTimeOffset now)
{
    private readonly List<long> _others = [.. others.Select(c => c.Id)];
    private readonly List<MergeMove> _moves = [];

    public IReadOnlyList<MergeMove> Moves => [.. _moves.Where(m => m.Moved + m.Equal > 0)];

    public async Task MoveAsync(CancellationToken cancellationToken)
    {
        await AllAsync(db.Orders.Where(o => _others.Contains(o.CustomerId!.Value)), o => o.CustomerId = survivor.Id, cancellationToken);
        await AllAsync(db.Refunds.Where(r => _others.Contains(r.CustomerId!.Value)), r => r.CustomerId = survivor.Id, cancellationToken);
        await AllAsync(db.Carts.Where(c => _others.Contains(c.CustomerId!.Value)), c => c.CustomerId = survivor.Id, cancellationToken);
        await UniqueAsync(db.WishlistItems, i => i.ProductId, cancellationToken);
        await UniqueAsync(db.ProductReviews, r => r.ProductId, cancellationToken);
        await AllAsync(db.Notes.Where(n => _others.Contains(n.CustomerId)), n => n.CustomerId = survivor.Id, cancellationToken);
        await AllAsync(db.Documents.Where(d => _others.Contains(d.CustomerId)), d => d.CustomerId = survivor.Id, cancellationToken);
        await AllAsync(db.Avatars.Where(a => _others.Contains(a.CustomerId)), a => a.CustomerId = survivor.Id, cancellationToken);
        await UniqueAsync(db.CustomerTags, t => t.TagId, cancellationToken);
        await UniqueAsync(db.ImportantDates, d => (d.Label.ToLowerInvariant(), d.Day), cancellationToken);
        await UniqueAsync(db.Preferences, p => (p.Type, p.Key), cancellationToken);
        await UniqueAsync(db.CustomFieldValues, v => v.FieldId, cancellationToken);
        await MoveAddressesAsync(cancellationToken);
        await MovePersonsAsync(cancellationToken);
        await UniqueAsync(db.ContactPoints, p => (p.Kind, p.ValueKey), cancellationToken);
        await JoinWishesAsync(cancellationToken);
        await MoveConsentsAsync(cancellationToken);
        await MoveTiesAsync(cancellationToken);
        await MoveFollowersAsync(cancellationToken);
        await DecidePairsAsync(cancellationToken);
        await MoveLoyaltyAsync(cancellationToken);
    }

    private async Task AllAsync<T>(IQueryable<T> rows, Action<T> move, CancellationToken cancellationToken)
        where T : class
    {
        var found = await rows.ToListAsync(cancellationToken);
        found.ForEach(move);
        _moves.Add(new(typeof(T).Name, found.Count, 0));
    }

    /// <summary>The rows of all, the survivor's first, then the others' in the order of their keys.</summary>
    private async Task<List<T>> RowsAsync<T>(DbSet<T> set, CancellationToken cancellationToken)
        where T : class, ICustomerOwned
    {
        List<long> all = [survivor.Id, .. _others];
        var rows = await set.Where(r => all.Contains(EF.Property<long>(r, "CustomerId"))).ToListAsync(cancellationToken);
        return [.. rows.OrderBy(r => r.CustomerId == survivor.Id ? 0 : 1).ThenBy(r => r.Id)];
    }

    /// <summary>Moves what the survivor has nothing like.</summary>
    private async Task<List<T>> UniqueAsync<T, TKey>(DbSet<T> set, Func<T, TKey> key, CancellationToken cancellationToken)
        where T : class, ICustomerOwned
    {
        var (taken, moved, equal) = (new HashSet<TKey>(), new List<T>(), 0);
        foreach (var row in await RowsAsync(set, cancellationToken))
        {
            var isNew = taken.Add(key(row));
            if (row.CustomerId == survivor.Id) continue;
            if (isNew)
            {
                db.Entry(row).Property("CustomerId").CurrentValue = survivor.Id;
                moved.Add(row);
            }
            else
            {
                equal++;
            }
        }

        _moves.Add(new(typeof(T).Name, moved.Count, equal));
        return moved;
    }

    /// <summary>Equal addresses are joined; one of a type that the survivor has a default of is no default any more.</summary>
    private async Task MoveAddressesAsync(CancellationToken cancellationToken)
    {
        var types = await db.Addresses.Where(a => a.CustomerId == survivor.Id && a.IsDefault).Select(a => a.Type).ToListAsync(cancellationToken);
        foreach (var address in await UniqueAsync(db.Addresses, a => (a.Type, Place: a.PlaceKey.Length > 0 ? a.PlaceKey : $"{a.Country} {a.PostalCode} {a.CityKey} {a.Line1}", a.Line2, a.GivenName, a.FamilyName), cancellationToken))
        {
            if (!address.IsDefault) continue;
            if (types.Contains(address.Type)) address.IsDefault = false;
            else types.Add(address.Type);
        }
    }

    private async Task MovePersonsAsync(CancellationToken cancellationToken)
    {
        var hasMain = await db.ContactPersons.AnyAsync(p => p.CustomerId == survivor.Id && p.IsMain, cancellationToken);
        foreach (var person in await UniqueAsync(db.ContactPersons, p => (p.GivenName, p.FamilyName, p.Role, p.Email, p.Phone), cancellationToken))
        {
            if (hasMain) person.IsMain = false;
            hasMain |= person.IsMain;
        }
    }

    /// <summary>After the fields were decided: every primary e-mail and phone that is not the survivor's stays as a further one.</summary>
    public async Task KeepFurtherAsync((string? Email, DateTimeOffset? Verified) email, (string? Phone, DateTimeOffset? Verified) phone, CancellationToken cancellationToken)
    {
        var points = (await db.ContactPoints.Where(p => p.CustomerId == survivor.Id).ToListAsync(cancellationToken)).Select(p => (p.Kind, p.ValueKey)).ToHashSet();
        if (survivor.Email is { } mine) points.Add((ContactKind.Email, mine.ToLowerInvariant()));
        if (survivor.Phone is { } number) points.Add((ContactKind.Phone, number));
        Keep(ContactKind.Email, email.Email, email.Verified);
        Keep(ContactKind.Phone, phone.Phone, phone.Verified);
        foreach (var other in others.OrderByDescending(c => c.UpdatedAt))
        {
            Keep(ContactKind.Email, other.Email, other.EmailVerifiedAt);
            Keep(ContactKind.Phone, other.Phone, other.PhoneVerifiedAt);
        }

        void Keep(ContactKind kind, string? value, DateTimeOffset? verifiedAt)
        {
            if (value is null || !points.Add((kind, value.ToLowerInvariant()))) return;
            db.ContactPoints.Add(new ContactPoint { CustomerId = survivor.Id, Kind = kind, Value = value, VerifiedAt = verifiedAt });
        }
    }

    /// <summary>Who said no by one of the records has said no.</summary>
    private async Task JoinWishesAsync(CancellationToken cancellationToken)
    {
        var held = new Dictionary<(Channel, MessageKind), CommunicationPreference>();
        var (moved, equal) = (0, 0);
        foreach (var wish in await RowsAsync(db.CommunicationPreferences, cancellationToken))
        {
            if (held.TryGetValue((wish.Channel, wish.Kind), out var kept))
            {
                equal++;
                if (wish.IsOptedIn || !kept.IsOptedIn) continue;
                kept.IsOptedIn = false;
                kept.ChangedAt = now;
                continue;
            }

            held[(wish.Channel, wish.Kind)] = wish;
            if (wish.CustomerId == survivor.Id) continue;
            wish.CustomerId = survivor.Id;
            moved++;
        }

        _moves.Add(new(nameof(CommunicationPreference), moved, equal));
    }

    /// <summary>Entries move. Where the records say different things, a new entry makes the strictest of them hold.</summary>
    private async Task MoveConsentsAsync(CancellationToken cancellationToken)
    {
        var entries = await RowsAsync(db.Consents, cancellationToken);
        foreach (var matter in entries.GroupBy(e => (e.Purpose, e.Channel)))
        {
            var holding = matter.GroupBy(e => e.CustomerId).Select(own => own.OrderBy(e => e.At).ThenBy(e => e.Id).Last()).ToList();
            if (holding.Select(e => e.State).Distinct().Skip(1).Any() == false) continue;
            var strictest = holding.Select(e => e.State).Aggregate(ConsentFlags.Stricter);
            db.Consents.Add(new Consent
            {
                CustomerId = survivor.Id, Purpose = matter.Key.Purpose, Channel = matter.Key.Channel, State = strictest, Source = ConsentSource.Merge, At = now,
                WordingId = holding.Where(e => e.State == strictest).MaxBy(e => e.Id)!.WordingId, ActorId = actor.UserId, ActorName = actor.Name, IpAddress = actor.IpAddress,
            });
        }

        var moved = entries.Where(e => e.CustomerId != survivor.Id).ToList();
        moved.ForEach(e => e.CustomerId = survivor.Id);
        _moves.Add(new(nameof(Consent), moved.Count, 0));
    }

    /// <summary>A tie between two of them says nothing any more; one that the survivor has as well is said once.</summary>
    private async Task MoveTiesAsync(CancellationToken cancellationToken)
    {
        List<long> all = [survivor.Id, .. _others];
        var ties = await db.Relationships.Where(r => all.Contains(r.CustomerId) || all.Contains(r.OtherId)).OrderBy(r => r.Id).ToListAsync(cancellationToken);
        var known = ties.Where(r => (r.CustomerId == survivor.Id && !_others.Contains(r.OtherId)) || (r.OtherId == survivor.Id && !_others.Contains(r.CustomerId)))
            .Select(r => r.CustomerId == survivor.Id ? r.OtherId : r.CustomerId).ToHashSet();
        var (moved, equal) = (0, 0);
        foreach (var tie in ties.Where(r => _others.Contains(r.CustomerId) || _others.Contains(r.OtherId)))
        {
            var (from, to) = (Now(tie.CustomerId), Now(tie.OtherId));
            if (from == to || !known.Add(from == survivor.Id ? to : from))
            {
                equal++;
                continue;
            }

            (tie.CustomerId, tie.OtherId) = (from, to);
            moved++;
        }

        _moves.Add(new(nameof(Relationship), moved, equal));

        long Now(long id) => _others.Contains(id) ? survivor.Id : id;
    }

    private async Task MoveFollowersAsync(CancellationToken cancellationToken)
    {
        var following = (await db.CustomerFollowers.Where(f => f.CustomerId == survivor.Id).Select(f => f.UserId).ToListAsync(cancellationToken)).ToHashSet();
        var (moved, equal) = (0, 0);
        foreach (var follower in await db.CustomerFollowers.Where(f => _others.Contains(f.CustomerId)).OrderBy(f => f.Id).ToListAsync(cancellationToken))
        {
            if (!following.Add(follower.UserId))
            {
                equal++;
                continue;
            }

            await RecordAsync(nameof(CustomerFollower), follower.Id, follower.CustomerId, cancellationToken);
            follower.CustomerId = survivor.Id;
            moved++;
        }

        _moves.Add(new(nameof(CustomerFollower), moved, equal));
        foreach (var notification in await db.Notifications.Where(n => _others.Contains(n.CustomerId!.Value)).ToListAsync(cancellationToken))
        {
            await RecordAsync(nameof(Notification), notification.Id, notification.CustomerId!.Value, cancellationToken);
            notification.CustomerId = survivor.Id;
        }
    }

    private async Task DecidePairsAsync(CancellationToken cancellationToken)
    {
        List<long> all = [survivor.Id, .. _others];
        var pairs = await db.DuplicatePairs.Where(p => all.Contains(p.FirstId) || all.Contains(p.SecondId)).ToListAsync(cancellationToken);
        var known = pairs.Select(p => (p.FirstId, p.SecondId)).ToHashSet();
        foreach (var pair in pairs)
        {
            if (all.Contains(pair.FirstId) && all.Contains(pair.SecondId))
            {
                (pair.State, pair.DecidedByName, pair.DecidedAt) = (DuplicateState.Merged, actor.Name, now);
                continue;
            }

            // Whoever was found not to be one of them is not the survivor either.
            var third = all.Contains(pair.FirstId) ? pair.SecondId : pair.FirstId;
            var key = (Math.Min(third, survivor.Id), Math.Max(third, survivor.Id));
            if (pair.State != DuplicateState.NotDuplicate || !known.Add(key)) continue;
            db.DuplicatePairs.Add(new DuplicatePair
            {
                FirstId = key.Item1, SecondId = key.Item2, Score = pair.Score, Reasons = pair.Reasons, State = DuplicateState.NotDuplicate,
                FoundAt = pair.FoundAt, DecidedByName = pair.DecidedByName, DecidedAt = pair.DecidedAt,
            });
        }
    }

    /// <summary>The row of the audit for a move that is not recorded by itself, so that undoing finds it.</summary>
    private async Task RecordAsync(string entityType, long id, long from, CancellationToken cancellationToken) => db.AuditEntries.Add(new AuditEntry
    {
        ChangeSet = await db.StartChangeSetAsync(cancellationToken), EntityType = entityType, EntityId = id, CustomerId = survivor.Id, Action = AuditAction.Updated,
        Fields = "CustomerId", Values = JsonSerializer.Serialize(new Dictionary<string, object?[]> { ["CustomerId"] = [from, survivor.Id] }, ChangeRecorder.Json),
    });
}
