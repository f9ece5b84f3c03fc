using System.IO.Pipelines;

namespace CrmPortal.Core.Exports;

/// <summary>A kind of file that a table can become.</summary>
public interface IExportFormat
{
    /// <summary>The name in addresses, and the ending of file names.</summary>
    string Name { get; }

    string ContentType { get; }

    /// <summary>The most rows that are reasonable in such a file, or null where there is no end.</summary>
    int? MostRows { get; }

    /// <summary>Writes the whole file while the rows are read; the output is flushed as it fills.</summary>
    Task WriteAsync(ExportTable table, PipeWriter output, CancellationToken cancellationToken);
}

/// <summary>The formats that there are.</summary>
public static class ExportFormats
{
    public static IReadOnlyList<IExportFormat> All { get; } = [new CsvExport(), new XlsxExport(), new PdfExport(), new JsonExport()];

    public static IExportFormat? Find(string name) => All.FirstOrDefault(f => f.Name == name);
}
