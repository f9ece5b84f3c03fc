namespace CrmPortal.Core.Imports;

/// <summary>What a column is taken for, or why it is not taken for anything.</summary>
/// <param name="Field">The field, or null where the column goes nowhere.</param>
/// <param name="Reason">A sentence as a key of the texts on screens.</param>
/// <param name="Arguments">What belongs into its placeholders.</param>
public sealed record ColumnInsight(string? Field, string Reason, IReadOnlyList<string> Arguments);

/// <summary>What is understood of a file.</summary>
/// <param name="Layout">The system that writes such files, such as <c>Shopify orders</c>; null where none is recognised.</param>
/// <param name="Columns">In the file's order.</param>
public sealed record FileInsight(string? Layout, IReadOnlyList<ColumnInsight> Columns);

/// <summary>The sentences of <see cref="ColumnInsight"/>.</summary>
internal static class InsightReasons
{
    public const string Heading = "Understood by its name.";
    public const string HeadingWithout = "Understood by its name without “{0}”.";
    public const string Values = "Understood by its values.";
    public const string ByHand = "Chosen by hand.";
    public const string Blank = "There is nothing in this column.";
    public const string OtherColumn = "Another column fits better: “{0}”.";
    public const string OtherValues = "The name is known, but the values do not fit it.";
    public const string NoField = "The name is known, but there is no field for it. Add a custom field to keep it.";
    public const string Unknown = "The name is not known. Choose a field, or add a custom field to keep it.";
}
