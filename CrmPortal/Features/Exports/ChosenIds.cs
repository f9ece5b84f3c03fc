using System.Globalization;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Features.Exports;

/// <summary>Chosen rows in the address of a file.</summary>
internal static class ChosenIds
{
    public static string Write(IEnumerable<long> ids) =>
        "ids=" + string.Join(',', ids.Order().Select(id => id.ToString(CultureInfo.InvariantCulture)));

    /// <exception cref="RuleViolationException">Something in it is no key.</exception>
    public static List<long> Read(string text)
    {
        var ids = new List<long>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                throw new RuleViolationException("Ids", "The selection cannot be read.");
            ids.Add(id);
        }

        return ids;
    }
}
