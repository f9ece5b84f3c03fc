using CrmPortal.Core.Demo;

namespace CrmPortal.Hosting;

/// <summary>Loads demo customers on the first start in Development.</summary>
internal sealed class DemoStep(DemoCustomers demo, IHostEnvironment environment) : IStartUpStep
{
    public int Order => 30;

    public Task RunAsync(CancellationToken cancellationToken) => environment.IsDevelopment()
        ? demo.LoadAsync(cancellationToken) : Task.CompletedTask;
}
