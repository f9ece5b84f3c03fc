namespace CrmPortal.Core.Documents;

/// <summary>Limits of documents, and the virus scanner.</summary>
public sealed class DocumentOptions
{
    public const string Section = "Documents";

    /// <summary>The largest file, in megabytes of 1,048,576 bytes.</summary>
    public int LargestFileMegabytes { get; set; } = 20;

    /// <summary>Host and port of clamd, such as <c>localhost:3310</c>; empty means that nothing is scanned.</summary>
    public string ClamdAddress { get; set; } = "";

    public long LargestFile => LargestFileMegabytes * 1024L * 1024L;
}
