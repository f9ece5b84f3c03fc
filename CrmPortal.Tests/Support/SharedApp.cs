namespace CrmPortal.Tests.Support;

/// <summary>
/// One program for those tests of a class that leave nothing behind that another one of them sees: most of what a small one costs is the
/// start.
/// </summary>
public sealed class SharedApp : IAsyncDisposable
{
    private readonly Lazy<Task<TestApp>> _app = new(() => TestApp.StartAsync());

    /// <summary>The program, started with the first call, on the embedded database and with the usual settings.</summary>
    internal Task<TestApp> StartAsync() => _app.Value;

    public async ValueTask DisposeAsync()
    {
        if (_app.IsValueCreated) await (await _app.Value).DisposeAsync();
    }
}
