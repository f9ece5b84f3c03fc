using System.Text.RegularExpressions;

namespace CrmPortal.Core.Imports;

/// <summary>
/// A birthday without its year, as address books and mailing lists keep it: <c>--02-27</c>, <c>04/12</c>, or the year 1604, which some
/// programs write for none.
/// </summary>
internal static partial class YearlessDay
{
    public static bool Is(string text) => Form().IsMatch(text.AsSpan().Trim());

    [GeneratedRegex(@"^(--\d{1,2}-?\d{1,2}|1604-\d{2}-\d{2}|(0?[1-9]|[12]\d|3[01])[/.-](0?[1-9]|[12]\d|3[01])\.?)$")]
    private static partial Regex Form();
}
