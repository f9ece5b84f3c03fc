using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Platform.Common;

/// <summary>
/// The services of a small kind of records. It stands in the folder of the kind and is found there, so that a new kind is added without
/// a line elsewhere; whole features have a line of their own where Core is put together.
/// </summary>
internal interface IKindSetup
{
    /// <summary>Registers the services of the kind.</summary>
    void Add(IServiceCollection services);
}

/// <summary>All setups, found in the folders of their kinds.</summary>
internal static class KindSetups
{
    public static void AddKinds(this IServiceCollection services)
    {
        foreach (var setup in typeof(IKindSetup).Assembly.GetTypes()
            .Where(t => t is { IsClass: true, IsAbstract: false } && typeof(IKindSetup).IsAssignableFrom(t))
            .OrderBy(t => t.FullName, StringComparer.Ordinal))
            ((IKindSetup)Activator.CreateInstance(setup)!).Add(services);
    }
}
