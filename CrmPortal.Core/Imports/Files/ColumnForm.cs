namespace CrmPortal.Core.Imports;

/// <summary>How one column writes dates and numbers. The plan says it for the file; a column that cannot be read so has a form of its
/// own.</summary>
internal readonly record struct ColumnForm(string DateFormat, bool IsDecimalComma, bool IsUtc)
{
    public static ColumnForm Of(ImportPlan plan, ColumnProfile column) => new(
        column.DateFormats.Count > 0 && !column.DateFormats.Contains(plan.DateFormat) ? column.DateFormats[0] : plan.DateFormat,
        column.IsNumber == column.IsCommaNumber ? plan.IsDecimalComma : column.IsCommaNumber,
        Heading.Of(column.Name).IsUtc);
}
