using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Chats;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Features.Customers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Chats;

/// <summary>Chats, and the conversations of customers, for programs of agents.</summary>
internal static class ChatApiEndpoints
{
    private const string NotFound = "Chat not found";
    private const string ById = @"/{chatId:regex(^\d+$)}";
    private const int UsualLimit = 20;

    public static void MapChats(this RouteGroupBuilder api)
    {
        var chats = api.MapGroup("/chats").WithTags("Chats");
        chats.MapGet("/", ListAsync)
            .Documented("ListChats", "List chats: those that go on, the longest waiting first, or those that are over, the newest first",
                Permissions.ChatWork, null, 200, $$"""{"items":[{{ChatExamples.Row}}],"page":1,"limit":20,"total":1,"pages":1}""");
        chats.MapGet(ById, GetAsync).Documented("GetChat", "Get a chat", Permissions.ChatWork, null, 200, ChatExamples.Chat);
        chats.MapGet(ById + "/messages", MessagesAsync)
            .Documented("ListChatMessages", "List the newest messages of a chat, oldest first, or those after or before one of them",
                Permissions.ChatWork, null, 200, ChatExamples.Messages);
        chats.MapPost(ById + "/messages", SayAsync)
            .Documented("SayInChat", "Answer in a chat; whoever answers in one that nobody has takes it", Permissions.ChatWork,
                """{"text":"Yes, two kinds.","key":"a1b2"}""", 201, """{"id":12}""");
        chats.MapPost(ById + "/accept", AcceptAsync)
            .Documented("AcceptChat", "Take a chat that nobody has", Permissions.ChatWork, null, 200, ChatExamples.Chat);
        chats.MapPost(ById + "/hand-over", HandOverAsync)
            .Documented("HandOverChat", "Hand a chat to a colleague, or back to those who wait", Permissions.ChatWork,
                """{"user_id":3}""", 200, ChatExamples.Chat);
        chats.MapPost(ById + "/end", EndAsync)
            .Documented("EndChat", "End a chat", Permissions.ChatWork, null, 200, ChatExamples.Chat);
        chats.MapPost(ById + "/ticket", TicketAsync)
            .Documented("MakeTicketOfChat", "Make a ticket of a chat; a chat becomes one ticket", Permissions.TicketsWork,
                """{"subject":"Wants a mug"}""", 200, """{"ticket_id":81}""");
        var customer = api.MapGroup(@"/customers/{id:regex(^\d+$)}/conversations").WithTags("Chats");
        customer.MapGet("/", ConversationsAsync)
            .Documented("ListConversations", "List a customer's chats, the newest first", Permissions.ChatWork, null, 200,
                $$"""{"items":[{{ChatExamples.Row}}],"page":1,"limit":20,"total":1,"pages":1}""");
        customer.MapGet("/statistics", StatisticsAsync)
            .Documented("GetConversationStatistics", "Get the figures of a customer's conversations", Permissions.CustomersView, null, 200,
                """
                {"total_conversations":45,"open_conversations":2,"resolved_conversations":43,"total_messages":310,"total_tickets":3,
                 "average_response_time":48.5,"satisfaction_score":4.6,"last_message_at":"2026-11-28T10:20:00Z"}
                """);
    }

    private static async Task<Ok<ListAnswer<ChatAnswer>>> ListAsync(int? page, int? limit,
        [Description("open for those that go on (the usual), past for those that are over.")] string? view, HttpContext http,
        ChatService chats, CancellationToken cancellationToken)
    {
        var wanted = http.Contract().Paging.Page(page, limit, UsualLimit);
        if (view is not (null or "" or "open" or "past")) throw new RuleViolationException("View", "Choose open or past.");
        if (view == "past")
        {
            var past = await chats.PastAsync(null, wanted, cancellationToken);
            return TypedResults.Ok(ListAnswer<ChatAnswer>.Of(http, [.. past.Items.Select(ChatAnswer.Of)], wanted.Number, wanted.Size,
                await chats.CountPastAsync(null, cancellationToken)));
        }

        var open = await chats.OpenAsync(cancellationToken);
        return TypedResults.Ok(ListAnswer<ChatAnswer>.Of(http,
            [.. open.Skip((wanted.Number - 1) * wanted.Size).Take(wanted.Size).Select(ChatAnswer.Of)], wanted.Number, wanted.Size,
                open.Count));
    }

