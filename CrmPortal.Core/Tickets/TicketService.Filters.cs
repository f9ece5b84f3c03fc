using System.Globalization;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Segments;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <content>Fields that name records by their keys.</content>
public sealed partial class TicketService
{
    /// <summary>The fields with the names of what a filter asks for by its key: agents, queues, segments.</summary>
    /// <param name="known">The fields that are known already, such as with those that the shop added.</param>
    public async Task<FilterCatalogue> CatalogueAsync(string? filter, CancellationToken cancellationToken,
        FilterCatalogue<Ticket>? known = null)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        var keys = KeysOf(filter);
        known ??= TicketFilters.Catalogue;
        if (keys.Count == 0) return known;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var (users, queues, segments) = (Ids(TicketFilters.Agent).Union(Ids(TicketFilters.RatedAgent)).ToList(),
            Ids(TicketFilters.InQueue).Union(Ids(TicketFilters.RatedQueue)).ToList(), Ids(TicketFilters.Segment).ToList());
        var names = users.Count == 0 ? [] : await db.Users.Where(u => users.Contains(u.Id))
            .Select(u => new { u.Id, Name = u.DisplayName.Length > 0 ? u.DisplayName : u.UserName! })
            .ToDictionaryAsync(u => Key(u.Id), u => u.Name, cancellationToken);
        var ofQueues = queues.Count == 0 ? [] : await db.TicketQueues.Where(q => queues.Contains(q.Id))
            .ToDictionaryAsync(q => Key(q.Id), q => q.Name, cancellationToken);
        var ofSegments = segments.Count == 0 || !grant.Has(Permissions.SegmentsView) ? [] : await db.Set<Segment>()
            .Where(s => segments.Contains(s.Id)).ToDictionaryAsync(s => Key(s.Id), s => s.Name, cancellationToken);
        return known.Showing([Named(TicketFilters.Agent, names), Named(TicketFilters.RatedAgent, names),
            Named(TicketFilters.InQueue, ofQueues), Named(TicketFilters.RatedQueue, ofQueues), Named(TicketFilters.Segment, ofSegments)]);

        IEnumerable<long> Ids(string field) => keys.Where(k => k.Field == field).Select(k => k.Id);

        static string Key(long id) => id.ToString(CultureInfo.InvariantCulture);

        static FilterField Named(string field, Dictionary<string, string> found) =>
            TicketFilters.Catalogue.Find(field)! with { ChoiceNames = found };
    }

    /// <summary>Who is in a segment tells what its rules ask: whoever may not ask it is not told.</summary>
    internal async Task DemandMayAskAsync(string? filter, CancellationToken cancellationToken)
    {
        var ids = KeysOf(filter).Where(k => k.Field == TicketFilters.Segment).Select(k => k.Id).ToList();
        if (ids.Count == 0) return;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var kinds = await db.Set<Segment>().Where(s => ids.Contains(s.Id)).Select(s => new { s.Id, s.Kind }).ToListAsync(cancellationToken);
        var asked = kinds.ConvertAll(s => string.Create(CultureInfo.InvariantCulture,
            $"{(s.Kind == SegmentKind.Group ? "group" : "segment")}:any:{s.Id}"));
        var grant = await access.DemandSignedInAsync(cancellationToken);
        if (kinds.Count < ids.Count || !grant.Has(Permissions.CustomersView)
            || (await finder.MayAskAsync(asked, cancellationToken)).Contains(false))
            throw new RuleViolationException("Filter", "You may not filter by {0}.", TicketFilters.Segment);
    }

    private static List<(string Field, long Id)> KeysOf(string? filter)
    {
        if (string.IsNullOrEmpty(filter)) return [];
        try
        {
            return [.. Conditions(FilterText.Parse(filter)).Where(c => TicketFilters.Catalogue.Find(c.Field) is { IsListed: false })
                .SelectMany(c => c.Values.Select(v => (c.Field, Text: v)))
                .Where(c => long.TryParse(c.Text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                .Select(c => (c.Field, long.Parse(c.Text, CultureInfo.InvariantCulture))).Distinct()];
        }
        catch (RuleViolationException)
        {
            // Whoever reads the rows says that it cannot be read.
            return [];
        }
    }

    private static IEnumerable<FilterCondition> Conditions(FilterExpression filter) => filter switch
    {
        FilterAll all => all.Items.SelectMany(Conditions),
        FilterAny any => any.Items.SelectMany(Conditions),
        FilterNot not => Conditions(not.Item),
        FilterCondition condition => [condition],
        _ => [],
    };
}
