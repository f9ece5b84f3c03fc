using CrmPortal.Core;
using CrmPortal.Core.Common;
using CrmPortal.Core.Data;

namespace CrmPortal.Hosting;

internal static class HostingSetup
{
    public static void AddCrmHosting(this IServiceCollection services, IConfiguration configuration, IHostEnvironment environment)
    {
        var database = configuration.GetSection("Database").Get<DatabaseOptions>() ?? new();
        database.ConnectionString = configuration.GetConnectionString("Crm") ?? "";
        database.DataFolder = Path.GetFullPath(database.DataFolder, environment.ContentRootPath);
        services.AddCrmCore(database);
        services.Configure<ShopOptions>(configuration.GetSection(ShopOptions.Section));
        services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(10));
        services.AddScoped<IStartUpStep, DemoStep>();
        services.AddHostedService<StartUp>();
        services.AddHostedService<BackgroundWork>();
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database", tags: ["ready"]);
    }

    public static void UseCrmHosting(this WebApplication app)
    {
    }

    public static void MapCrmHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new() { Predicate = c => c.Tags.Contains("ready") }).AllowAnonymous();
    }
}
