using CrmPortal.Core.Consents;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Outbox;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Waiting;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Tickets;

/// <summary>Requests of customers, and the work on them.</summary>
internal static class TicketsSetup
{
    public static void AddTickets(this IServiceCollection services)
    {
        services.AddScoped<TicketService>();
        services.AddScoped<TicketClockwork>();
        services.AddScoped<TicketLetters>();
        services.AddScoped<MailIntake>();
        services.AddScoped<IMailIntake>(s => s.GetRequiredService<MailIntake>());
        services.AddScoped<MailboxService>();
        services.AddScoped<ReceivedMailService>();
        services.AddScoped<GoodwillService>();
        services.AddScoped<ContactFormService>();
        services.AddScoped<CustomerRequestService>();
        services.AddScoped<SurveyService>();
        services.AddScoped<FeedbackService>();
        services.AddSingleton<TicketTokens>();
        services.AddScoped<QueueService>();
        services.AddScoped<SavedReplyService>();
        services.AddScoped<ServiceLevelService>();
        services.AddScoped<IWaitingWork, WaitingTickets>();
        services.AddScoped<IMarketingRest, ComplaintRest>();
        services.AddScoped<TicketRecount>();
        services.AddScoped<IJobHandler, TicketRecountJob>();
        services.AddScoped<IJobHandler, NightlyTicketRecountJob>();
        services.AddSingleton<IOutboxSubscriber, TicketStandingWatch>();
        services.AddScoped<OwnTicketsService>();
        services.AddSingleton<ICustomerRows, CustomerTicketRows>();
        services.AddSingleton<ICustomerRows, CustomerRatingRows>();
    }
}
