using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers.Duplicates;

/// <summary>Two customers who may be one person.</summary>
internal readonly record struct FoundPair(long FirstId, long SecondId, DuplicateScore Score);

/// <summary>
/// Finds pairs by values that both have: an e-mail or phone, an external id, a place, a date of birth. Never everyone with everyone:
/// of a value that very many share, only neighbours in the order of names are compared.
/// </summary>
internal sealed class DuplicateFinder(CrmDbContext db)
{
    /// <summary>A value that more customers share than this is no sign that two of them are one.</summary>
    internal const int LargestBlock = 60;

    private const int Neighbours = 5;
    private const int KeysAtOnce = 500;
    private const int PairsAtOnce = 2_000;

    private readonly HashSet<(long, long)> _seen = [];
    private readonly List<(long First, long Second)> _waiting = [];
    private readonly List<FoundPair> _found = [];

    /// <summary>How many values were shared by too many.</summary>
    public int LargeBlocks { get; private set; }

    /// <summary>Compares all customers outside the trash.</summary>
    /// <param name="progress">Told the customers gone through.</param>
    public async Task<IReadOnlyList<FoundPair>> FindAsync(IProgress<(long Done, long Total)> progress, CancellationToken cancellationToken)
    {
        long total = await db.Customers.CountAsync(cancellationToken);
        progress.Report((0, total));
        await BySharedContactsAsync(cancellationToken);
        await BySharedExternalIdsAsync(cancellationToken);
        await BySharedPlacesAsync(cancellationToken);
        await BySlipsAsync(cancellationToken);
        await ByBirthDatesAsync(done => progress.Report((Math.Min(done, total), total)), cancellationToken);
        await ScoreWaitingAsync(cancellationToken);
        progress.Report((total, total));
        return _found;
    }

    /// <summary>Primary e-mails and phones are unique, so anyone who shares one has it as a further contact on one side at least.</summary>
    private async Task BySharedContactsAsync(CancellationToken cancellationToken)
    {
        var last = "";
        while (true)
        {
            var keys = await db.ContactPoints.Where(p => p.ValueKey.CompareTo(last) > 0).Select(p => p.ValueKey).Distinct().OrderBy(k => k)
                .Take(KeysAtOnce).ToListAsync(cancellationToken);
            if (keys.Count == 0) return;
            last = keys[^1];
            var there = db.Customers.Where(c => c.DeletedAt == null);
            var owners = await db.ContactPoints.Where(p => keys.Contains(p.ValueKey))
                .Join(there, p => p.CustomerId, c => c.Id, (p, c) => new { Key = p.ValueKey, c.Id, c.SortName })
                .Union(there.Where(c => keys.Contains(c.EmailKey!)).Select(c => new { Key = c.EmailKey!, c.Id, c.SortName }))
                .Union(there.Where(c => keys.Contains(c.Phone!)).Select(c => new { Key = c.Phone!, c.Id, c.SortName }))
                    .ToListAsync(cancellationToken);
            foreach (var block in owners.GroupBy(o => o.Key))
                await PairAsync([.. block.Select(o => (o.Id, o.SortName))], cancellationToken);
        }
    }

    private async Task BySharedExternalIdsAsync(CancellationToken cancellationToken)
    {
        var shared = await db.Customers.Where(c => c.DeletedAt == null && c.ExternalId != null).GroupBy(c => c.ExternalId!)
            .Where(g => g.Count() > 1).Select(g => g.Key).ToListAsync(cancellationToken);
        foreach (var keys in shared.Chunk(KeysAtOnce))
        {
            var owners = await db.Customers.Where(c => c.DeletedAt == null && keys.Contains(c.ExternalId!))
                .Select(c => new { c.ExternalId, c.Id, c.SortName }).ToListAsync(cancellationToken);
            foreach (var block in owners.GroupBy(o => o.ExternalId))
                await PairAsync([.. block.Select(o => (o.Id, o.SortName))], cancellationToken);
        }
    }

