using CrmPortal.Core.Platform.Common;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CrmPortal.Hosting;

internal static class Settings
{
    /// <summary>
    /// Reads <c>appsettings.json</c> from beside the program. The file stands at the top of the repository and is copied to the
    /// output, while the content root of <c>dotnet run</c> is the project's folder; environment and arguments still win over it.
    /// </summary>
    public static void AddCrmSettings(this WebApplicationBuilder builder)
    {
        var file = new Microsoft.Extensions.Configuration.Json.JsonConfigurationSource
        {
            Path = Path.Combine(AppContext.BaseDirectory, "appsettings.json"), Optional = true, ReloadOnChange = false,
        };
        file.ResolveFileProvider();
        builder.Configuration.Sources.Insert(0, file);
        // Lets an unpublished build run in every environment; a published one has its files beside it.
        builder.WebHost.UseStaticWebAssets();
    }

    /// <summary>Reads the settings of a feature, and lets its check say at the start what is wrong with them.</summary>
    /// <param name="section">Where they stand; "" is the top.</param>
    public static void AddSettings<TOptions, TCheck>(this IServiceCollection services, string section)
        where TOptions : class, new()
        where TCheck : SettingsCheck<TOptions>
    {
        services.AddSingleton<IConfigureOptions<TOptions>>(Reader);
        services.AddSingleton<IValidateOptions<TOptions>>(Reader);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, TCheck>());
        services.AddOptions<TOptions>().ValidateOnStart();
        services.TellFaultsOf<TOptions>();

        SettingsReader<TOptions> Reader(IServiceProvider s) => new(s.GetRequiredService<IConfiguration>(), section);
    }

    /// <summary>Reports errors in options with their own construction together with all the others.</summary>
    public static void TellFaultsOf<TOptions>(this IServiceCollection services)
        where TOptions : class =>
        services.AddSingleton(new SettingsOfAFeature(s =>
        {
            try
            {
                s.GetRequiredService<IOptionsFactory<TOptions>>().Create(Options.DefaultName);
                return [];
            }
            catch (OptionsValidationException fault)
            {
                return [.. fault.Failures];
            }
        }));

    /// <summary>All that is wrong with the settings of all features, before anything is opened; none where the program can start.</summary>
    /// <remarks>Asked feature by feature: what one of them takes from another at the start must not end the list.</remarks>
    public static IReadOnlyList<string> SettingsFaults(this IServiceProvider services)
    {
        return [.. services.GetServices<SettingsOfAFeature>().SelectMany(s => s.Faults(services)).Distinct()];
    }

    /// <summary>Whether the program can start; what is wrong is printed, all of it at once.</summary>
    public static bool HasGoodSettings(this WebApplication app)
    {
        var faults = app.Services.SettingsFaults();
        foreach (var fault in faults) Console.Error.WriteLine(fault);
        return faults.Count == 0;
    }
}

/// <summary>How the settings of one feature are asked what is wrong with them.</summary>
internal sealed record SettingsOfAFeature(Func<IServiceProvider, IReadOnlyList<string>> Faults);

/// <summary>Reads value by value, so that an unreadable one is reported together with all other errors.</summary>
internal sealed class SettingsReader<TOptions>(IConfiguration configuration, string section) :
    IConfigureOptions<TOptions>, IValidateOptions<TOptions>
    where TOptions : class, new()
{
    public void Configure(TOptions options) => Read(options);

    public ValidateOptionsResult Validate(string? name, TOptions options) =>
        Read(new()) is { Count: > 0 } faults ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;

    private List<string> Read(TOptions options)
    {
        var faults = new List<string>();
        var values = configuration.GetSection(section).AsEnumerable(makePathsRelative: true);
        foreach (var (key, value) in values.Where(v => v.Value is not null))
        {
            try
            {
                new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build().Bind(options);
            }
            catch (InvalidOperationException)
            {
                // A blank value is one that is not there.
                if (value!.Length > 0) faults.Add($"{section}:{key} is {value}, which cannot be read.");
            }
        }

        return faults;
    }
}
