using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Imports;

/// <summary>Limits of imports.</summary>
public sealed class ImportOptions
{
    public const string Section = "Imports";

    /// <summary>The largest file, in megabytes of 1,048,576 bytes.</summary>
    public int LargestFileMegabytes { get; set; } = 256;

    public long LargestFile => LargestFileMegabytes * 1024L * 1024L;
}

/// <summary>What is wrong with the settings of imports.</summary>
public sealed class ImportOptionsCheck : SettingsCheck<ImportOptions>
{
    protected override IEnumerable<string> Faults(ImportOptions options)
    {
        if (options.LargestFileMegabytes is < 1 or > 100_000)
            yield return $"Imports:LargestFileMegabytes is {options.LargestFileMegabytes}; it must be a number of 1 or more.";
    }
}
