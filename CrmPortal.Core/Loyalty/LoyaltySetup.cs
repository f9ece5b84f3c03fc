using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Waiting;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Loyalty;

/// <summary>Points, tiers, rewards and the programme behind them.</summary>
internal static class LoyaltySetup
{
    public static void AddLoyalty(this IServiceCollection services)
    {
        services.AddScoped<IOrderLoyalty, OrderLoyalty>();
        services.AddScoped<LedgerService>();
        services.AddScoped<TierService>();
        services.AddScoped<ProgrammeService>();
        services.AddScoped<RewardService>();
        services.AddScoped<LiabilityService>();
        services.AddScoped<WhatIfService>();
        services.AddScoped<PastOrderService>();
        services.AddScoped<IJobHandler, PastOrderJob>();
        services.AddScoped<TierWarnings>();
        services.AddScoped<ExpiryService>();
        services.AddScoped<LedgerReconciliation>();
        services.AddScoped<LedgerExportService>();
        services.AddScoped<IJobHandler, WhatIfJob>();
        services.AddScoped<IJobHandler, TierReview>();
        services.AddScoped<IJobHandler, PointReminders>();
        services.AddScoped<IJobHandler, ExpiryJob>();
        services.AddScoped<IJobHandler, LedgerReconciliationJob>();
        services.AddScoped<IWaitingWork, WaitingAdjustments>();
    }
}