    private async Task BySharedPlacesAsync(CancellationToken cancellationToken)
    {
        var shared = await db.Addresses.GroupBy(a => a.PlaceKey).Where(g => g.Count() > 1).Select(g => g.Key)
            .ToListAsync(cancellationToken);
        foreach (var keys in shared.Where(Address.IsPlace).Chunk(KeysAtOnce))
        {
            var owners = await db.Addresses.Where(a => keys.Contains(a.PlaceKey) && a.Customer!.DeletedAt == null)
                .Select(a => new { a.PlaceKey, a.CustomerId, a.Customer!.SortName }).Distinct().ToListAsync(cancellationToken);
            foreach (var block in owners.GroupBy(o => o.PlaceKey))
                await PairAsync([.. block.Select(o => (o.CustomerId, o.SortName))], cancellationToken);
        }
    }

    /// <summary>People of one name whose e-mails are one slip apart. All of a name are read, but only those are compared.</summary>
    private async Task BySlipsAsync(CancellationToken cancellationToken)
    {
        var (lastName, lastId) = ("", 0L);
        var namesakes = new List<(string Name, long Id, string Email)>();
        while (true)
        {
            var (name, id) = (lastName, lastId);
            var read = await db.Customers.Where(c => c.DeletedAt == null && c.EmailKey != null && c.SortName != ""
                    && (c.SortName.CompareTo(name) > 0 || (c.SortName == name && c.Id > id)))
                .OrderBy(c => c.SortName).ThenBy(c => c.Id).Select(c => new { c.SortName, c.Id, c.EmailKey }).Take(PairsAtOnce)
                    .ToListAsync(cancellationToken);
            foreach (var customer in read)
            {
                if (namesakes.Count > 0 && namesakes[0].Name != customer.SortName) await PairSlipsAsync(namesakes, cancellationToken);
                namesakes.Add((customer.SortName, customer.Id, customer.EmailKey!));
            }

            if (read.Count < PairsAtOnce) break;
            (lastName, lastId) = (read[^1].SortName, read[^1].Id);
        }

        await PairSlipsAsync(namesakes, cancellationToken);
    }

    private async Task PairSlipsAsync(List<(string Name, long Id, string Email)> namesakes, CancellationToken cancellationToken)
    {
        if (namesakes.Count > 1)
        {
            var alike = namesakes.SelectMany(n => EmailSlip.Forms(n.Email).Select(form => (Form: form, n.Id, n.Email))).GroupBy(n => n.Form)
                .Where(g => g.Skip(1).Any());
            foreach (var block in alike.ToList())
            {
                var near = block.Take(LargestBlock).ToList();
                for (var i = 0; i < near.Count; i++)
                    for (var j = i + 1; j < near.Count; j++)
                        if (EmailSlip.IsOne(near[i].Email, near[j].Email)) await PairAsync([(near[i].Id, ""), (near[j].Id, "")],
                            cancellationToken);
            }
        }

        namesakes.Clear();
    }

    /// <summary>The same date of birth says little; a word of the name that begins alike must come with it.</summary>
    private async Task ByBirthDatesAsync(Action<long> report, CancellationToken cancellationToken)
    {
        long done = 0;
        var days = await db.Customers.Where(c => c.DeletedAt == null && c.Birthday != null).Select(c => c.Birthday!.Value).Distinct()
            .OrderBy(b => b).ToListAsync(cancellationToken);
        foreach (var day in days)
        {
            var born = await db.Customers.Where(c => c.DeletedAt == null && c.Birthday == day)
                .Select(c => new { c.Id, c.DateOfBirth, c.SortName }).ToListAsync(cancellationToken);
            foreach (var date in born.GroupBy(c => c.DateOfBirth).Where(g => g.Skip(1).Any()))
            {
                foreach (var block in date.SelectMany(c => Beginnings(c.SortName).Select(start => (Start: start, c.Id, c.SortName)))
                    .GroupBy(c => c.Start))
                    await PairAsync([.. block.Select(c => (c.Id, c.SortName))], cancellationToken);
            }

            report(done += born.Count);
        }
    }

