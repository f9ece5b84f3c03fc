using CrmPortal.Api;
using CrmPortal.Core;
using CrmPortal.Core.Common;
using CrmPortal.Core.Data;
using CrmPortal.Core.Documents;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Verification;
using CrmPortal.Features.Verification;
using CrmPortal.Hosting.DataProtection;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace CrmPortal.Hosting;

internal static class HostingSetup
{
    public static void AddCrmHosting(this IServiceCollection services, IConfiguration configuration, IHostEnvironment environment)
    {
        var database = configuration.GetSection("Database").Get<DatabaseOptions>() ?? new();
        database.ConnectionString = configuration.GetConnectionString("Crm") ?? "";
        database.DataFolder = Path.GetFullPath(database.DataFolder, environment.ContentRootPath);
        if (configuration["CUSTOMER_DOCUMENT_PATH"] is { Length: > 0 } documents) database.DocumentPath = Path.GetFullPath(documents, environment.ContentRootPath);
        services.AddCrmCore(database);
        services.Configure<ShopOptions>(configuration.GetSection(ShopOptions.Section));
        services.Configure<ImportOptions>(configuration.GetSection(ImportOptions.Section));
        services.Configure<OrderOptions>(configuration.GetSection(OrderOptions.Section));
        services.Configure<DocumentOptions>(configuration.GetSection(DocumentOptions.Section));
        services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(10));
        services.Configure<KestrelServerOptions>(o => o.AddServerHeader = false);
        // First of all filters, so that the headers stand on the answers of the others too.
        services.Insert(0, ServiceDescriptor.Transient<IStartupFilter, SecurityHeaders>());
        services.AddCrmDataProtection(Path.GetFullPath(configuration["DataProtection:KeyFile"] is { Length: > 0 } file ? file : "crm.key", database.DataFolder));
        services.AddSms(environment);
        services.AddScoped<ICustomerLetters, CustomerLetters>();
        services.AddScoped<IStartUpStep, ProgrammeStep>();
        services.AddScoped<IStartUpStep, DemoStep>();
        services.AddHostedService<Telemetry>();
        services.AddHostedService<DatabaseInUse>();
        services.AddHostedService<StartUp>();
        services.AddHostedService<BackgroundWork>();
        services.AddHostedService<NightlyWorker>();
        services.AddHostedService<CleanUp>();
        services.AddHostedService<DemoWorker>();
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database", tags: ["ready"], timeout: DatabaseHealth.Patience);

        services.TryAddEnumerable(ServiceDescriptor.Singleton<ConsoleFormatter, LogFormatter>());
        services.PostConfigure<ConsoleLoggerOptions>(o => o.FormatterName ??= environment.IsDevelopment() ? ConsoleFormatterNames.Simple : LogFormatter.FormatName);
    }

    public static void UseCrmHosting(this WebApplication app)
    {
        app.UseRequestSpans();
        app.UseProxies();
        app.UsePageFaults();
        app.UseApiErrors();
        app.UseCircuitOrigin();
    }

    public static void MapCrmHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new() { Predicate = c => c.Tags.Contains("ready") }).AllowAnonymous();
    }

    /// <summary>Runs until it is told to stop; the answer is the program's exit code.</summary>
    public static async Task<int> RunCrmAsync(this WebApplication app)
    {
        try
        {
            await app.RunAsync();
            return Environment.ExitCode;
        }
        catch (StartUpFault)
        {
            // What is wrong stands in the log.
            return 1;
        }
    }
}
