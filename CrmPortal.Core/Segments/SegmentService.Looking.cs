using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Filtering;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Segments;

public sealed partial class SegmentService
{
    private const int SampleSize = 20;

    /// <summary>With so many other segments the overlap is counted, those with the most customers first.</summary>
    private const int MostOverlaps = 8;

    /// <summary>Who fits rules that are not saved yet.</summary>
    /// <exception cref="RuleViolationException">The rules cannot be read or may not be asked.</exception>
    public async Task<SegmentPreview> PreviewAsync(string? filter, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SegmentsView, cancellationToken);
        var query = new Customers.CustomerQuery(Filter: FilterText.Parse(filter).ToString());
        var sample = await finder.ListAsync(query, new(1, SampleSize), cancellationToken);
        // Where all of them are on the page, nothing needs to be counted.
        return new(sample.HasMore ? (await finder.CountAsync(query, null, cancellationToken)).Rows : sample.Items.Count, sample.Items);
    }

    /// <summary>How many of those who fit rules are in other segments as well; those that share nobody are left out.</summary>
    /// <param name="exceptId">The segment whose rules these are.</param>
    public async Task<IReadOnlyList<SegmentOverlap>> OverlapsAsync(string? filter, long? exceptId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SegmentsView, cancellationToken);
        var rules = FilterText.Parse(filter).ToString();
        if (rules.Length == 0) return [];
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var others = await Details(Segments(db).Where(s => s.Id != exceptId).OrderByDescending(s => s.Customers).ThenBy(s => s.Id)
            .Take(MostOverlaps)).ToListAsync(cancellationToken);
        var overlaps = new List<SegmentOverlap>();
        foreach (var other in others)
        {
            try
            {
                var both = (await finder.CountAsync(new(Filter: $"{rules};{other.Filter}"), null, cancellationToken)).Rows;
                if (both > 0) overlaps.Add(new(other.Id, other.Name, both, other.Customers));
            }
            catch (RuleViolationException)
            {
                // The rules of both together are too long, or the other one asks for what the user may not ask.
            }
        }

        return overlaps;
    }

    /// <summary>Why a customer is in a segment, or why not: each rule with the customer's value.</summary>
    /// <returns>Null where there is no such segment or customer.</returns>
    /// <exception cref="RuleViolationException">The rules can no longer be asked.</exception>
    public async Task<RuleCheck?> WhyAsync(long segmentId, long customerId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SegmentsView, cancellationToken);
        if (await GetAsync(segmentId, cancellationToken) is not { } segment) return null;
        var rules = FilterText.Parse(segment.Filter);
        var conditions = Conditions(rules).ToList();
        if (await finder.ExplainAsync(customerId, conditions, cancellationToken) is not { } answers) return null;
        var next = 0;
        return Check(rules);

        RuleCheck Check(FilterExpression rule)
        {
            switch (rule)
            {
                case FilterCondition:
                    var answer = answers[next++];
                    return new(rule, answer.IsMet, answer.Value, []);
                case FilterNot not:
                    var inner = Check(not.Item);
                    return new(rule, !inner.IsMet, null, [inner]);
                case FilterAny any:
                    List<RuleCheck> ways = [.. any.Items.Select(Check)];
                    return new(rule, ways.Any(w => w.IsMet), null, ways);
                default:
                    List<RuleCheck> parts = [.. ((FilterAll)rule).Items.Select(Check)];
                    return new(rule, parts.All(p => p.IsMet), null, parts);
            }
        }
    }

    /// <summary>Which segments a customer is in, by name.</summary>
    /// <returns>Null where there is no such customer.</returns>
    public async Task<IReadOnlyList<(SegmentDetails Segment, bool IsIn)>?> OfCustomerAsync(long customerId,
        CancellationToken cancellationToken)
    {
        var segments = await ListAsync(cancellationToken);
        try
        {
            var answers = await finder.ExplainAsync(customerId, [.. segments.Select(s => FilterText.Parse(s.Filter))], cancellationToken);
            return answers is null ? null : [.. segments.Select((s, i) => (s, answers[i].IsMet))];
        }
        catch (RuleViolationException)
        {
            // One of them asks for what the user may not ask, or for a field that is gone; the others are asked one by one.
            var answers = new List<(SegmentDetails, bool)>();
            foreach (var segment in segments)
                if (await IsInAsync(segment, customerId, cancellationToken) is { } isIn) answers.Add((segment, isIn));
            return answers;
        }
    }

    private async Task<bool?> IsInAsync(SegmentDetails segment, long customerId, CancellationToken cancellationToken)
    {
        try
        {
            return await finder.ExplainAsync(customerId, [FilterText.Parse(segment.Filter)], cancellationToken) is [var answer]
                ? answer.IsMet : null;
        }
        catch (RuleViolationException)
        {
            return null;
        }
    }

    private static IEnumerable<FilterCondition> Conditions(FilterExpression rule) => rule switch
    {
        FilterCondition condition => [condition],
        FilterNot not => Conditions(not.Item),
        FilterAny any => any.Items.SelectMany(Conditions),
        FilterAll all => all.Items.SelectMany(Conditions),
        _ => [],
    };
}
