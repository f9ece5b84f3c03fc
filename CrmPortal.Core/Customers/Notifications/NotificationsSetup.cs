using CrmPortal.Core.Platform.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Customers.Notifications;

/// <summary>What users are told of, and who follows whom.</summary>
internal static class NotificationsSetup
{
    public static void AddNotifications(this IServiceCollection services)
    {
        services.AddScoped<NotificationService>();
        services.AddSingleton<IOutboxSubscriber, FollowNotifier>();
    }
}
