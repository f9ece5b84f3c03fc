namespace CrmPortal.Core.Imports;

/// <summary>Limits of imports.</summary>
public sealed class ImportOptions
{
    public const string Section = "Imports";

    /// <summary>The largest file, in megabytes of 1,048,576 bytes.</summary>
    public int LargestFileMegabytes { get; set; } = 256;

    public long LargestFile => LargestFileMegabytes * 1024L * 1024L;
}
