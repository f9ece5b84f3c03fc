using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Filtering;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>The steps from which queries of tickets are built.</summary>
internal static class TicketQueries
{
    /// <summary>The tickets of a query.</summary>
    /// <param name="found">Where set, the tickets that the search found.</param>
    public static IQueryable<Ticket> Matching(this CrmDbContext db, TicketQuery query, FilterContext context, IReadOnlyList<long>? found,
        long? me)
    {
        IQueryable<Ticket> tickets = db.Tickets;
        if (query.CustomerId is { } customer) tickets = tickets.Where(t => t.CustomerId == customer);
        if (found is not null) tickets = tickets.Where(t => found.Contains(t.Id));
        tickets = query.View switch
        {
            TicketView.Open => tickets.Where(t => t.UrgentAt != null && (t.State == TicketState.New || t.State == TicketState.Open)),
            TicketView.Mine => tickets.Where(t => t.UrgentAt != null && t.AssigneeId == me),
            TicketView.Unassigned => tickets.Where(t => t.UrgentAt != null && t.AssigneeId == null),
            TicketView.Waiting => tickets.Where(t => t.UrgentAt != null
                && (t.State == TicketState.Pending || t.State == TicketState.OnHold)),
            TicketView.Followed => tickets.Where(t => db.Set<TicketFollower>().Any(f => f.TicketId == t.Id && f.UserId == me)),
            TicketView.Solved => tickets.Where(t => t.UrgentAt == null),
            _ => tickets,
        };
        return TicketFilters.Catalogue.Predicate(FilterText.Parse(query.Filter), context) is { } predicate
            ? tickets.Where(predicate) : tickets;
    }

    /// <summary>The keys in the order of a list; solved ones have no urgency and come last.</summary>
    public static KeysetPager Listed(this IQueryable<Ticket> tickets, TicketQuery query)
    {
        var isDescending = query.Descending;
        return query.Sort switch
        {
            // Views of unsolved ones hold no others.
            TicketSort.Urgency => new(backwards => tickets.Where(t => t.UrgentAt != null)
                .OrderByWay(backwards, t => t.UrgentAt).Then(backwards, t => t.Id).Select(t => t.Id),
                query.View is TicketView.Open or TicketView.Mine or TicketView.Unassigned or TicketView.Waiting ? null
                    : backwards => tickets.Where(t => t.UrgentAt == null).OrderByWay(!backwards, t => t.LastMessageAt)
                        .Then(!backwards, t => t.Id).Select(t => t.Id)),
            TicketSort.Created => new(backwards => tickets.OrderByWay(isDescending != backwards, t => t.Id).Select(t => t.Id)),
            _ => new(backwards => tickets.OrderByWay(isDescending != backwards, t => t.LastMessageAt)
                .Then(isDescending != backwards, t => t.Id).Select(t => t.Id)),
        };
    }

    /// <summary>The rows of some tickets, in the order of the keys.</summary>
    public static async Task<IReadOnlyList<TicketRow>> TicketRowsAsync(this CrmDbContext db, IReadOnlyList<long> ids, Grant grant,
        CancellationToken cancellationToken)
    {
        if (ids.Count == 0) return [];
        var found = await db.Tickets.AsNoTracking().Where(t => ids.Contains(t.Id)).Include(t => t.Customer).Include(t => t.Queue)
            .Include(t => t.Assignee).ToDictionaryAsync(t => t.Id, cancellationToken);
        return [.. ids.Where(found.ContainsKey).Select(id => Row(found[id], grant))];
    }

    public static TicketRequester Requester(Ticket ticket, Grant grant)
    {
        var (mayView, maySee) = (grant.Has(Permissions.CustomersView), grant.Has(Permissions.CustomersSensitive));
        if (ticket.Customer is { } customer)
        {
            var name = mayView ? CustomerQueries.Shown(customer, maySee) : customer.Number;
            return new(customer.Id, name, Email(ticket.ContactEmail ?? customer.Email), customer.IsVip, customer.Tier);
        }

        return new(null, ticket.ContactName is { } called ? Shown(called, maySee) : Email(ticket.ContactEmail) ?? "",
            Email(ticket.ContactEmail), false, null);

        string? Email(string? address) => maySee ? address : Masking.Email(address);
    }

    /// <summary>What somebody calls themselves; some programs write the address where the name belongs.</summary>
    public static string Shown(string name, bool maySee) => maySee || !TextRules.IsEmail(name) ? name : Masking.Email(name) ?? "";

    public static string? NameOf(User? user) => user is null ? null : user.DisplayName.Length > 0 ? user.DisplayName : user.UserName;

    private static TicketRow Row(Ticket t, Grant grant) => new(t.Id, t.Subject, Requester(t, grant), t.Channel, t.Queue!.Name, t.Priority,
        t.State, t.PendingUntil, NameOf(t.Assignee), t.AssigneeId is not null && t.AssigneeId == grant.Actor.UserId,
        TicketTags.Read(t.Tags), t.CreatedAt, t.LastMessageAt, t.MessageCount, t.IsAnswerDue, t.NextDue, TicketUrgency.Read(t.Urgency));

    private static IOrderedQueryable<Ticket> OrderByWay<TValue>(this IQueryable<Ticket> tickets, bool descending,
        System.Linq.Expressions.Expression<Func<Ticket, TValue>> value) =>
        descending ? tickets.OrderByDescending(value) : tickets.OrderBy(value);
}
