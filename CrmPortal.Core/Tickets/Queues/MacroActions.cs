using System.Text.Json;
using System.Text.Json.Serialization;

namespace CrmPortal.Core.Tickets;

/// <summary>What the agent sees after a macro has run.</summary>
public enum AfterMacro { Stay, NextTicket, BackToList }

/// <summary>The steps of a macro; what is null stays as it is.</summary>
/// <param name="PendingDays">Of the state pending: after how many days it comes back.</param>
/// <param name="AssignToMe">Whether whoever runs it takes the ticket.</param>
/// <param name="Reply">Markdown with placeholders that is sent to the customer.</param>
/// <param name="Note">The same for colleagues.</param>
public sealed record MacroActions(TicketState? State = null, int? PendingDays = null, TicketPriority? Priority = null, long? QueueId = null,
    bool AssignToMe = false, IReadOnlyList<string>? Tags = null, string? Reply = null, string? Note = null,
        AfterMacro After = AfterMacro.Stay)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        Converters = { new JsonStringEnumConverter() }, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public bool IsNothing => this with { After = AfterMacro.Stay } is { State: null, Priority: null, QueueId: null, AssignToMe: false,
        Tags: null or { Count: 0 }, Reply: null, Note: null };

    internal string Write() => JsonSerializer.Serialize(this, Json);

    internal static MacroActions Read(string json) => JsonSerializer.Deserialize<MacroActions>(json, Json) ?? new();
}
