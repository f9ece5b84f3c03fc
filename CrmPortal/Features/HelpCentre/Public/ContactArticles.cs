using System.Globalization;

namespace CrmPortal.Features.HelpCentre;

/// <summary>The articles that the contact form names: those that were read, and those that it proposed. Nothing else is noted.</summary>
internal static class ContactArticles
{
    public const int Most = 20;

    private const int LongestField = 400;

    public static IReadOnlyList<long> Read(string? field) => field is { Length: > 0 and <= LongestField }
        ? [.. field.Split('.').Select(id => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var known) ? known : 0)
            .Where(id => id > 0).Distinct().Take(Most)] : [];
}
