using System.Globalization;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Tickets;

namespace CrmPortal.Core.Reports;

/// <summary>Which tickets a report of support is about; what is left out is all.</summary>
public sealed record SupportScope
{
    public long? QueueId { get; init; }

    /// <summary>0 for tickets that nobody has.</summary>
    public long? AgentId { get; init; }

    public TicketChannel? Channel { get; init; }
    public TicketPriority? Priority { get; init; }

    /// <summary>Empty for tickets without one.</summary>
    public string? Tag { get; init; }

    /// <summary>Customers who are in a segment or group now.</summary>
    public long? SegmentId { get; init; }

    /// <summary>Another tag that the ticket must have as well: that of a line; empty for none.</summary>
    internal string? LineTag { get; init; }

    /// <summary>Another segment that the customer must be in as well: that of a line.</summary>
    internal long? LineSegmentId { get; init; }

    /// <summary>By its code; empty for tickets of customers without scores.</summary>
    internal string? RfmSegment { get; init; }

    /// <summary>By how many choices the tickets are narrowed.</summary>
    public int Count => new object?[] { QueueId, AgentId, Channel, Priority, Tag, SegmentId }.Count(c => c is not null);

    /// <exception cref="RuleViolationException">No ticket can have this tag.</exception>
    internal void Demand()
    {
        var errors = new List<FieldError>();
        TextRules.Text(nameof(Tag), Tag, TicketTags.Length, errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);
    }

    /// <summary>As a filter of tickets. One that was merged into another is no conversation of its own.</summary>
    /// <param name="ofRatings">Whether the agent and the queue are those at the time of the survey.</param>
    internal IEnumerable<FilterCondition> Conditions(bool ofRatings)
    {
        yield return new("merged", FilterOperator.No, []);
        if (QueueId is { } queue) yield return Any(ofRatings ? TicketFilters.RatedQueue : TicketFilters.InQueue, queue);
        if (AgentId is { } agent)
        {
            var field = ofRatings ? TicketFilters.RatedAgent : TicketFilters.Agent;
            yield return agent == 0 ? new(field, FilterOperator.Empty, []) : Any(field, agent);
        }

        if (Channel is { } channel) yield return new("channel", FilterOperator.Any, [channel.ToString().ToLowerInvariant()]);
        if (Priority is { } priority) yield return new("priority", FilterOperator.Any, [priority.ToString().ToLowerInvariant()]);
        foreach (var tag in new[] { Tag, LineTag }.OfType<string>())
            yield return tag.Length == 0 ? new("tagged", FilterOperator.No, []) : new("tags", FilterOperator.Any, [tag]);
        if (SegmentId is { } segment) yield return Any(TicketFilters.Segment, segment);
        if (LineSegmentId is { } other) yield return Any(TicketFilters.Segment, other);
        if (RfmSegment is { } rfm)
            yield return rfm.Length == 0 ? new("rfm_segment", FilterOperator.Empty, []) : new("rfm_segment", FilterOperator.Any, [rfm]);
    }

    private static FilterCondition Any(string field, long id) =>
        new(field, FilterOperator.Any, [id.ToString(CultureInfo.InvariantCulture)]);
}
