using System.Text.Encodings.Web;
using System.Text.Json;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace CrmPortal.Core.Tickets;

/// <summary>The shop's own fields of tickets: a text by key, kept on the ticket's row, so that audit, undo and versions know it.</summary>
internal static class TicketFields
{
    // People read it in the audit log.
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IReadOnlyDictionary<string, string> Read(string? stored) => stored is null ? new Dictionary<string, string>()
        : JsonSerializer.Deserialize<SortedDictionary<string, string>>(stored, Json)!;

    /// <summary>What is stored, with some fields set to texts that were checked; null clears one.</summary>
    public static string? With(string? stored, IReadOnlyDictionary<string, string?> fields)
    {
        var all = new SortedDictionary<string, string>(Read(stored).ToDictionary(), StringComparer.Ordinal);
        foreach (var (key, text) in fields)
        {
            if (text is null) all.Remove(key);
            else all[key] = text;
        }

        return all.Count == 0 ? null : JsonSerializer.Serialize(all, Json);
    }

    /// <summary>The texts in the form in which they are kept; null for a blank one.</summary>
    /// <param name="errors">What is wrong, beside <c>Fields.key</c>.</param>
    public static async Task<IReadOnlyDictionary<string, string?>> CheckAsync(CrmDbContext db, IReadOnlyDictionary<string, string?> typed,
        List<FieldError> errors, CancellationToken cancellationToken)
    {
        var checkedTexts = new Dictionary<string, string?>();
        if (typed.Count == 0) return checkedTexts;
        var keys = typed.Keys.Where(k => !StoredText.IsUnstorable(k)).ToList();
        var fields = await db.CustomFields.AsNoTracking().Where(f => f.Subject == CustomFieldSubject.Ticket && !f.IsArchived
            && keys.Contains(f.Key)).ToDictionaryAsync(f => f.Key, cancellationToken);
        foreach (var (key, text) in typed)
        {
            var name = $"Fields.{key}";
            if (!fields.TryGetValue(key, out var field)) errors.Add(new(name, "There is no field {0}.", key));
            else if (string.IsNullOrWhiteSpace(text)) checkedTexts[key] = null;
            else if (CustomFieldWriter.Check(field, StoredText.Composed(text.Trim()), name, errors) is { } kept) checkedTexts[key] = kept;
        }

        return checkedTexts;
    }

    /// <summary>The fields that are offered, with what a ticket has in them.</summary>
    public static async Task<IReadOnlyList<CustomFieldAnswer>> AnswersAsync(CrmDbContext db, string? stored,
        CancellationToken cancellationToken)
    {
        var values = Read(stored);
        return [.. (await db.CustomFields.InOrder(CustomFieldSubject.Ticket, false).ToListAsync(cancellationToken))
            .Select(f => new CustomFieldAnswer(CustomFieldService.Details(f), values.GetValueOrDefault(f.Key), false))];
    }

    /// <summary>Brings the rows that filters look at to what the tickets have.</summary>
    public static async Task FollowAsync(CrmDbContext db, IReadOnlyList<EntityEntry<Ticket>> tickets, CancellationToken cancellationToken)
    {
        if (tickets.Count == 0) return;
        var ids = tickets.Where(t => t.State != EntityState.Added).Select(t => t.Entity.Id).ToList();
        var present = (ids.Count == 0 ? [] : await db.TicketFieldValues.Where(v => ids.Contains(v.TicketId))
            .ToListAsync(cancellationToken)).ToLookup(v => v.TicketId);
        var wanted = tickets.ToDictionary(t => t.Entity, t => Read(t.Entity.FieldsJson));
        var keys = wanted.Values.SelectMany(f => f.Keys).Distinct().ToList();
        var fields = keys.Count == 0 ? [] : await db.CustomFields.AsNoTracking()
            .Where(f => f.Subject == CustomFieldSubject.Ticket && keys.Contains(f.Key)).ToListAsync(cancellationToken);
        foreach (var (ticket, texts) in wanted)
        {
            var rows = ticket.Id == 0 ? [] : present[ticket.Id].ToList();
            var kept = fields.Where(f => texts.ContainsKey(f.Key)).ToList();
            db.TicketFieldValues.RemoveRange(rows.Where(r => !kept.Exists(f => f.Id == r.FieldId)));
            foreach (var field in kept)
            {
                var row = rows.Find(r => r.FieldId == field.Id);
                var isNew = row is null;
                row ??= new() { TicketId = ticket.Id, FieldId = field.Id };
                CustomFieldWriter.SetOpen(field, row, texts[field.Key]);
                if (!isNew) db.Entry(row).DetectChanges();
                else if (ticket.Id == 0) ticket.Fields.Add(row);
                else db.TicketFieldValues.Add(row);
            }
        }
    }
}
