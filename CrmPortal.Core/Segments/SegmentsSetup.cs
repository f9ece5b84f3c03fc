using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Segments;

/// <summary>Customers under names: segments by rules, and groups with perks.</summary>
internal static class SegmentsSetup
{
    public static void AddSegments(this IServiceCollection services)
    {
        services.AddSingleton<SegmentKeeper>();
        services.AddSingleton<IKeptRules, KeptRules>();
        services.AddScoped<SegmentService>();
        services.AddScoped<GroupService>();
        services.AddScoped<MembershipService>();
        services.AddScoped<SegmentTestService>();
        services.AddScoped<SegmentComparisonService>();
        services.AddScoped<IJobHandler, SegmentCountJob>();
    }
}