    /// <summary>The first two letters of each word; the whole of a shorter one.</summary>
    private static IEnumerable<string> Beginnings(string sortName) =>
        sortName.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => w.Length <= 2 ? w : w[..2]).Distinct();

    private async Task PairAsync(List<(long Id, string SortName)> block, CancellationToken cancellationToken)
    {
        if (block.Count < 2) return;
        var within = block.Count;
        if (block.Count > LargestBlock)
        {
            LargeBlocks++;
            within = Neighbours;
            block.Sort((a, b) => string.CompareOrdinal(a.SortName, b.SortName) is not 0 and var order ? order : a.Id.CompareTo(b.Id));
        }

        for (var i = 0; i < block.Count; i++)
        {
            for (var j = i + 1; j < Math.Min(block.Count, i + 1 + within); j++)
            {
                var (a, b) = (Math.Min(block[i].Id, block[j].Id), Math.Max(block[i].Id, block[j].Id));
                if (a != b && _seen.Add((a, b))) _waiting.Add((a, b));
            }
        }

        if (_waiting.Count >= PairsAtOnce) await ScoreWaitingAsync(cancellationToken);
    }

    private async Task ScoreWaitingAsync(CancellationToken cancellationToken)
    {
        foreach (var pairs in _waiting.Chunk(PairsAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var facts = await FactsAsync(db, [.. pairs.SelectMany(p => new[] { p.First, p.Second }).Distinct()], cancellationToken);
            foreach (var (first, second) in pairs)
            {
                if (!facts.TryGetValue(first, out var a) || !facts.TryGetValue(second, out var b)) continue;
                var score = DuplicateScorer.Score(a, b);
                if (score.Value >= DuplicateScorer.Threshold) _found.Add(new(first, second, score));
            }
        }

        _waiting.Clear();
    }

    /// <summary>What these customers are compared by.</summary>
    internal static async Task<Dictionary<long, DuplicateFacts>> FactsAsync(CrmDbContext db, IReadOnlyList<long> ids,
        CancellationToken cancellationToken)
    {
        var customers = await db.Customers.Where(c => ids.Contains(c.Id) && c.DeletedAt == null)
            .Select(c => new { c.Id, c.GivenName, c.FamilyName, c.PreferredName, c.EmailKey, c.Phone, c.DateOfBirth, c.ExternalId })
                .ToListAsync(cancellationToken);
        var points = (await db.ContactPoints.Where(p => ids.Contains(p.CustomerId)).Select(p => new { p.CustomerId, p.Kind, p.ValueKey })
            .ToListAsync(cancellationToken)).ToLookup(p => p.CustomerId);
        var places = (await db.Addresses.Where(a => ids.Contains(a.CustomerId)).Select(a => new { a.CustomerId, a.PlaceKey })
            .ToListAsync(cancellationToken)).ToLookup(a => a.CustomerId, a => a.PlaceKey);
        return customers.ToDictionary(c => c.Id, c => new DuplicateFacts(c.GivenName ?? (c.FamilyName is null ? c.PreferredName : null),
            c.FamilyName)
        {
            Id = c.Id,
            Emails = [.. points[c.Id].Where(p => p.Kind == ContactKind.Email).Select(p => p.ValueKey).Append(c.EmailKey).OfType<string>()],
            Phones = [.. points[c.Id].Where(p => p.Kind == ContactKind.Phone).Select(p => p.ValueKey).Append(c.Phone).OfType<string>()],
            Places = [.. places[c.Id].Where(Address.IsPlace)],
            BirthDate = c.DateOfBirth,
            ExternalId = c.ExternalId,
        });
    }
}
