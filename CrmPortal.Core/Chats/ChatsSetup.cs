using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Chats;

/// <summary>Talks with visitors of web sites.</summary>
internal static class ChatsSetup
{
    public static void AddChats(this IServiceCollection services)
    {
        services.AddSingleton<ChatSignals>();
        services.AddSingleton<ChatDoor>();
        services.AddScoped<ChatBook>();
        services.AddScoped<ChatTickets>();
        services.AddScoped<ChatIdentity>();
        services.AddScoped<ChatService>();
        services.AddScoped<VisitorChatService>();
        services.AddScoped<ChatSettingsService>();
        services.AddScoped<ChatClockwork>();
        services.AddScoped<ConversationService>();
        services.AddScoped<CustomerChatService>();
    }
}
