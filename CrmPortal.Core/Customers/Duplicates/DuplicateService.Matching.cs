using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Search;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers.Duplicates;

/// <content>Who may be the same as one customer, or as somebody who is about to be created.</content>
public sealed partial class DuplicateService
{
    /// <summary>While somebody types, an almost equal name is worth a word as well.</summary>
    private const int WorthAWord = 300;

    private const int MostMatches = 5;
    private const int MostCandidates = 100;
    private const int MostNameTerms = 4;
    private const int ShortestWhole = 3;
    private const int Beginning = 2;

    private static readonly DuplicateReasonKind[] Sensitive =
        [DuplicateReasonKind.SameEmail, DuplicateReasonKind.SimilarEmail, DuplicateReasonKind.SamePhone, DuplicateReasonKind.SameAddress,
            DuplicateReasonKind.SameBirthDate];

    /// <summary>Whom the acting user was already told of by a value that is masked for them; each such telling is logged once.</summary>
    private readonly HashSet<long> _told = [];

    /// <summary>
    /// The customers who may already be the one that is being typed, the likeliest first. To whom values are masked, such an answer is
    /// logged.
    /// </summary>
    public async Task<IReadOnlyList<DuplicateMatch>> SimilarToAsync(DuplicateQuestion question, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersCreate, cancellationToken);
        var facts = FactsOf(question);
        return await MatchesAsync(facts, WorthAWord, grant, cancellationToken);
    }

    /// <summary>The customers who may be the same person as this one, the likeliest first.</summary>
    public async Task<IReadOnlyList<DuplicateMatch>> SimilarToAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersMerge, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var facts = (await DuplicateFinder.FactsAsync(db, [customerId], cancellationToken)).GetValueOrDefault(customerId);
        if (facts is null) return [];
        var decided = await db.DuplicatePairs.Where(p => p.State == DuplicateState.NotDuplicate
            && (p.FirstId == customerId || p.SecondId == customerId))
            .Select(p => p.FirstId == customerId ? p.SecondId : p.FirstId).ToListAsync(cancellationToken);
        return [.. (await MatchesAsync(facts, DuplicateScorer.Threshold, grant, cancellationToken))
            .Where(m => !decided.Contains(m.CustomerId))];
    }

    private DuplicateFacts FactsOf(DuplicateQuestion question)
    {
        string? place = null;
        if (question.Address is { Line1: { } street, City: { } city, Country: { } country })
        {
            var address = new Address { Line1 = street, City = city, Country = country.ToUpperInvariant(),
                PostalCode = question.Address.PostalCode };
            address.Derive();
            place = Address.IsPlace(address.PlaceKey) ? address.PlaceKey : null;
        }

        var phone = question.Phone is { } typed
            && PhoneNumber.TryNormalize(typed, question.Address?.Country ?? shop.Value.Country, out var e164) ? e164 : null;
        return new(Word(question.GivenName), Word(question.FamilyName))
        {
            Emails = Word(question.Email) is { } email && email.Contains('@') ? [email.ToLowerInvariant()] : [],
            Phones = phone is null ? [] : [phone],
            Places = place is null ? [] : [place],
            BirthDate = question.DateOfBirth,
            ExternalId = Word(question.ExternalId),
        };

        static string? Word(string? text) => string.IsNullOrWhiteSpace(text) || StoredText.IsUnstorable(text) ? null
            : StoredText.Composed(text.Trim());
    }

    private async Task<IReadOnlyList<DuplicateMatch>> MatchesAsync(DuplicateFacts facts, int least, Grant grant,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var ids = await CandidatesAsync(db, facts, cancellationToken);
        ids.Remove(facts.Id);
        var known = await DuplicateFinder.FactsAsync(db, [.. ids], cancellationToken);
        var scored = known.Values.Select(f => (f.Id, Score: DuplicateScorer.Score(facts, f)))
            // Somebody with the same e-mail, phone or number is told of even where the names differ: it cannot be given twice.
            .Where(m => m.Score.Value >= least || m.Score.Has(DuplicateReasonKind.SameEmail)
                || (m.Score.Has(DuplicateReasonKind.SamePhone) && facts.Id == 0))
            .OrderByDescending(m => m.Score.Value).ThenBy(m => m.Id).Take(MostMatches).ToList();
        var maySee = grant.Has(Permissions.CustomersSensitive);
        var told = maySee ? [] : scored.Where(m => m.Score.Reasons.Any(r => Sensitive.Contains(r.Kind)) && !_told.Contains(m.Id))
            .Select(m => m.Id).ToList();
        if (told.Count > 0) await audit.WriteAsync(AuditAction.Revealed, nameof(Customer), told, "Duplicates", cancellationToken);
        _told.UnionWith(told);
        List<long> shown = [.. scored.Select(m => m.Id)];
        var customers = await db.Customers.AsNoTracking().Where(c => shown.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancellationToken);
        return [.. scored.Where(m => customers.ContainsKey(m.Id))
            .Select(m => new DuplicateMatch(m.Id, customers[m.Id].Number, CustomerQueries.Shown(customers[m.Id], maySee), m.Score.Value,
            m.Score.Reasons))];
    }

    /// <summary>Each value has an index of its own; "or" would have none.</summary>
    private async Task<HashSet<long>> CandidatesAsync(CrmDbContext db, DuplicateFacts facts, CancellationToken cancellationToken)
    {
        var ids = new HashSet<long>();
        var there = db.Customers.Where(c => c.DeletedAt == null);
        List<string> emails = [.. facts.Emails], phones = [.. facts.Phones], places = [.. facts.Places], contacts = [.. emails, .. phones];
        if (emails.Count > 0) await AddAsync(there.Where(c => emails.Contains(c.EmailKey!)).Select(c => c.Id));
        if (phones.Count > 0) await AddAsync(there.Where(c => phones.Contains(c.Phone!)).Select(c => c.Id));
        if (contacts.Count > 0) await AddAsync(db.ContactPoints.Where(p => contacts.Contains(p.ValueKey)).Select(p => p.CustomerId));
        if (places.Count > 0) await AddAsync(db.Addresses.Where(a => places.Contains(a.PlaceKey)).Select(a => a.CustomerId));
        if (facts.ExternalId is { } number) await AddAsync(there.Where(c => c.ExternalId == number).Select(c => c.Id));
        if (facts.BirthDate is { } born)
        {
            var birthday = (born.Month * 100) + born.Day;
            await AddAsync(there.Where(c => c.Birthday == birthday && c.DateOfBirth == born).Select(c => c.Id));
        }

        List<string> terms = [.. facts.Name.All.Where(w => w.Length > 1).Take(MostNameTerms)];
        if (terms.Count > 1 || (terms.Count == 1 && (facts.GivenName is null || facts.FamilyName is null)))
            await AddAsync(provider.MatchCustomers(db, terms, withContacts: false).Where(m => m.Customer.DeletedAt == null)
                .Select(m => m.Key));
        foreach (var near in Near(facts.Name))
            await AddAsync(provider.MatchCustomers(db, near, withContacts: false).Where(m => m.Customer.DeletedAt == null)
                .Select(m => m.Key));
        return ids;

        async Task AddAsync(IQueryable<long> found) => ids.UnionWith(await found.OrderByDescending(id => id).Take(MostCandidates)
            .ToListAsync(cancellationToken));
    }

    /// <summary>For names with a slip in them: one of the two whole, and how the other begins.</summary>
    private static IEnumerable<IReadOnlyList<string>> Near(FoldedName name)
    {
        if (name.Given.Length == 0 || name.Family.Length == 0) yield break;
        var (given, family) = (name.Given[0], name.Family[^1]);
        if (given.Length < ShortestWhole || family.Length < ShortestWhole) yield break;
        yield return [given, family[..Beginning]];
        yield return [given[..Beginning], family];
    }
}
