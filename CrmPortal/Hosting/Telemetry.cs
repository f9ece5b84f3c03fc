using System.Reflection;
using CrmPortal.Core.Common;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CrmPortal.Hosting;

/// <summary>Sends traces and metrics to an OpenTelemetry collector, where one is named; otherwise nothing is collected.</summary>
internal sealed class Telemetry(IConfiguration configuration) : IHostedService, IDisposable
{
    public const string EndpointSetting = "Telemetry:Endpoint";
    public const string ProtocolSetting = "Telemetry:Protocol";

    private static readonly string[] Sources =
        [CrmDiagnostics.Name, "Microsoft.AspNetCore", "Microsoft.AspNetCore.Components", "Microsoft.AspNetCore.Components.Server.Circuits", "System.Net.Http", "Npgsql"];

    private static readonly string[] Meters =
    [
        CrmDiagnostics.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Components", "Microsoft.AspNetCore.Components.Lifecycle",
        "Microsoft.AspNetCore.Components.Server.Circuits", "Microsoft.AspNetCore.RateLimiting", "Microsoft.EntityFrameworkCore", "Npgsql", "System.Net.Http", "System.Runtime",
    ];

    /// <summary>What the collector speaks.</summary>
    public static IReadOnlyDictionary<string, OtlpExportProtocol> Protocols { get; } =
        new Dictionary<string, OtlpExportProtocol>(StringComparer.OrdinalIgnoreCase) { ["http"] = OtlpExportProtocol.HttpProtobuf, ["grpc"] = OtlpExportProtocol.Grpc };

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (configuration[EndpointSetting] is not { Length: > 0 } endpoint) return Task.CompletedTask;
        // Without it the server's spans do not say the method.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        var protocol = configuration[ProtocolSetting] is { Length: > 0 } named ? Protocols[named] : OtlpExportProtocol.HttpProtobuf;
        var resource = ResourceBuilder.CreateDefault().AddService("crmportal", serviceVersion: Version, serviceInstanceId: $"{Environment.MachineName}:{Environment.ProcessId}");
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Sources)
            // Events of spans hold the texts of faults, and those may hold values.
            .ConfigureServices(s => s.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddEnvironmentVariables().AddInMemoryCollection([new("OTEL_SPAN_EVENT_COUNT_LIMIT", "0")]).Build()))
            .AddProcessor(new PersonalDataFilter())
            .AddOtlpExporter(o => Set(o, "v1/traces")).Build();
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Meters).AddOtlpExporter(o => Set(o, "v1/metrics")).Build();
        return Task.CompletedTask;

        void Set(OtlpExporterOptions options, string path)
        {
            options.Protocol = protocol;
            options.Endpoint = protocol == OtlpExportProtocol.Grpc ? new Uri(endpoint) : new Uri(endpoint.TrimEnd('/') + "/" + path);
        }
    }

    /// <summary>Sends what is left; a collector that does not answer holds the stop up for no longer than its timeout.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(Dispose, CancellationToken.None);

    public void Dispose()
    {
        Interlocked.Exchange(ref _traces, null)?.Dispose();
        Interlocked.Exchange(ref _metrics, null)?.Dispose();
    }

    private static string? Version { get; } = typeof(Telemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
}
