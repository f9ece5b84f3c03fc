using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>Whether a customer wants messages of a kind by a channel.</summary>
public sealed record CommunicationPreferenceDetails(long Id, Channel Channel, MessageKind Kind, bool IsOptedIn, DateTimeOffset ChangedAt);

public sealed record PreferenceDetails(long Id, string Type, string Key, string Value);

/// <summary>A preference to set; a blank value removes it.</summary>
public sealed record PreferenceInput(string? Type, string? Key, string? Value);

/// <summary>What a customer wants: messages by channel and kind, and whatever else the shop notes.</summary>
public sealed class PreferenceService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, CustomerService customers,
    TimeProvider clock)
{
    public const int MostPreferences = 200;

    /// <summary>What was said about channels and kinds; nothing said is no entry.</summary>
    public async Task<IReadOnlyList<CommunicationPreferenceDetails>> CommunicationAsync(long customerId,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await db.CommunicationPreferences.AsNoTracking()
            .Where(p => p.CustomerId == customerId && db.Set<Customer>().Any(c => c.Id == customerId && c.DeletedAt == null))
            .ToListAsync(cancellationToken);
        return [.. found.OrderBy(p => p.Channel).ThenBy(p => p.Kind).Select(Details)];
    }

    /// <summary>Notes whether the customer wants messages of a kind by a channel; null where there is no such customer.</summary>
    public async Task<PartChangeResult<CommunicationPreferenceDetails>?> SetCommunicationAsync(long customerId, Channel channel,
        MessageKind kind, bool isOptedIn, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        CommunicationPreference? preference = null;
        var changed = await customers.ChangeAsync(grant, customerId, "customer.preferences", Permissions.CustomersEdit, async (db, _) =>
        {
            preference = await db.CommunicationPreferences.FirstOrDefaultAsync(p => p.CustomerId == customerId && p.Channel == channel
                && p.Kind == kind, cancellationToken);
            if (preference is null)
                db.CommunicationPreferences
                .Add(preference = new CommunicationPreference { CustomerId = customerId, Channel = channel, Kind = kind });
            else if (preference.IsOptedIn == isOptedIn) return;
            preference.IsOptedIn = isOptedIn;
            preference.ChangedAt = clock.GetUtcNow();
        }, cancellationToken);
        return changed is null ? null : new(Details(preference!), changed.ChangeSetId);
    }

    /// <summary>Forgets what was said about a channel and a kind.</summary>
    public async Task<long?> RemoveCommunicationAsync(long customerId, long preferenceId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var found = false;
        var changed = await customers.ChangeAsync(grant, customerId, "customer.preferences", Permissions.CustomersEdit, async (db, _) =>
        {
            if (await db.CommunicationPreferences.FirstOrDefaultAsync(p => p.Id == preferenceId && p.CustomerId == customerId,
                cancellationToken) is not { } preference) return;
            found = true;
            db.CommunicationPreferences.Remove(preference);
        }, cancellationToken);
        return found ? changed?.ChangeSetId : null;
    }

    /// <summary>The other preferences by type and key.</summary>
    public async Task<IReadOnlyList<PreferenceDetails>> ListAsync(long customerId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Preferences.Where(p => p.CustomerId == customerId
            && db.Set<Customer>().Any(c => c.Id == customerId && c.DeletedAt == null))
            .OrderBy(p => p.Type).ThenBy(p => p.Key).Take(MostPreferences).Select(p => new PreferenceDetails(p.Id, p.Type, p.Key, p.Value))
                .ToListAsync(cancellationToken);
    }

    /// <summary>Sets many preferences at once, each named by its type and key; all of them or none.</summary>
    /// <exception cref="RuleViolationException">One of them is wrong, or there are too many.</exception>
    public async Task<PartChangeResult<IReadOnlyList<PreferenceDetails>>?> SetAsync(long customerId, IReadOnlyList<PreferenceInput> wanted,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        if (wanted.Count > MostPreferences)
            throw new RuleViolationException("Preferences", "A customer can have at most {0} preferences.", MostPreferences);
        var errors = new List<FieldError>();
        var inputs = wanted.Select(w => (
            Type: TextRules.Required(nameof(w.Type), w.Type, Preference.WordLength, "A preference needs a type.", errors),
            Key: TextRules.Required(nameof(w.Key), w.Key, Preference.WordLength, "A preference needs a key.", errors),
            TextRules.Text(nameof(w.Value), w.Value, Preference.ValueLength, errors).Value)).ToList();
        if (errors.Count > 0) throw new RuleViolationException(errors);

        List<Preference> present = [];
        var changed = await customers.ChangeAsync(grant, customerId, "customer.preferences", Permissions.CustomersEdit, async (db, _) =>
        {
            present = await db.Preferences.Where(p => p.CustomerId == customerId).ToListAsync(cancellationToken);
            foreach (var (type, key, value) in inputs)
            {
                var known = present.FirstOrDefault(p => p.Type == type && p.Key == key);
                if (value is null)
                {
                    if (known is null) continue;
                    present.Remove(known);
                    db.Preferences.Remove(known);
                }
                else if (known is not null)
                {
                    known.Value = value;
                }
                else
                {
                    present.Add(db.Preferences
                        .Add(new Preference { CustomerId = customerId, Type = type, Key = key, Value = value }).Entity);
                }
            }

            if (present.Count > MostPreferences)
                throw new RuleViolationException("Preferences", "A customer can have at most {0} preferences.", MostPreferences);
        }, cancellationToken);
        return changed is null
            ? null : new([.. present.OrderBy(p => p.Type, StringComparer.Ordinal).ThenBy(p => p.Key, StringComparer.Ordinal)
            .Select(p => new PreferenceDetails(p.Id, p.Type, p.Key, p.Value))], changed.ChangeSetId);
    }

    private static CommunicationPreferenceDetails Details(CommunicationPreference p) =>
        new(p.Id, p.Channel, p.Kind, p.IsOptedIn, p.ChangedAt);
}
