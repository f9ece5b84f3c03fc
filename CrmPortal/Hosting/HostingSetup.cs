using CrmPortal.Api;
using CrmPortal.Core;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using CrmPortal.Core.Verification;
using CrmPortal.Core.Webhooks;
using CrmPortal.Features.Tickets;
using CrmPortal.Features.Verification;
using CrmPortal.Hosting.DataProtection;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace CrmPortal.Hosting;

internal static class HostingSetup
{
    public static void AddCrmHosting(this IServiceCollection services, IConfiguration configuration, IHostEnvironment environment)
    {
        var database = configuration.GetSection("Database").Get<DatabaseOptions>() ?? new();
        if (database.Provider.Length == 0) database.Provider = new DatabaseOptions().Provider;
        database.ConnectionString = configuration.GetConnectionString("Crm") ?? "";
        database.DataFolder = Path.GetFullPath(database.DataFolder, environment.ContentRootPath);
        if (configuration["CUSTOMER_DOCUMENT_PATH"] is { Length: > 0 } documents)
            database.DocumentPath = Path.GetFullPath(documents, environment.ContentRootPath);
        services.AddCrmCore(database);
        services.AddSingleton<IValidateOptions<DatabaseOptions>, DatabaseOptionsCheck>();
        services.TellFaultsOf<DatabaseOptions>();
        services.AddOptions<DatabaseOptions>()
            .Configure(o => (o.Provider, o.ConnectionString) = (database.Provider, database.ConnectionString)).ValidateOnStart();
        services.AddSettings<ShopOptions, ShopOptionsCheck>(ShopOptions.Section);
        services.AddSettings<ImportOptions, ImportOptionsCheck>(ImportOptions.Section);
        services.AddSettings<OrderOptions, OrderOptionsCheck>(OrderOptions.Section);
        services.AddSettings<DocumentOptions, DocumentOptionsCheck>(DocumentOptions.Section);
        services.AddSettings<SupportOptions, SupportOptionsCheck>(SupportOptions.Section);
        services.AddSettings<WebhookOptions, WebhookOptionsCheck>(WebhookOptions.Section);
        services.AddProxies();
        services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(10));
        services.Configure<KestrelServerOptions>(o => o.AddServerHeader = false);
        // First of all filters, so that the headers are on the answers of the others too.
        services.Insert(0, ServiceDescriptor.Transient<IStartupFilter, SecurityHeaders>());
        services.AddCrmDataProtection(Path.GetFullPath(configuration["DataProtection:KeyFile"] is { Length: > 0 } file ? file : "crm.key",
            database.DataFolder));
        services.AddSms(environment);
        services.AddScoped<ICustomerLetters, CustomerLetters>();
        services.AddScoped<ISurveyLetters, SurveyLetters>();
        services.AddScoped<IContactLetters, ContactLetters>();
        services.AddScoped<IStartUpStep, ClaimsStep>();
        services.AddScoped<IStartUpStep, BrandStep>();
        services.AddScoped<IStartUpStep, ProgrammeStep>();
        services.AddScoped<IStartUpStep, DemoStep>();
        services.AddTelemetry(configuration);
        services.AddHostedService<DatabaseInUse>();
        services.AddHostedService<StartUp>();
        services.AddHostedService<BackgroundWork>();
        services.AddHostedService<ScheduleWorker>();
        services.AddHostedService<SupportWorker>();
        services.AddReceiving();
        services.AddHostedService<WebhookWorker>();
        services.AddHostedService<DemoWorker>();
        services.AddSingleton<TimeZoneHealth>();
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database", tags: ["ready"], timeout: DatabaseHealth.Patience)
            .AddCheck("disk", new DiskHealth(database), tags: ["ready"])
            .AddCheck<OutboxHealth>("outbox", tags: ["ready"], timeout: DatabaseHealth.Patience)
            .AddCheck<TimeZoneHealth>("time_zones", tags: ["ready"]);

        services.TryAddEnumerable(ServiceDescriptor.Singleton<ConsoleFormatter, LogFormatter>());
        services.PostConfigure<ConsoleLoggerOptions>(o => o.FormatterName ??= environment.IsDevelopment()
            ? ConsoleFormatterNames.Simple : LogFormatter.FormatName);
    }

    public static void UseCrmHosting(this WebApplication app)
    {
        app.UseProxies();
        app.UsePageFaults();
        app.UseApiOrigins();
        app.UseDeprecations();
        app.UseApiErrors();
        app.UseCircuitOrigin();
    }

    public static void MapCrmHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new() { Predicate = c => c.Tags.Contains("ready"), ResponseWriter = HealthAnswer.WriteAsync })
            .AllowAnonymous();
    }

    /// <summary>Runs until it is asked to stop; returns the program's exit code.</summary>
    public static async Task<int> RunCrmAsync(this WebApplication app)
    {
        try
        {
            await app.RunAsync();
            return Environment.ExitCode;
        }
        catch (StartUpException)
        {
            // The error has been logged.
            return 1;
        }
    }
}
