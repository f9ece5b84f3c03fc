using System.Globalization;

namespace CrmPortal.Core.Reports;

/// <summary>What reports over time have in common.</summary>
internal static class ReportPartColumn
{
    public const string Name = "period";

    /// <summary>The filter of a list for the days of a part.</summary>
    public static string Filter(string field, ReportPart part) =>
        string.Create(CultureInfo.InvariantCulture, $"{field}:between:{part.First:yyyy-MM-dd},{part.Last:yyyy-MM-dd}");

    /// <summary>A sum divided by a count, rounded half away from zero; null without any.</summary>
    public static long? Ratio(long sum, long count) => count == 0 ? null
        : (long)Math.Round((decimal)sum / count, MidpointRounding.AwayFromZero);

    /// <summary>A share in percent with one decimal; null of nothing.</summary>
    public static decimal? Percent(long part, long whole) => whole == 0 ? null
        : Math.Round(100m * part / whole, 1, MidpointRounding.AwayFromZero);
}
