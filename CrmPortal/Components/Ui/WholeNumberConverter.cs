using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using MudBlazor;

namespace CrmPortal.Components.Ui;

/// <summary>
/// Whole numbers as the browser hands them over. One that is too large for its type becomes the largest that there is, so that the rule of
/// the form says in its own words what may stand here; the library would make it zero and add a sentence of its own.
/// </summary>
internal sealed class WholeNumberConverter<T> : IReversibleConverter<T?, string?>
{
    private static readonly Type Kind = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);

    /// <summary>One of these, or null where the field is for something else.</summary>
    public static WholeNumberConverter<T>? Instance { get; } = Kind == typeof(int) || Kind == typeof(long) ? new() : null;

    private WholeNumberConverter()
    {
    }

    public string? Convert(T? input) => (input as IFormattable)?.ToString(null, CultureInfo.InvariantCulture);

    [return: MaybeNull]
    public T ConvertBack(string? input)
    {
        if (string.IsNullOrWhiteSpace(input)) return default;
        if (!long.TryParse(input, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            if (!double.TryParse(input, NumberStyles.Float, CultureInfo.InvariantCulture, out var large) || !double.IsInteger(large))
                throw new FormatException($"{input} is not a whole number.");
            number = long.CreateSaturating(large);
        }

        return (T)(Kind == typeof(int) ? (object)int.CreateSaturating(number) : number);
    }
}
