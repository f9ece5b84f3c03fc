using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Search;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Consents;

/// <summary>Writes the ledger of consents: entries are added, never changed and never removed.</summary>
internal static class ConsentLedger
{
    /// <summary>Adds an entry; what follows from it on the customer's row is saved with it.</summary>
    public static async Task<Consent> AddAsync(CrmDbContext db, Customer customer, ConsentEntry entry, Actor actor, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var consent = new Consent
        {
            CustomerId = customer.Id, Purpose = entry.Purpose, Channel = entry.Channel, State = entry.State, Source = entry.Source,
                WordingId = entry.WordingId, At = entry.At ?? now,
            ActorId = actor.UserId, ActorName = actor.Name, IpAddress = entry.Evidence.IpAddress,
                UserAgent = Cut(entry.Evidence.UserAgent, Consent.AgentLength), Form = Cut(entry.Evidence.Form, Consent.FormLength),
        };
        db.Consents.Add(consent);
        await FollowAsync(db, customer, entry.Purpose, entry.Channel, cancellationToken);
        return consent;
    }

    /// <summary>The newest entry of each purpose and channel.</summary>
    public static async Task<List<CurrentConsent>> CurrentAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken)
    {
        var newest = await db.Consents.AsNoTracking().Where(c => c.CustomerId == customerId).GroupBy(c => new { c.Purpose, c.Channel })
            .Select(g => g.OrderByDescending(c => c.At).ThenByDescending(c => c.Id).First()).ToListAsync(cancellationToken);
        return [.. newest.OrderBy(c => c.Purpose).ThenBy(c => c.Channel)
            .Select(c => new CurrentConsent(c.Id, c.Purpose, c.Channel, c.State, c.At))];
    }

    /// <summary>
    /// Lets the customer's flags follow the newest entry, which may be an older one than the one that was added just now.
    /// </summary>
    public static async Task FollowAsync(CrmDbContext db, Customer customer, ConsentPurpose purpose, Channel channel,
        CancellationToken cancellationToken)
    {
        if (purpose != ConsentPurpose.Marketing || channel is not (Channel.Email or Channel.Sms)) return;
        var stored = await db.Consents.AsNoTracking().Where(c => c.CustomerId == customer.Id && c.Purpose == purpose
            && c.Channel == channel)
            .OrderByDescending(c => c.At).ThenByDescending(c => c.Id).Select(c => new { c.At, c.State })
                .FirstOrDefaultAsync(cancellationToken);
        // Of entries of the same moment the one that was added last holds.
        var added = db.Consents.Local.Where(c => c.CustomerId == customer.Id && c.Purpose == purpose && c.Channel == channel
            && db.Entry(c).State == EntityState.Added)
            .Select((c, i) => (Consent: c, Index: i)).OrderByDescending(c => c.Consent.At).ThenByDescending(c => c.Index)
                .FirstOrDefault().Consent;
        var state = added is not null && (stored is null || added.At >= stored.At) ? added.State : stored?.State;
        if (channel == Channel.Email) customer.EmailMarketing = state == ConsentState.Granted;
        else customer.SmsMarketing = state == ConsentState.Granted;
    }

    /// <summary>The present wording of a purpose in a language, or else in English, or else in any.</summary>
    public static async Task<ConsentWording?> WordingAsync(CrmDbContext db, ConsentPurpose purpose, string language,
        CancellationToken cancellationToken)
    {
        var wordings = await NewestWordings(db).Where(w => w.Purpose == purpose).ToListAsync(cancellationToken);
        return Best(wordings, language);
    }

    public static ConsentWording? Best(IReadOnlyCollection<ConsentWording> wordings, string language) =>
        wordings.FirstOrDefault(w => w.Language == language) ?? wordings.FirstOrDefault(w => w.Language == language.Split('-')[0])
            ?? wordings.FirstOrDefault(w => w.Language == "en") ?? wordings.OrderBy(w => w.Id).FirstOrDefault();

    public static IQueryable<ConsentWording> NewestWordings(CrmDbContext db) =>
        db.ConsentWordings.AsNoTracking()
            .Where(w => !db.Set<ConsentWording>().Any(o => o.Purpose == w.Purpose && o.Language == w.Language && o.Number > w.Number));

    private static string? Cut(string? text, int longest)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var clean = string.Concat(text.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)));
        return SearchText.Cut(clean.Trim(), longest);
    }
}
