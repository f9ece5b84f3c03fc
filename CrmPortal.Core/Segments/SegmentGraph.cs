using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Filtering;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Segments;

/// <summary>
/// All segments and groups with what their rules name: segments within them, whose rules count, and groups, whose rows count.
/// </summary>
internal sealed partial class SegmentGraph
{
    /// <summary>So deep segments may stand in each other.</summary>
    public const int Deepest = 4;

    /// <summary>So many conditions a segment may have together with those of the segments within it.</summary>
    private const int MostConditions = 200;

    private readonly Dictionary<long, SegmentNode> _nodes;

    private SegmentGraph(Dictionary<long, SegmentNode> nodes) => _nodes = nodes;

    public IReadOnlyCollection<SegmentNode> Nodes => _nodes.Values;

    public static async Task<SegmentGraph> ReadAsync(CrmDbContext db, CancellationToken cancellationToken) =>
        new((await db.Segments.TagWith(SegmentKeeper.KeepingTag).OrderBy(s => s.Id)
            .Select(s => new SegmentNode(s.Id, s.Kind, s.Name, s.Filter, s.KeptRules) { Due = s.Due }).ToListAsync(cancellationToken))
            .ToDictionary(n => n.Id));

    /// <summary>What a filter names, as it stands in it.</summary>
    public static IEnumerable<(string Field, long Id)> NamedIn(string? filter) => filter is null ? [] : Names().Matches(filter)
        .SelectMany(m => m.Groups["ids"].Value.Split(',').Select(id => (m.Groups["field"].Value,
            long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var key) ? key : 0))).Distinct();

    /// <summary>The same graph with other rules in one place.</summary>
    /// <param name="id">0 for a segment that is not there yet.</param>
    public SegmentGraph With(long id, SegmentKind kind, string name, string filter) =>
        new(new Dictionary<long, SegmentNode>(_nodes) { [id] = new(id, kind, name, filter, null) });

    /// <summary>All of them, those that others name before those.</summary>
    public IReadOnlyList<SegmentNode> InOrder()
    {
        var (ordered, seen) = (new List<SegmentNode>(), new HashSet<long>());
        foreach (var node in _nodes.Values) Visit(node);
        return ordered;

        void Visit(SegmentNode node)
        {
            if (!seen.Add(node.Id)) return;
            foreach (var (_, id) in node.Named)
                if (_nodes.TryGetValue(id, out var inner)) Visit(inner);
            ordered.Add(node);
        }
    }

    /// <summary>Those whose rules name a segment or a group themselves.</summary>
    public IEnumerable<SegmentNode> Naming(long id) => _nodes.Values.Where(n => n.Named.Any(r => r.Id == id));

    /// <summary>Those whom a change of a group's rows may concern.</summary>
    public IEnumerable<SegmentNode> Above(long id)
    {
        var found = new HashSet<long>();
        for (var reached = new Queue<long>([id]); reached.TryDequeue(out var next);)
            foreach (var node in Naming(next))
                if (found.Add(node.Id)) reached.Enqueue(node.Id);
        return found.Select(f => _nodes[f]);
    }

    /// <summary>The groups whose rows decide about a node, by whichever way.</summary>
    public IReadOnlySet<long> GroupsOf(SegmentNode node)
    {
        var (groups, seen) = (new HashSet<long>(), new HashSet<long>());
        Visit(node);
        return groups;

        void Visit(SegmentNode of)
        {
            if (!seen.Add(of.Id)) return;
            foreach (var (field, id) in of.Named)
            {
                if (field == CustomerFilters.Group) groups.Add(id);
                else if (_nodes.TryGetValue(id, out var inner)) Visit(inner);
            }
        }
    }

    /// <exception cref="RuleViolationException">They go in a circle, or too deep, or are too many together.</exception>
    public void DemandSound(SegmentNode node) => Demand(node, [], []);

    /// <summary>The kept rules that a filter needs, and those that these need.</summary>
    /// <exception cref="RuleViolationException">They go in a circle, or too deep, or are too many together.</exception>
    public IReadOnlyDictionary<string, FilterExpression?> KeptFor(string? filter)
    {
        var kept = new Dictionary<string, FilterExpression?>();
        Add(filter);
        return kept;

        void Add(string? text)
        {
            foreach (var (field, id) in NamedIn(text))
            {
                var key = FilterContext.KeyOf(field, id);
                if (kept.ContainsKey(key) || !_nodes.TryGetValue(id, out var node)) continue;
                if (node.Kind != (field == CustomerFilters.Group ? SegmentKind.Group : SegmentKind.Segment)) continue;
                DemandSound(node);
                kept[key] = node.Filter.Length == 0 ? null : FilterText.Parse(node.Filter);
                Add(node.Filter);
            }
        }
    }

    /// <summary>A print of the rules, with those of the segments within them.</summary>
    public string PrintOf(SegmentNode node)
    {
        var text = new StringBuilder();
        var seen = new HashSet<long>();
        Visit(node);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));

        void Visit(SegmentNode of)
        {
            if (!seen.Add(of.Id)) return;
            text.Append(CultureInfo.InvariantCulture, $"{of.Id} {of.Filter}\n");
            foreach (var (field, id) in of.Named)
                if (field == CustomerFilters.Segment && _nodes.TryGetValue(id, out var inner)) Visit(inner);
        }
    }

    /// <summary>How many conditions there are, those of segments within included.</summary>
    private int Demand(SegmentNode node, List<SegmentNode> path, HashSet<long> soundGroups)
    {
        if (path.Contains(node))
            throw new RuleViolationException("Filter", "These rules go in a circle: {0}.",
                string.Join(" → ", path.Append(node).Select(n => n.Name)));
        // A group within is asked for its rows, so that only segments count as depth.
        if (path.Count(n => n.Kind == SegmentKind.Segment) > Deepest)
            throw new RuleViolationException("Filter", "Segments may stand in each other at most {0} deep.", Deepest);
        if (soundGroups.Contains(node.Id)) return 0;
        path.Add(node);
        var count = node.Filter.Count(c => c is ';') + 1;
        foreach (var (field, id) in node.Named)
        {
            if (!_nodes.TryGetValue(id, out var inner)) continue;
            var within = Demand(inner, path, soundGroups);
            if (field == CustomerFilters.Segment) count += within;
        }

        path.RemoveAt(path.Count - 1);
        if (node.Kind == SegmentKind.Group) soundGroups.Add(node.Id);
        return count <= MostConditions ? count : throw new RuleViolationException("Filter", "These are too many rules.");
    }

    [GeneratedRegex(@"(?:^|[;(=])(?<field>segment|group):\w+:(?<ids>[0-9,]+)")]
    private static partial Regex Names();
}

/// <summary>A segment or a group in the graph.</summary>
internal sealed record SegmentNode(long Id, SegmentKind Kind, string Name, string Filter, string? KeptRules)
{
    public MembershipCause? Due { get; set; }

    /// <summary>What its own rules name.</summary>
    public IReadOnlyList<(string Field, long Id)> Named => field ??= [.. SegmentGraph.NamedIn(Filter)];
}

/// <summary>Looks up what filters name; most name nothing, which costs nothing.</summary>
internal sealed class KeptRules : IKeptRules
{
    private static readonly Dictionary<string, FilterExpression?> None = [];

    public async Task<IReadOnlyDictionary<string, FilterExpression?>> OfAsync(CrmDbContext db, string? filter,
        CancellationToken cancellationToken) => SegmentGraph.NamedIn(filter).Any()
        ? (await SegmentGraph.ReadAsync(db, cancellationToken)).KeptFor(filter) : None;
}
