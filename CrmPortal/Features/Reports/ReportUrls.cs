using System.Globalization;
using CrmPortal.Core.Reports;
using CrmPortal.Layout;

namespace CrmPortal.Features.Reports;

/// <summary>The addresses of reports, with what was chosen in them.</summary>
internal static class ReportUrls
{
    public static string Report(string name, ReportChoice? choice = null, long? saved = null) =>
        With($"{CrmUrls.Reports}/{name}", choice ?? new(), saved);

    public static string Kept(long id) => string.Create(CultureInfo.InvariantCulture, $"{CrmUrls.Reports}/kept/{id}");

    public static string With(string address, ReportChoice choice, long? saved)
    {
        var query = choice.ToString();
        if (saved is { } id)
            query += (query.Length > 0 ? "&" : "") + "saved=" + id.ToString(CultureInfo.InvariantCulture);
        return query.Length == 0 ? address : $"{address}?{query}";
    }
}
