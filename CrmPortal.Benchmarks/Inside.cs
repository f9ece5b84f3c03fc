using CrmPortal.Core;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Mail;
using CrmPortal.Core.Reports;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Benchmarks;

/// <summary>The services of Core on the measured database, used from within as the screens use them, by the program itself.</summary>
internal sealed class Inside : IAsyncDisposable
{
    private readonly ServiceProvider _provider;

    public Inside(DatabaseOptions database)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IInterceptor>(Recorder);
        services.Configure<ShopOptions>(_ => { });
        services.AddScoped<IAccountLetters, NoLetters>();
        services.AddSingleton<IReportLetters, NoReports>();
        services.AddSingleton<ISecretProtector, NoSecrets>();
        services.AddCrmCore(database);
        _provider = services.BuildServiceProvider();
    }

    /// <summary>Knows the statements that a service sends.</summary>
    public StatementRecorder Recorder { get; } = new();

    /// <summary>Uses a service in a scope of its own, as a request does.</summary>
    public async Task<TResult> UseAsync<TService, TResult>(Func<TService, Task<TResult>> use)
        where TService : notnull
    {
        await using var scope = _provider.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(Actor.System("benchmark"));
        return await use(scope.ServiceProvider.GetRequiredService<TService>());
    }

    public Task UseAsync<TService>(Func<TService, Task> use)
        where TService : notnull => UseAsync<TService, bool>(async service =>
        {
            await use(service);
            return true;
        });

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    /// <summary>No report is mailed here.</summary>
    private sealed class NoReports : IReportLetters
    {
        public (string Subject, string Text) Write(User reader, ReportView view, long runId) => ("", "");

        public Task<OutgoingMailFile> AttachAsync(User reader, ReportView view, string format, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    /// <summary>Nobody is invited here.</summary>
    private sealed class NoLetters : IAccountLetters
    {
        public (string Subject, string Text) Invitation(User user) => ("", "");

        public (string Subject, string Text) Registration(User user) => ("", "");

        public (string Subject, string Text) NewEmail(User user, string email) => ("", "");

        public (string Subject, string Text) EmailLeaves(User user) => ("", "");

        public (string Subject, string Text) EmailStays(User holder) => ("", "");
    }
}

/// <summary>The seeded customers have no secrets.</summary>
internal sealed class NoSecrets : ISecretProtector
{
    public string Protect(string purpose, string text) => throw new NotSupportedException();

    public string Unprotect(string purpose, string text) => throw new NotSupportedException();
}
