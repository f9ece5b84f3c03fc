using System.Globalization;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Analytics;

/// <summary>How far ahead the shop looks, as it has chosen.</summary>
internal static class ForecastHorizon
{
    public const int UsualMonths = 12;
    private const string Name = "analytics.clv.months";

    public static async Task<int> ReadAsync(CrmDbContext db, CancellationToken cancellationToken) =>
        await db.Settings.Where(s => s.Name == Name).Select(s => s.Value).FirstOrDefaultAsync(cancellationToken) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture) : UsualMonths;

    public static async Task WriteAsync(CrmDbContext db, int months, CancellationToken cancellationToken)
    {
        var text = months.ToString(CultureInfo.InvariantCulture);
        if (await db.Settings.Where(s => s.Name == Name)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.Value, text), cancellationToken) == 0)
            db.Settings.Add(new Setting { Name = Name, Value = text });
    }
}
