using System.Globalization;
using CrmPortal.Core.Analytics;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Analytics;

/// <summary>
/// Purchases of 2,357 customers of a music shop in 1997 and 1998, on which the authors of the models tried them. The models may know the
/// first 39 weeks; the 39 after these are foretold.
/// </summary>
internal static class Cdnow
{
    public static readonly DateOnly Until = new(1997, 9, 30);
    public static readonly DateOnly End = new(1998, 6, 30);

    public static PurchaseDay[] Days() => [.. File.ReadLines(TestData.Find("cdnow", "CDNOW_sample.txt"))
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        .Where(fields => fields.Length == 5)
        .Select(fields => new PurchaseDay(long.Parse(fields[1], CultureInfo.InvariantCulture),
            DateOnly.ParseExact(fields[2], "yyyyMMdd", CultureInfo.InvariantCulture), Number(fields[4])))];

    public static PurchaseHistory[] Histories() => [.. PurchaseHistories.Of(Days(), Until).Select(c => c.History)];

    /// <summary>
    /// The same with times in weeks and mean values as they are often printed, rounded to two decimals: other printed figures rest on
    /// these.
    /// </summary>
    public static PurchaseHistory[] RoundedHistories()
    {
        var exact = Histories();
        return [.. File.ReadLines(TestData.Find("cdnow", "cdnow_customers_summary.csv")).Skip(1).Select(line => line.Split(','))
            .Select((fields, i) => new PurchaseHistory(int.Parse(fields[1], CultureInfo.InvariantCulture), Number(fields[2]),
                Number(fields[3]), (double)Math.Round((decimal)exact[i].MeanValue, 2, MidpointRounding.AwayFromZero)))];
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
