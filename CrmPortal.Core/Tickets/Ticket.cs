using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Tickets;

/// <summary>How a request came.</summary>
public enum TicketChannel { Web, Email, Chat, Phone, Api }

public enum TicketPriority { Low, Normal, High, Urgent }

/// <summary>Where a ticket stands. A pending one comes back by itself; one on hold waits for somebody else.</summary>
public enum TicketState { New, Open, Pending, OnHold, Solved, Closed }

/// <summary>A request of a customer, and the work on it.</summary>
[AuditName("Ticket", Label = "Ticket", PluralLabel = "Tickets", Permission = Permissions.TicketsWork)]
[OpenFields("CustomerId", "Subject", "Channel", "QueueId", "Priority", "State", "PendingUntil", "AssigneeId", "OrderId", "MergedIntoId",
    "CreatedAt", "CreatedByName", "Tags", "IsComplaint", "FieldsJson")]
public sealed class Ticket : ICustomerLinked, IVersioned
{
    public const int SubjectLength = 300;
    public const int NameLength = 200;
    public const int TagsLength = 1_000;
    public const int UrgencyLength = 300;

    /// <summary>The states in which somebody still has to do something, now or later.</summary>
    public static readonly IReadOnlyList<TicketState> UnsolvedStates =
        [TicketState.New, TicketState.Open, TicketState.Pending, TicketState.OnHold];

    public long Id { get; internal init; }

    /// <summary>Null while nobody knows who wrote; then the contact fields say what the message said.</summary>
    [AuditLabel("Customer")] public long? CustomerId { get; set; }

    public Customer? Customer { get; private set; }

    /// <summary>What whoever wrote calls themselves.</summary>
    [Sensitive, AuditLabel("Name")] public string? ContactName { get; set; }

    /// <summary>Where answers by e-mail go, in lower case.</summary>
    [Sensitive, AuditLabel("E-mail")] public string? ContactEmail { get; set; }

    [AuditLabel("Subject")] public required string Subject { get; set; }
    [AuditLabel("Channel")] public TicketChannel Channel { get; init; }
    [AuditLabel("Queue")] public long QueueId { get; set; }
    public TicketQueue? Queue { get; private set; }
    [AuditLabel("Priority")] public TicketPriority Priority { get; set; } = TicketPriority.Normal;
    [AuditLabel("State")] public TicketState State { get; set; }

    /// <summary>Whether the customer complains; while such a ticket is unsolved, they are sent no advertising.</summary>
    [AuditLabel("Complaint")] public bool IsComplaint { get; set; }

    /// <summary>When a pending ticket is opened again.</summary>
    [AuditLabel("Pending until")] public DateTimeOffset? PendingUntil { get; set; }

    [AuditLabel("Assigned to")] public long? AssigneeId { get; set; }
    public User? Assignee { get; private set; }

    /// <summary>The order that it is about.</summary>
    [AuditLabel("Order")] public long? OrderId { get; set; }

    /// <summary>Labels, each between two line feeds, so that one is found as a whole; see <see cref="TicketTags"/>.</summary>
    [AuditLabel("Tags")] public string Tags { get; set; } = "";

    /// <summary>What it has in the shop's own fields, as <see cref="TicketFields"/> writes it; null for nothing.</summary>
    [AuditLabel("Custom fields")] public string? FieldsJson { get; set; }

    /// <summary>The ticket that went on with this one's messages; then this one is closed and leads there.</summary>
    [AuditLabel("Merged into")] public long? MergedIntoId { get; set; }

    /// <summary>The ticket that this one was split from, or whose closed conversation it goes on with.</summary>
    [NotAudited] public long? ParentId { get; set; }

    [AuditLabel("Created")] public DateTimeOffset CreatedAt { get; init; }
    [AuditLabel("Created by")] public string? CreatedByName { get; init; }

    /// <summary>When the last message of the conversation came or left; it is the customer's last interaction as well.</summary>
    [NotAudited] public DateTimeOffset LastMessageAt { get; set; }

    /// <summary>Whether the last word is the customer's.</summary>
    [NotAudited] public bool IsAnswerDue { get; set; }

    [NotAudited] public int MessageCount { get; set; }

