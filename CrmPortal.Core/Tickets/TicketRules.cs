using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>What a ticket and its messages may hold, for every door.</summary>
internal static class TicketRules
{
    private static readonly TimeSpan LongestPending = TimeSpan.FromDays(366);

    public static string Subject(string? subject, List<FieldError> errors)
    {
        var text = TextRules.Required("Subject", subject is null ? null : OneLine(subject), Ticket.SubjectLength,
            "A ticket needs a subject.", errors);
        return text;
    }

    public static string Text(string? text, List<FieldError> errors) =>
        TextRules.Required("Text", text, TicketMessage.TextLength, "Write a message first.", errors);

    public static string? Email(string? email, List<FieldError> errors)
    {
        var address = TextRules.Text("ContactEmail", email, TextRules.EmailLength, errors).Value?.ToLowerInvariant();
        if (address is not null && !TextRules.IsEmail(address)) errors.Add(new("ContactEmail", "This is not an e-mail address."));
        return address;
    }

    /// <summary>When a pending ticket comes back; null for one that only an answer brings back.</summary>
    public static DateTimeOffset? PendingUntil(TicketState state, DateTimeOffset? until, DateTimeOffset now, List<FieldError> errors)
    {
        if (state != TicketState.Pending || until is not { } at) return null;
        if (at <= now || at > now + LongestPending) errors.Add(new("PendingUntil", "Choose a time ahead, within a year."));
        return at;
    }

    /// <summary>The queue with this key, or the usual one.</summary>
    public static async Task<long> QueueAsync(CrmDbContext db, long? id, List<FieldError> errors, CancellationToken cancellationToken)
    {
        var queue = await db.TicketQueues.Where(q => q.ArchivedAt == null && (id == null ? q.IsUsual : q.Id == id)).Select(q => q.Id)
            .FirstOrDefaultAsync(cancellationToken);
        if (queue == 0) errors.Add(new("QueueId", "There is no such queue."));
        return queue;
    }

    /// <summary>Refuses somebody who cannot work on tickets.</summary>
    public static async Task AgentAsync(CrmDbContext db, long? id, List<FieldError> errors, CancellationToken cancellationToken)
    {
        if (id is null) return;
        var roles = await db.Users.Where(u => u.Id == id && u.DisabledAt == null)
            .SelectMany(u => u.Roles.Select(r => r.Role!.Permissions)).ToListAsync(cancellationToken);
        if (!roles.Exists(r => r.Contains(Permissions.TicketsWork)))
            errors.Add(new("AssigneeId", "This person does not work on tickets."));
    }

    /// <summary>The customer with this key, or whoever they were merged into; null where there is none.</summary>
    public static async Task<Customer?> CustomerAsync(CrmDbContext db, long id, List<FieldError> errors,
        CancellationToken cancellationToken)
    {
        var lead = await MergedCustomers.LeadAsync(db, id, cancellationToken);
        var customer = await db.Customers.AsNoTracking().FirstOrDefaultAsync(c => c.Id == lead && c.DeletedAt == null, cancellationToken);
        if (customer is null) errors.Add(new("CustomerId", "There is no such customer."));
        return customer;
    }

    /// <summary>A subject is one line, however it came.</summary>
    public static string OneLine(string text) =>
        string.Join(' ', text.Split([.. "\r\n\t\v\f\u0085\u2028\u2029"],
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
