using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Consents;

/// <summary>Why a customer is sent no advertising by a channel.</summary>
public enum MarketingHold
{
    /// <summary>They are blocked, inactive or removed.</summary>
    NotActive,

    /// <summary>They complain, and nobody has solved it yet.</summary>
    Complaint,

    /// <summary>They have not agreed, or no longer do.</summary>
    NoConsent,

    /// <summary>They have said that they want none.</summary>
    NotWanted,

    /// <summary>There is nothing to reach them by, or mail to their address comes back for good.</summary>
    Unreachable,
}

/// <summary>What a feature above this one has against advertising to customers for a while, whatever they agreed to.</summary>
public interface IMarketingRest
{
    /// <summary>Those of some customers who are left alone now, each with the key of what they wait for.</summary>
    Task<IReadOnlyDictionary<long, long>> RestingAsync(CrmDbContext db, IReadOnlyCollection<long> customerIds,
        CancellationToken cancellationToken);
}

/// <summary>Whether a customer may be sent advertising.</summary>
/// <param name="Holds">By channel what stands against it; null where nothing does.</param>
/// <param name="ComplaintId">The ticket for which it rests; null where none does.</param>
public sealed record MarketingStanding(IReadOnlyDictionary<Channel, MarketingHold?> Holds, long? ComplaintId);

/// <summary>
/// The one place that decides whether advertising may go to a customer by a channel. Whoever sends any, or counts whom it would reach, asks
/// here.
/// </summary>
public sealed class MarketingService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, IMarketingRest rest)
{
    /// <summary>So many customers can be asked about at once.</summary>
    public const int MostAtOnce = 1_000;

    /// <summary>The channels by which advertising goes.</summary>
    public static IReadOnlyList<Channel> Channels { get; } = [Channel.Email, Channel.Sms, Channel.Phone, Channel.Post];

    /// <summary>What stands against advertising to a customer; null where there is none.</summary>
    public async Task<MarketingStanding?> StandingAsync(long customerId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (!await db.Customers.AnyAsync(c => c.Id == customerId && c.DeletedAt == null, cancellationToken)) return null;
        var (holds, resting) = await HoldsAsync(db, [customerId], cancellationToken);
        return new(holds[customerId], resting.TryGetValue(customerId, out var ticket) ? ticket : null);
    }

    /// <summary>The ticket for which advertising to a customer rests, whatever they agreed to; null where none does.</summary>
    public async Task<long?> ComplaintAsync(long customerId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return (await rest.RestingAsync(db, [customerId], cancellationToken)).TryGetValue(customerId, out var ticket) ? ticket : null;
    }

    /// <summary>Those of some customers to whom advertising may go by a channel, in the order in which they were given.</summary>
    public async Task<IReadOnlyList<long>> ReachableAsync(IReadOnlyList<long> customerIds, Channel channel,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var reachable = new List<long>();
        foreach (var some in customerIds.Distinct().Chunk(MostAtOnce))
        {
            var (holds, _) = await HoldsAsync(db, some, cancellationToken);
            reachable.AddRange(some.Where(id => holds.TryGetValue(id, out var own) && own.GetValueOrDefault(channel) is null
                && own.ContainsKey(channel)));
        }

        return reachable;
    }

    private async Task<(Dictionary<long, IReadOnlyDictionary<Channel, MarketingHold?>> Holds, IReadOnlyDictionary<long, long> Resting)>
        HoldsAsync(CrmDbContext db, IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        var customers = await db.Customers.Where(c => ids.Contains(c.Id)).Select(c => new
        {
            c.Id, IsActive = c.DeletedAt == null && c.Status == CustomerStatus.Active, c.EmailMarketing, c.SmsMarketing, c.EmailKey,
                c.Phone,
            HasAddress = c.Addresses.Any(),
            IsBounced = db.BouncedAddresses.Any(b => b.Address == c.EmailKey && b.IsPermanent),
        }).ToListAsync(cancellationToken);
        var refused = (await db.Set<CommunicationPreference>().Where(p => ids.Contains(p.CustomerId) && p.Kind == MessageKind.Marketing
            && !p.IsOptedIn).Select(p => new { p.CustomerId, p.Channel }).ToListAsync(cancellationToken))
            .Select(p => (p.CustomerId, p.Channel)).ToHashSet();
        // Calls and letters have no flag of their own: what was said last in the ledger holds.
        var withdrawn = (await db.Consents.Where(c => ids.Contains(c.CustomerId) && c.Purpose == ConsentPurpose.Marketing
            && (c.Channel == Channel.Phone || c.Channel == Channel.Post))
            .Select(c => new { c.CustomerId, c.Channel, c.State, c.At, c.Id }).ToListAsync(cancellationToken))
            .GroupBy(c => (c.CustomerId, c.Channel)).Where(g => g.OrderBy(c => c.At).ThenBy(c => c.Id).Last().State
                == ConsentState.Withdrawn).Select(g => g.Key).ToHashSet();
        var resting = await rest.RestingAsync(db, ids, cancellationToken);
        return (customers.ToDictionary(c => c.Id, c => (IReadOnlyDictionary<Channel, MarketingHold?>)Channels.ToDictionary(ch => ch,
            ch => !c.IsActive ? MarketingHold.NotActive
                : resting.ContainsKey(c.Id) ? MarketingHold.Complaint
                : (ch == Channel.Email && !c.EmailMarketing) || (ch == Channel.Sms && !c.SmsMarketing) || withdrawn.Contains((c.Id, ch))
                    ? MarketingHold.NoConsent
                : refused.Contains((c.Id, ch)) ? MarketingHold.NotWanted
                : ch switch
                {
                    Channel.Email => c.EmailKey is not null && !c.IsBounced,
                    Channel.Post => c.HasAddress,
                    _ => c.Phone is not null,
                } ? (MarketingHold?)null : MarketingHold.Unreachable)), resting);
    }
}
