using System.Globalization;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Customers.Documents;

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

/// <summary>What is wrong with the settings of documents.</summary>
public sealed class DocumentOptionsCheck : SettingsCheck<DocumentOptions>
{
    protected override IEnumerable<string> Faults(DocumentOptions options)
    {
        if (options.LargestFileMegabytes is < 1 or > 1_000)
            yield return $"Documents:LargestFileMegabytes is {options.LargestFileMegabytes}; it must be a number between 1 and 1000.";
        var scanner = options.ClamdAddress;
        var colon = scanner.LastIndexOf(':');
        var hasPort = colon > 0 && ushort.TryParse(scanner.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);
        if (scanner.Length > 0 && !hasPort)
            yield return $"Documents:ClamdAddress is {scanner}; write host and port, such as localhost:3310.";
    }
}