    /// <summary>How often it was opened again after it was solved.</summary>
    [NotAudited] public int ReopenedCount { get; set; }

    [NotAudited] public DateTimeOffset? FirstResponseAt { get; set; }

    /// <summary>Seconds by the calendar until the first answer; null while there is none, or where an agent began.</summary>
    [NotAudited] public long? FirstResponseSeconds { get; set; }

    [NotAudited] public DateTimeOffset? SolvedAt { get; set; }

    /// <summary>Seconds by the calendar until it was solved; null while it is not.</summary>
    [NotAudited] public long? ResolutionSeconds { get; set; }

    /// <summary>The policy whose targets hold; null where none fits.</summary>
    [NotAudited] public long? PolicyId { get; set; }

    [NotAudited] public DateTimeOffset? FirstResponseDue { get; set; }
    [NotAudited] public DateTimeOffset? NextResponseDue { get; set; }
    [NotAudited] public DateTimeOffset? ResolutionDue { get; set; }

    /// <summary>The earliest target that is still open.</summary>
    [NotAudited] public DateTimeOffset? NextDue { get; set; }

    /// <summary>By how many seconds of business time the first answer was late; 0 where it was in time, null while that is open.</summary>
    [NotAudited] public long? FirstResponseLate { get; set; }

    /// <summary>The same for the solution.</summary>
    [NotAudited] public long? ResolutionLate { get; set; }

    /// <summary>When it was decided whether the first answer is in time: when it left, or when it was due at last. While that is open, when
    /// it will be decided; null while no clock runs towards it.</summary>
    [NotAudited] public DateTimeOffset? FirstTargetAt { get; set; }

    /// <summary>The same for the solution.</summary>
    [NotAudited] public DateTimeOffset? ResolutionTargetAt { get; set; }

    /// <summary>How many later messages were answered in time.</summary>
    [NotAudited] public int NextKept { get; set; }

    /// <summary>How many were answered too late, or never.</summary>
    [NotAudited] public int NextMissed { get; set; }

    /// <summary>The hour of the shop's week in which it came, 0 for Monday from midnight to 167.</summary>
    [NotAudited] public int ArrivedHour { get; set; }

    /// <summary>Seconds of business time for which it waited for somebody else.</summary>
    [NotAudited] public long HeldSeconds { get; set; }

    /// <summary>Whether it came outside business hours.</summary>
    [NotAudited] public bool CameOutsideHours { get; set; }

    /// <summary>The target of which somebody was warned last.</summary>
    [NotAudited] public DateTimeOffset? WarnedOf { get; set; }

    /// <summary>The target that was escalated last.</summary>
    [NotAudited] public DateTimeOffset? EscalatedOf { get; set; }

    /// <summary>Its place among the unsolved ones: what is due, brought forward by what is at stake; null for a solved one.</summary>
    [NotAudited] public DateTimeOffset? UrgentAt { get; set; }

    /// <summary>Why it stands there, as <see cref="TicketUrgency"/> writes it.</summary>
    [NotAudited] public string? Urgency { get; set; }

    [NotAudited] public long Version { get; set; }

    public List<TicketMessage> Messages { get; } = [];

    public List<TicketEvent> Events { get; } = [];

    /// <summary>What <see cref="FieldsJson"/> says, for filters; follows by itself.</summary>
    public List<TicketFieldValue> Fields { get; } = [];

    /// <summary>The survey that was sent, and its answer; one at most.</summary>
    public List<TicketRating> Ratings { get; } = [];

    /// <summary>Whether it is the customer who changes it in this save: its events name nobody then.</summary>
    internal bool IsByCustomer { get; set; }

    public bool IsUnsolved => State is not (TicketState.Solved or TicketState.Closed);

    /// <summary>The number that people call it by.</summary>
    public string Name => NameOf(Id);

    public static string NameOf(long id) => string.Create(CultureInfo.InvariantCulture, $"T-{id}");

    /// <summary>The key that a typed number means, with or without what stands before it; null where it is none.</summary>
    public static long? IdOf(string typed)
    {
        var text = typed.Trim();
        if (text.StartsWith("T-", StringComparison.OrdinalIgnoreCase)) text = text[2..];
        else text = text.TrimStart('#');
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0 ? id : null;
    }
}
