using System.Globalization;
using System.Linq.Expressions;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Filtering;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers.Fields;

/// <summary>
/// Filters on the shop's own fields, named <c>field.key</c>. A value is in the column of its field's type alone, so a
/// comparison asks the column that fits it. Values of sensitive fields are encrypted and cannot be compared.
/// </summary>
internal static class CustomFieldFilters
{
    public const string Prefix = "field.";

    /// <summary>The fields as a catalogue lists them.</summary>
    public static IEnumerable<FilterField> Fields(IEnumerable<CustomFieldDetails> fields) => fields.Where(f => !f.IsSensitive)
        .Select(f => Field(f.Key, f.Label, f.Type, f.Choices, f.IsSensitive));

    /// <summary>
    /// The same context with the fields that there are, where a filter names one; archived ones still answer the views that name them.
    /// </summary>
    public static async Task<FilterContext> WithAddedAsync(this FilterContext context, CrmDbContext db, string? filter,
        CancellationToken cancellationToken, CustomFieldSubject subject = CustomFieldSubject.Customer)
    {
        if (filter?.Contains(Prefix, StringComparison.Ordinal) != true) return context;
        var fields = await db.CustomFields.AsNoTracking().Where(f => f.Subject == subject
            && (context.MaySeeSensitive || !f.IsSensitive))
            .ToListAsync(cancellationToken);
        return context with { Added = [.. fields.Select(f => Field(f.Key, f.Label, f.Type, f.Choices, f.IsSensitive))] };
    }

    private static FilterField Field(string key, string label, CustomFieldType type, IReadOnlyList<string> choices, bool isSensitive) =>
        new(
        Prefix + key, label, type switch
        {
            CustomFieldType.Number => FilterFieldType.Fraction,
            CustomFieldType.Date => FilterFieldType.Date,
            CustomFieldType.YesNo => FilterFieldType.YesNo,
            CustomFieldType.Choice => FilterFieldType.Choice,
            _ => FilterFieldType.Text,
        }, choices, isSensitive, IsOptional: type is CustomFieldType.Number or CustomFieldType.Date);

    /// <summary>The condition on a customer's values.</summary>
    public static Expression<Func<Customer, bool>>? Build(FilterCondition condition, FilterContext context) =>
        Build<Customer, CustomFieldValue>(c => c.CustomFields, condition, context);

    /// <summary>The condition on the values of whatever has such fields; null where it names none of them.</summary>
    public static Expression<Func<TRow, bool>>? Build<TRow, TValue>(Expression<Func<TRow, IEnumerable<TValue>>> values,
        FilterCondition condition, FilterContext context)
        where TValue : FieldValue
    {
        if (context.Added.FirstOrDefault(f => f.Name == condition.Field) is not { } field) return null;
        // Whether there is a value can be asked of every field; of an encrypted one nothing else.
        var fits = condition.Operator is FilterOperator.Present or FilterOperator.Empty
            || (!field.IsSensitive && field.Operators.Contains(condition.Operator));
        if (!fits || (field.Type == FilterFieldType.Fraction && condition.Values.Any(v => Number(v) is null)))
            throw new RuleViolationException("Filter", "The filter on {0} cannot be read.", condition.Field);
        var key = condition.Field[Prefix.Length..];
        Expression<Func<TRow, bool>> Having(Expression<Func<TValue, bool>> fits) =>
            values.Having(fits.Joined(v => v.Field!.Key == key, Expression.AndAlso));

        switch (condition.Operator)
        {
            case FilterOperator.Present: return values.Having(v => v.Field!.Key == key);
            case FilterOperator.Empty: return values.Having(v => v.Field!.Key == key).Negated();
            case FilterOperator.Yes: return Having(v => v.IsYes == true);
            case FilterOperator.No: return Having(v => v.IsYes == false);
            case FilterOperator.Any or FilterOperator.None or FilterOperator.Is or FilterOperator.Not when condition.Values.Count > 0:
                var words = condition.Values.Select(CustomFieldWriter.KeyOf).ToList();
                var numbers = condition.Values.Select(Number).OfType<long>().ToList();
                var isOne = Having(v => words.Contains(v.TextKey!) || numbers.Contains(v.Number!.Value));
                return condition.Operator is FilterOperator.None or FilterOperator.Not ? isOne.Negated() : isOne;
            case FilterOperator.Starts when condition.Values is [{ Length: > 0 } start]:
                var beginning = CustomFieldWriter.KeyOf(start);
                return Having(v => v.TextKey!.StartsWith(beginning));
            case FilterOperator.More when condition.Values is [var value] && Number(value) is { } least:
                return Having(v => v.Number > least);
            case FilterOperator.Less when condition.Values is [var value] && Number(value) is { } most:
                return Having(v => v.Number < most);
            case FilterOperator.Between when condition.Values is [var from, var until] && Number(from) is { } low
                && Number(until) is { } high:
                return Having(v => v.Number >= low && v.Number <= high);
            case FilterOperator.Last or FilterOperator.Older or FilterOperator.Next or FilterOperator.Before or FilterOperator.After
                or FilterOperator.Between:
                return Having(FilterCatalogue<TValue>.OnDay(condition, context, v => v.Day));
            default: throw new RuleViolationException("Filter", "The filter on {0} cannot be read.", condition.Field);
        }
    }

    private static long? Number(string text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && Math.Abs(number) < 1_000_000_000_000m
            ? (long)Math.Round(number * FieldValue.NumberScale, MidpointRounding.AwayFromZero)
            : null;
}
