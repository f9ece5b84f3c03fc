using CrmPortal.Core.Platform.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Segments;

/// <summary>Customers who fit rules, under names.</summary>
internal static class SegmentsSetup
{
    public static void AddSegments(this IServiceCollection services)
    {
        services.AddScoped<SegmentService>();
        services.AddScoped<IJobHandler, SegmentCountJob>();
    }
}
