using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;

namespace CrmPortal.Core.Customers;

/// <summary>The tables of which every change that rules may ask about leaves a mark at the customers concerned.</summary>
public interface IMarkedTables
{
    IReadOnlySet<string> Names { get; }
}

/// <summary>
/// Remembers how many customers a query has, exactly as long as nothing has changed of which it asks. Every change of what rules read
/// leaves a mark in its own transaction, and marks are taken away only by a transaction that raises a counter (the keeper of segments):
/// where no mark is there and the counter stands as it stood, there was no change, on whichever node.
/// </summary>
public sealed partial class CustomerCounts(IDatabaseProvider provider, IMarkedTables marked) : IDisposable
{
    /// <summary>The counter that is raised by every transaction that takes marks away.</summary>
    public const string MarksTaken = "segments";

    private const int MostKnown = 2_000;
    private static readonly TimeSpan Unasked = TimeSpan.FromMinutes(10);

    private readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = MostKnown });

    /// <summary>The exact number of customers, counted by <paramref name="count"/> where it is not known.</summary>
    internal async Task<int> CountAsync(IQueryable<CustomerMatch> matches, Func<Task<int>> count,
        CancellationToken cancellationToken)
    {
        if (await KeyAsync(matches, cancellationToken) is not { } key) return await count();
        if (_known.TryGetValue(key, out int known)) return known;
        // Counted after the key was made: a change that comes in between is marked, and the key is not that of anybody after it.
        var counted = await count();
        return _known.Set(key, counted, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = Unasked });
    }

    /// <summary>The exact number where it is known; null where it would have to be counted.</summary>
    internal async Task<int?> KnownAsync(IQueryable<CustomerMatch> matches, CancellationToken cancellationToken) =>
        _known.Count > 0 && await KeyAsync(matches, cancellationToken) is { } key && _known.TryGetValue(key, out int known)
            ? known : null;

    public void Dispose() => _known.Dispose();

    /// <summary>The question with the state of the data in which it is asked; null where its answer may change without a mark.</summary>
    private async Task<(long State, string Question)?> KeyAsync(IQueryable<CustomerMatch> matches, CancellationToken cancellationToken)
    {
        if (await StateAsync(cancellationToken) is not { } state) return null;
        var question = matches.Select(m => m.Key).ToQueryString();
        if (Tables().Matches(question).Any(t => !marked.Names.Contains(t.Groups["name"].Value))) return null;
        // The values that somebody looks for are not kept.
        return (state, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(question))));
    }

    /// <summary>The counter of those who take marks away, or null while a mark waits.</summary>
    private async Task<long?> StateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await provider.OpenAsync(cancellationToken);
        await using var command = connection.Command("""
            select "Value" from "DailyCounters" where "Name" = @value and not exists (select 1 from "StaleCustomers")
            """, MarksTaken);
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }

    [GeneratedRegex("""\b(from|join)\s+"(?<name>[^"]+)"|\b(from|join)\s+(?<name>[a-z_]\w*)\s""", RegexOptions.IgnoreCase)]
    private static partial Regex Tables();
}
