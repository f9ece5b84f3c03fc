using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Filtering;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Segments;

/// <summary>What the rules of segments and groups must keep.</summary>
internal static class SegmentRules
{
    private const string Field = "Filter";
    private const int MostViews = 200;

    /// <summary>The rules in the form in which they are stored.</summary>
    public static string Checked(string? filter, bool isRequired, List<FieldError> errors)
    {
        try
        {
            var text = FilterText.Parse(filter).ToString();
            if (text.Length == 0 && isRequired) errors.Add(new(Field, "Add at least one rule."));
            else if (text.Length > Segment.FilterLength) errors.Add(new(Field, "These are too many rules."));
            return text;
        }
        catch (RuleViolationException violation)
        {
            errors.AddRange(violation.Errors.Select(e => e with { Field = Field }));
            return "";
        }
    }

    /// <summary>Refuses rules that lead back to themselves, and such as would be too deep or too many with those around them.</summary>
    /// <param name="id">0 for a new one.</param>
    /// <exception cref="RuleViolationException">They are refused.</exception>
    public static async Task DemandSoundAsync(CrmDbContext db, long id, SegmentKind kind, string name, string filter,
        CancellationToken cancellationToken)
    {
        if (!SegmentGraph.NamedIn(filter).Any() && id == 0) return;
        var graph = (await SegmentGraph.ReadAsync(db, cancellationToken)).With(id, kind, name, filter);
        graph.DemandSound(graph.Nodes.First(n => n.Id == id));
        foreach (var above in graph.Above(id)) graph.DemandSound(above);
    }

    /// <summary>Refuses to remove what rules or shared views name.</summary>
    /// <exception cref="RuleViolationException">It is named, and by what.</exception>
    public static async Task DemandUnusedAsync(CrmDbContext db, Segment segment, CancellationToken cancellationToken)
    {
        var graph = await SegmentGraph.ReadAsync(db, cancellationToken);
        var users = graph.Naming(segment.Id).Where(n => n.Id != segment.Id).Select(n => n.Name).ToList();
        var word = segment.Kind == SegmentKind.Group ? "group" : "segment";
        var views = await db.SavedViews.Where(v => v.IsShared && v.Query.Contains(word)).OrderBy(v => v.Id).Take(MostViews)
            .Select(v => new { v.Name, v.Query }).ToListAsync(cancellationToken);
        users.AddRange(views.Where(v => SegmentGraph.NamedIn(Uri.UnescapeDataString(v.Query)).Contains((word, segment.Id)))
            .Select(v => v.Name));
        if (users.Count > 0)
            throw new RuleViolationException("Id", "{0} is used by {1}. Change that first.", segment.Name, string.Join(", ", users))
            {
                IsRefusal = true,
            };
    }
}
