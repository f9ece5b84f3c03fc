using CrmPortal.Core.Platform.Common;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CrmPortal.Hosting;

/// <summary>
/// Says which release of the time zone rules the program goes by, and whether the system's is older: clocks of other programs, such as
/// those
/// that read exports, are then an hour off in the countries that changed their rules in between.
/// </summary>
internal sealed class TimeZoneHealth : IHealthCheck
{
    private static readonly string Folder = Environment.GetEnvironmentVariable("TZDIR") is { Length: > 0 } named
        ? named : "/usr/share/zoneinfo";

    private readonly Lazy<HealthCheckResult> _result = new(() => Judge(LocalZone.Release, ReleaseIn(Folder)));

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_result.Value);

    /// <summary>Compares two releases, such as <c>2025b</c>; the system's is null where it cannot be told.</summary>
    internal static HealthCheckResult Judge(string own, string? system)
    {
        var data = new Dictionary<string, object> { ["release"] = own };
        if (system is not null) data["system_release"] = system;
        if (system is not null && string.CompareOrdinal(system, own) < 0)
            data["warning"] = $"The system's time zone rules are of release {system}, older than the program's ({own}); update its tzdata.";
        return HealthCheckResult.Healthy(data: data);
    }

    /// <summary>The release that a folder of compiled zones is of, or null where nothing there says it.</summary>
    internal static string? ReleaseIn(string folder)
    {
        try
        {
            foreach (var (file, before) in new[] { ("tzdata.zi", "# version "), ("+VERSION", ""), ("version", "") })
            {
                var path = Path.Combine(folder, file);
                if (!File.Exists(path)) continue;
                var line = File.ReadLines(path).FirstOrDefault() ?? "";
                if (line.StartsWith(before, StringComparison.Ordinal) && line[before.Length..].Trim() is { Length: >= 5 and <= 12 } release)
                    return release;
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // What cannot be read says nothing.
        }

        return null;
    }
}
