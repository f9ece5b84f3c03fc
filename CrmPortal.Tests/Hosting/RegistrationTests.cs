using CrmPortal.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Hosting;

public sealed class RegistrationTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Services_AllThatAreRegistered_CanBeMade(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        IServiceCollection services = new ServiceCollection();
        foreach (var registration in data.Registrations) services.Add(registration);

        await using var provider = services
            .BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });

        await using var scope = provider.CreateAsyncScope();
        Assert.All(
            data.Registrations.Where(r => r.ServiceType is { IsGenericTypeDefinition: false, Namespace: { } space }
                && space.StartsWith("CrmPortal.", StringComparison.Ordinal)),
            r => Assert.NotNull(scope.ServiceProvider.GetService(r.ServiceType)));
    }
}
