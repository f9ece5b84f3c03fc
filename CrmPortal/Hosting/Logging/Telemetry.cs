using System.Reflection;
using CrmPortal.Core.Platform.Common;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CrmPortal.Hosting;

/// <summary>Sends traces and metrics to an OpenTelemetry collector, where one is named; otherwise nothing is collected.</summary>
internal static class Telemetry
{
    /// <summary>What the instrumentation packages do not listen to by themselves.</summary>
    private static readonly string[] Sources =
        [CrmDiagnostics.Name, "Microsoft.AspNetCore.Components", "Microsoft.AspNetCore.Components.Server.Circuits", "Npgsql"];

    private static readonly string[] Meters =
    [
        CrmDiagnostics.Name, "Microsoft.AspNetCore.Components", "Microsoft.AspNetCore.Components.Lifecycle",
        "Microsoft.AspNetCore.Components.Server.Circuits", "Microsoft.EntityFrameworkCore", "Npgsql",
    ];

    public static void AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<TelemetryOptions, TelemetryOptionsCheck>(TelemetryOptions.Section);
        if (string.IsNullOrEmpty(configuration[TelemetryOptions.Section + ":" + nameof(TelemetryOptions.Endpoint)])) return;
        // Events of spans hold the texts of faults, and those may hold values.
        configuration["OTEL_SPAN_EVENT_COUNT_LIMIT"] = "0";
        services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService(
                "crmportal", serviceVersion: Version, serviceInstanceId: $"{Environment.MachineName}:{Environment.ProcessId}"))
            .WithTracing(t => t.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddSource(Sources)
                .AddProcessor(new PersonalDataFilter()).AddOtlpExporter("traces", null))
            .WithMetrics(m => m.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation().AddMeter(Meters)
                .AddOtlpExporter("metrics", (Action<OtlpExporterOptions>?)null));
        foreach (var signal in new[] { "traces", "metrics" })
            services.AddOptions<OtlpExporterOptions>(signal)
                .Configure<IOptions<TelemetryOptions>>((exporter, options) => Set(exporter, options.Value, signal));
    }

    private static void Set(OtlpExporterOptions exporter, TelemetryOptions options, string signal)
    {
        exporter.Protocol = TelemetryOptions.Protocols[options.Protocol];
        exporter.Endpoint = new(exporter.Protocol == OtlpExportProtocol.Grpc
            ? options.Endpoint : $"{options.Endpoint.TrimEnd('/')}/v1/{signal}");
    }

    private static string? Version { get; } =
        typeof(Telemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
}

/// <summary>Where traces and metrics go.</summary>
internal sealed class TelemetryOptions
{
    public const string Section = "Telemetry";

    /// <summary>What a collector may speak.</summary>
    public static IReadOnlyDictionary<string, OtlpExportProtocol> Protocols { get; } =
        new Dictionary<string, OtlpExportProtocol>(StringComparer.OrdinalIgnoreCase)
        {
            ["http"] = OtlpExportProtocol.HttpProtobuf, ["grpc"] = OtlpExportProtocol.Grpc,
        };

    /// <summary>The collector's address; empty means that nothing is collected.</summary>
    public string Endpoint { get; set; } = "";

    public string Protocol { get; set; } = "http";
}

internal sealed class TelemetryOptionsCheck : SettingsCheck<TelemetryOptions>
{
    protected override IEnumerable<string> Faults(TelemetryOptions options)
    {
        var isAddress = Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";
        if (options.Endpoint.Length > 0 && !(isAddress && address!.UserInfo.Length == 0))
            yield return "Telemetry:Endpoint is no address of a collector; write one such as http://localhost:4318.";
        if (!TelemetryOptions.Protocols.ContainsKey(options.Protocol))
            yield return $"Telemetry:Protocol is {options.Protocol}; it must be {string.Join(" or ", TelemetryOptions.Protocols.Keys)}.";
    }
}