    private static async Task<Ok<ListAnswer<ChatAnswer>>> ConversationsAsync([Description("The id of the customer.")] long id, int? page,
        int? limit, HttpContext http, ChatService chats, CustomerService customers, CancellationToken cancellationToken)
    {
        var customer = await customers.FindAsync(id, cancellationToken);
        var wanted = http.Contract().Paging.Page(page, limit, UsualLimit);
        var found = await chats.PastAsync(customer.Id, wanted, cancellationToken);
        return TypedResults.Ok(ListAnswer<ChatAnswer>.Of(http, [.. found.Items.Select(ChatAnswer.Of)], wanted.Number, wanted.Size,
            await chats.CountPastAsync(customer.Id, cancellationToken)));
    }

    private static async Task<Ok<ConversationStatisticsAnswer>> StatisticsAsync([Description("The id of the customer.")] long id,
        ConversationService conversations, CancellationToken cancellationToken) =>
        TypedResults.Ok(ConversationStatisticsAnswer.Of(await conversations.FiguresAsync(id, cancellationToken)
            ?? throw ApiException.NotFound("Customer not found")));

    private static async Task<Ok<ChatDetails>> GetAsync([Description("The id of the chat.")] long chatId, ChatService chats,
        CancellationToken cancellationToken) => TypedResults.Ok(await FoundAsync(chats, chatId, cancellationToken));

    private static async Task<Ok<ChatConversation>> MessagesAsync([Description("The id of the chat.")] long chatId,
        [Description("Only messages after this one.")] long? after, [Description("Only messages before this one.")] long? before,
        ChatService chats, CancellationToken cancellationToken)
    {
        await FoundAsync(chats, chatId, cancellationToken);
        return TypedResults.Ok(await chats.MessagesAsync(chatId, after, before, cancellationToken));
    }

    private static async Task<Created<SaidAnswer>> SayAsync([Description("The id of the chat.")] long chatId, ChatSaidBody body,
        HttpContext http, ChatService chats, CancellationToken cancellationToken)
    {
        var said = await chats.SayAsync(chatId, body.Text, body.Key, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return TypedResults.Created(string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{ApiSetup.Root}{http.Contract().Prefix}/chats/{chatId}/messages"), new SaidAnswer(said));
    }

    private static async Task<Ok<ChatDetails>> AcceptAsync([Description("The id of the chat.")] long chatId, ChatService chats,
        CancellationToken cancellationToken)
    {
        await FoundAsync(chats, chatId, cancellationToken);
        if (!await chats.AcceptAsync(chatId, cancellationToken))
            throw new RuleViolationException("", "Somebody else was faster, or the chat is over.") { IsRefusal = true };
        return TypedResults.Ok(await FoundAsync(chats, chatId, cancellationToken));
    }

    private static async Task<Ok<ChatDetails>> HandOverAsync([Description("The id of the chat.")] long chatId, HandOverBody body,
        ChatService chats, CancellationToken cancellationToken)
    {
        await FoundAsync(chats, chatId, cancellationToken);
        await chats.HandOverAsync(chatId, body.UserId, cancellationToken);
        return TypedResults.Ok(await FoundAsync(chats, chatId, cancellationToken));
    }

    private static async Task<Ok<ChatDetails>> EndAsync([Description("The id of the chat.")] long chatId, ChatService chats,
        CancellationToken cancellationToken)
    {
        await FoundAsync(chats, chatId, cancellationToken);
        await chats.EndAsync(chatId, cancellationToken);
        return TypedResults.Ok(await FoundAsync(chats, chatId, cancellationToken));
    }

    private static async Task<Ok<ChatTicketAnswer>> TicketAsync([Description("The id of the chat.")] long chatId, ChatTicketBody body,
        ChatService chats, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ChatTicketAnswer(await chats.MakeTicketAsync(chatId, body.Subject, cancellationToken)
            ?? throw ApiException.NotFound(NotFound)));

    private static async Task<ChatDetails> FoundAsync(ChatService chats, long id, CancellationToken cancellationToken) =>
        await chats.GetAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound);
}
