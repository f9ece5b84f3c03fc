using CrmPortal.Core.Platform.Common;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Customers;

/// <summary>Pictures, preferences, important days and ties.</summary>
internal sealed class ProfileSetup : IKindSetup
{
    public void Add(IServiceCollection services)
    {
        services.AddScoped<AvatarService>();
        services.AddScoped<PreferenceService>();
        services.AddScoped<RelationService>();
    }
}
