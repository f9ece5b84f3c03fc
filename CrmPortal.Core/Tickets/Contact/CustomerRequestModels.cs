namespace CrmPortal.Core.Tickets;

/// <summary>A request in the list of the customer who made it.</summary>
/// <param name="IsAnswered">Whether the last word is the shop's.</param>
public sealed record CustomerRequestRow(long Id, string Subject, TicketState State, DateTimeOffset LastMessageAt, bool IsAnswered)
{
    public string Name => Ticket.NameOf(Id);
}

/// <summary>A request as its customer sees it: nothing that staff say among themselves, or how they work on it.</summary>
/// <param name="Id">The number of the ticket, which is another one than was asked for where that was merged into it.</param>
/// <param name="Messages">Oldest first, the newest <see cref="CustomerRequestService.MostMessages"/>.</param>
/// <param name="HasEarlier">Whether there are more before the first.</param>
public sealed record CustomerRequest(long Id, string Subject, TicketState State, DateTimeOffset CreatedAt,
    IReadOnlyList<CustomerRequestMessage> Messages, bool HasEarlier)
{
    public string Name => Ticket.NameOf(Id);
}

/// <summary>A message to or from the customer.</summary>
/// <param name="IsOwn">Whether it came from them, as plain text; what the shop wrote is Markdown.</param>
/// <param name="Quoted">What their mail quoted.</param>
public sealed record CustomerRequestMessage(long Id, bool IsOwn, DateTimeOffset At, string AuthorName, string Text, string? Quoted,
    IReadOnlyList<TicketFileDetails> Files);

/// <summary>A request that a customer writes.</summary>
/// <param name="Language">In which a receipt is written.</param>
public sealed record CustomerRequestInput(string? Subject, string? Text, string Language);
