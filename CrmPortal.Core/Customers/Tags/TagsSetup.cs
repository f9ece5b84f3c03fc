using CrmPortal.Core.Platform.Common;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Customers;

/// <summary>Tags.</summary>
internal sealed class TagsSetup : IKindSetup
{
    public void Add(IServiceCollection services) => services.AddScoped<TagService>();
}
