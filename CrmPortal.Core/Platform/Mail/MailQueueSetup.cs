using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Platform.Mail;

/// <summary>Mails that wait to be sent.</summary>
internal static class MailQueueSetup
{
    public static void AddMailQueue(this IServiceCollection services)
    {
        services.AddScoped<MailQueue>();
    }
}
