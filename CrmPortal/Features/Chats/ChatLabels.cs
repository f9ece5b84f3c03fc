using CrmPortal.Core.Chats;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Chats;

/// <summary>What the states and events of chats are called on screens.</summary>
internal static class ChatLabels
{
    public static string State(ChatState state, IStringLocalizer<Texts> texts) => state switch
    {
        ChatState.Waiting => texts["Waits"],
        ChatState.Active => texts["Going on"],
        ChatState.Ended => texts["Ended"],
        _ => texts["Missed"],
    };

    public static string Badge(ChatState state) => state switch
    {
        ChatState.Waiting => "badge badge-warning",
        ChatState.Active => "badge badge-info",
        _ => "badge",
    };

    public static string Event(ChatMessageDetails message, IStringLocalizer<Texts> texts) => message.Event switch
    {
        ChatEvent.Joined => texts["{0} has joined.", message.AuthorName],
        ChatEvent.HandedOver => texts["{0} takes over.", message.AuthorName],
        ChatEvent.PutBack => texts["The chat waits for somebody again."],
        ChatEvent.EndedByVisitor => texts["The visitor ended the chat."],
        ChatEvent.EndedByAgent => texts["{0} ended the chat.", message.AuthorName],
        ChatEvent.EndedIdle => texts["The chat ended, since nobody said anything."],
        ChatEvent.Missed => texts["Nobody took the chat; it went on as a ticket."],
        _ => texts["It became the ticket {0}.", message.AuthorName],
    };

    public static string Visitor(string name, IStringLocalizer<Texts> texts) => name.Length > 0 ? name : texts["Visitor"];

    public static string Asks(AskedBefore asks, IStringLocalizer<Texts> texts) => asks switch
    {
        AskedBefore.Nothing => texts["Ask nothing"],
        AskedBefore.Offered => texts["Name and e-mail, if they want"],
        _ => texts["Name and e-mail"],
    };
}
