using System.Globalization;
using System.Text;

namespace CrmPortal.Benchmarks;

/// <summary>What the works ask for, found in the data themselves.</summary>
internal sealed record Facts(int Customers, long Orders, IReadOnlyList<long> Ids, string FullName, string? Pair)
{
    private const int SampleSize = 2_000;

    /// <summary>The first three letters of the full name.</summary>
    public string ThreeLetters => Runes(3);

    public string TwoLetters => Runes(2);

    public static async Task<Facts> ReadAsync(BareDatabase bare)
    {
        var customers = await bare.ScalarAsync<int>("select count(*) from \"Customers\" where \"DeletedAt\" is null");
        var orders = await bare.ScalarAsync<long>("select count(*) from \"Orders\"");
        var last = await bare.ScalarAsync<long>("select max(\"Id\") from \"Customers\"");
        var step = Math.Max(1, last / SampleSize);
        var sample = await bare
            .RowsAsync(string.Create(CultureInfo.InvariantCulture,
            $"select \"Id\", \"DisplayName\" from \"Customers\" where \"Id\" % {step} = 0 and \"DeletedAt\" is null order by \"Id\""));
        var names = sample.Select(r => (string)r[1]!).ToList();
        var plain = names.Where(n => n.Contains(' ', StringComparison.Ordinal) && n.All(c => c < 128) && n.Length > 8).ToList();
        var han = names.FirstOrDefault(n => n.EnumerateRunes().Count(IsHan) >= 2);
        // The order in which customers are opened is no order of theirs.
        var random = new Random(1);
        var ids = sample.Select(r => Convert.ToInt64(r[0], CultureInfo.InvariantCulture)).ToArray();
        random.Shuffle(ids);
        return new(customers, orders, ids, plain.Count > 0 ? plain[plain.Count / 2] : names[names.Count / 2], han is null
            ? null : string.Concat(han.EnumerateRunes().Where(IsHan).Take(2)));
    }

    private static bool IsHan(Rune rune) => rune.Value is >= 0x4E00 and <= 0x9FFF;

    private string Runes(int count) => string.Concat(FullName.EnumerateRunes().Where(Rune.IsLetter).Take(count));
}
