using System.IO.Pipelines;
using CrmPortal.Core.Platform.Common;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Platform.Exports;

/// <summary>A kind of file that a table can become.</summary>
public interface IExportFormat
{
    /// <summary>The name in addresses, and the ending of file names.</summary>
    string Name { get; }

    string ContentType { get; }

    /// <summary>The maximum number of rows for such a file, or null if there is no limit.</summary>
    int? MostRows { get; }

    /// <summary>Writes the whole file while the rows are read; the output is flushed as it fills.</summary>
    Task WriteAsync(ExportTable table, PipeWriter output, CancellationToken cancellationToken);
}

/// <summary>The formats that there are.</summary>
public static class ExportFormats
{
    public static IReadOnlyList<IExportFormat> All { get; } = [new CsvExport(), new XlsxExport(), new PdfExport(), new JsonExport()];

    public static IExportFormat? Find(string name) => All.FirstOrDefault(f => f.Name == name);

    /// <exception cref="RuleViolationException">There is no such format.</exception>
    public static IExportFormat Demand(string name) => Find(name) ?? throw new RuleViolationException("Format", "There is no format {0}.",
        name);

    /// <summary>Counts the keys of what is exported where the format has an end.</summary>
    /// <exception cref="RuleViolationException">There are more rows than the format is for.</exception>
    internal static async Task DemandFitAsync<T>(this IExportFormat format, IQueryable<T> keys, CancellationToken cancellationToken)
    {
        if (format.MostRows is not { } most) return;
        if (await keys.Take(most + 1).CountAsync(cancellationToken) > most)
            throw new RuleViolationException("Format", "This format supports at most {0} rows; filter the list, or choose CSV or Excel.",
                most);
    }
}
