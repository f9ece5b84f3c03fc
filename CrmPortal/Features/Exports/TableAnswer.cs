using CrmPortal.Api;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;

namespace CrmPortal.Features.Exports;

/// <summary>A table as the answer of the API, written while it is read, however long it is.</summary>
internal sealed class TableAnswer(string name, ExportTable table, IExportFormat format) : IResult
{
    private const string Usual = "json";

    public Task ExecuteAsync(HttpContext httpContext) => ExportAnswer.WriteAsync(httpContext, name,
        ExportAnswer.Branded(table, httpContext.RequestServices.GetRequiredService<ShopIdentity>()), format,
        (output, cancellationToken) => format.WriteAsync(table, output, cancellationToken));

    /// <summary>The format of a word, JSON where there is none.</summary>
    /// <exception cref="ApiException">There is no such format here.</exception>
    public static string Read(string? word, params IReadOnlyList<string> formats)
    {
        var wanted = string.IsNullOrWhiteSpace(word) ? Usual : word.Trim().ToLowerInvariant();
        return formats.Contains(wanted) ? wanted : throw ApiException.BadField("format", $"It is one of: {string.Join(", ", formats)}.");
    }

    /// <summary>The names of columns, separated by commas.</summary>
    public static IReadOnlyList<string> Columns(string? text, IReadOnlyList<string> usual) => string.IsNullOrWhiteSpace(text) ? usual
        : text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

internal static class TableAnswers
{
    public const string Sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    private const string Csv = "text/csv";
    private const string Pdf = "application/pdf";

    /// <summary>Says what a table may be answered as.</summary>
    public static RouteHandlerBuilder AnswersTable(this RouteHandlerBuilder route, bool withPdf) =>
        route.Produces<IReadOnlyList<Dictionary<string, object?>>>(StatusCodes.Status200OK, "application/json",
            withPdf ? [Csv, Sheet, Pdf] : [Csv, Sheet]);
}
