using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers.Fields;

internal sealed class CustomFieldPart : CustomerPart<CustomFieldValue>
{
    public override int Position => 120;

    public override bool IsShownAsAt => true;

    public override async Task MergeAsync(MergeMover merge, CancellationToken cancellationToken)
    {
        var fields = await merge.Db.CustomFields.ToDictionaryAsync(f => f.Id, cancellationToken);
        await merge.UniqueAsync(merge.Db.CustomFieldValues, v => v.FieldId, cancellationToken, new(
            v => $"field.{fields[v.FieldId].Key}", v => fields[v.FieldId].Label, Says,
            (to, from) => (to.Text, to.TextKey, to.Number, to.Day, to.IsYes, to.Secret) = (from.Text, from.TextKey, from.Number, from.Day,
                from.IsYes, from.Secret))
        {
            IsSecret = v => v.Secret is not null,
        });
    }

    public override async Task<IReadOnlyDictionary<long, string>> TitlesAsync(
        CrmDbContext db, IReadOnlyList<AuditEntry> rows, CancellationToken cancellationToken)
    {
        var fields = AuditKeys.Of(rows, nameof(CustomFieldValue.FieldId));
        var bare = rows.Select(r => r.EntityId).Except(fields.Keys).ToList();
        if (bare.Count > 0)
            foreach (var row in await db.CustomFieldValues.Where(v => bare.Contains(v.Id)).Select(v => new { v.Id, v.FieldId })
                .ToListAsync(cancellationToken)) fields[row.Id] = row.FieldId;
        var ids = fields.Values.Distinct().ToList();
        var labels = await db.CustomFields.Where(f => ids.Contains(f.Id)).ToDictionaryAsync(f => f.Id, f => f.Label, cancellationToken);
        return fields.Where(f => labels.ContainsKey(f.Value)).ToDictionary(f => f.Key, f => labels[f.Value]);
    }

    /// <summary>The value as the API writes it; an encrypted one only by what tells it from another.</summary>
    private static string? Says(CustomFieldValue value) =>
        value.Text
        ?? (value.Number is { } scaled ? (scaled / (decimal)CustomFieldValue.NumberScale).ToString("0.####", CultureInfo.InvariantCulture)
            : null)
        ?? value.Day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        ?? (value.IsYes is { } yes ? yes ? "true" : "false" : value.Secret);
}
