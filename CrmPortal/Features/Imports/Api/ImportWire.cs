using System.ComponentModel;
using System.Globalization;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Features.Imports;

/// <summary>A file to import, as a form.</summary>
internal sealed record ImportForm
{
    [Description("What the file is called, where not as it is sent.")]
    public string? Name { get; init; }

    [Description("Text with a row for each record, such as CSV.")]
    public required IFormFile File { get; init; }
}

/// <summary>How the file is read; absent fields stay as they are.</summary>
internal sealed record ImportFormatBody
{
    public ImportKind? Kind { get; init; }

    [Description("IANA name, such as utf-8 or windows-1252.")]
    public string? Encoding { get; init; }

    [Description("The sign between two cells.")]
    public string? Delimiter { get; init; }

    public bool? HasHeader { get; init; }

    /// <exception cref="RuleViolationException">The separator is more than one sign.</exception>
    public FileFormat On(FileFormat present) => present with
    {
        Encoding = Encoding ?? present.Encoding, HasHeader = HasHeader ?? present.HasHeader,
        Delimiter = Delimiter is null ? present.Delimiter
            : Delimiter.Length == 1 ? Delimiter[0] : throw new RuleViolationException(nameof(Delimiter), "Choose a separator."),
    };
}

/// <summary>How rows become records; absent fields stay as they are.</summary>
internal sealed record ImportPlanBody
{
    [Description("The field, and the position of its column, counted from 0. All of them: a field that is not named has no column.")]
    public IReadOnlyDictionary<string, int>? Columns { get; init; }

    [Description("By which field rows are matched with customers.")]
    public MatchKey? Match { get; init; }

    public ImportMode? Mode { get; init; }

    [Description("Such as yyyy-MM-dd or dd.MM.yyyy.")]
    public string? DateFormat { get; init; }

    public bool? IsDecimalComma { get; init; }

    [Description("IANA name of the zone of the file's times; empty for the shop's.")]
    public string? TimeZone { get; init; }

    [Description("Orders whose number begins with this are refunds; empty where there are none.")]
    public string? RefundPrefix { get; init; }

    [Description("ISO 4217 for rows without a currency; empty for the shop's.")]
    public string? Currency { get; init; }

    [Description("What becomes of lines of a known order that the file does not bring.")]
    public MissingLines? MissingLines { get; init; }

    /// <summary>Other columns bring other proposals with them, unless these are given too.</summary>
    public ImportPlan On(ImportDetails present, ShopOptions shop)
    {
        var plan = Columns is null ? present.Plan : ImportChoices.WithColumns(present, Columns, shop);
        return plan with
        {
            Match = Match ?? plan.Match, Mode = Mode ?? plan.Mode, DateFormat = DateFormat ?? plan.DateFormat,
            IsDecimalComma = IsDecimalComma ?? plan.IsDecimalComma, TimeZone = TimeZone ?? plan.TimeZone,
            RefundPrefix = RefundPrefix ?? plan.RefundPrefix, Currency = Currency ?? plan.Currency,
            MissingLines = MissingLines ?? plan.MissingLines,
        };
    }
}

/// <summary>An import in the list.</summary>
internal sealed record ImportLine(long Id, ImportKind Kind, ImportState State, string FileName, long FileSize, string? Fault, int Rows,
    int Rejected, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? PublishedAt)
{
    public static ImportLine Of(ImportSummary import) => new(import.Id, import.Kind, import.State, import.FileName, import.FileSize,
        import.Fault, import.Rows, import.Rejected, import.CreatedByName, import.CreatedAt, import.PublishedAt);
}

/// <summary>An import with everything that is known about it.</summary>
/// <param name="Rows">Rows of the file, the header not among them.</param>
/// <param name="Fields">What columns can be; the names are those of the plan.</param>
/// <param name="Result">What the last check found, or what was published; null before the first check.</param>
/// <param name="JobId">The job of the last step.</param>
internal sealed record ImportAnswer(long Id, ImportKind Kind, ImportState State, string FileName, long FileSize, ImportFormatAnswer Format,
    int Rows, IReadOnlyList<ImportColumnAnswer> Columns, IReadOnlyList<ImportFieldAnswer> Fields, ImportPlanAnswer Plan,
    ImportResultAnswer? Result, IReadOnlyList<ImportNoticeAnswer> Notices, string? Fault, long? JobId, bool CanUndo, string CreatedBy,
    DateTimeOffset CreatedAt, DateTimeOffset? PublishedAt)
{
    public static ImportAnswer Of(ImportDetails import, string currency) => new(import.Id, import.Kind, import.State, import.FileName,
        import.FileSize, new(import.Format.Encoding, import.Format.Delimiter.ToString(), import.Format.HasHeader), import.Profile.Rows,
        [.. import.Profile.Columns.Select((c, i) => new ImportColumnAnswer(i, c.Name, c.Filled, c.Samples))],
        [.. import.Fields.Select(f => new ImportFieldAnswer(f.Name, f.Label))], ImportPlanAnswer.Of(import.Plan),
        import.Result is null ? null : ImportResultAnswer.Of(import.Result, currency),
        [.. import.Profile.Notices.Select(ImportNoticeAnswer.Of)], import.Fault, import.JobId, import.CanUndo, import.CreatedByName,
        import.CreatedAt, import.PublishedAt);
}

/// <summary>How the file is read.</summary>
internal sealed record ImportFormatAnswer(string Encoding, string Delimiter, bool HasHeader);

/// <summary>A column of the file.</summary>
/// <param name="Position">Counted from 0.</param>
/// <param name="Filled">Rows with something in it.</param>
/// <param name="Samples">The first different values.</param>
internal sealed record ImportColumnAnswer(int Position, string Name, int Filled, IReadOnlyList<string> Samples);

/// <summary>What a column can be.</summary>
internal sealed record ImportFieldAnswer(string Name, string Label);

/// <summary>Which column is which field, and how rows meet records.</summary>
internal sealed record ImportPlanAnswer(IReadOnlyDictionary<string, int> Columns, MatchKey Match, ImportMode Mode, string DateFormat,
    bool IsDecimalComma, string TimeZone, string RefundPrefix, string Currency, MissingLines MissingLines)
{
    public static ImportPlanAnswer Of(ImportPlan plan) => new(plan.Columns, plan.Match, plan.Mode, plan.DateFormat, plan.IsDecimalComma,
        plan.TimeZone, plan.RefundPrefix, plan.Currency, plan.MissingLines);
}

/// <summary>What became of the rows, or would become of them.</summary>
/// <param name="Differences">The first records that the file changes.</param>
/// <param name="Rejections">Why rows are rejected, with the number of rows.</param>
/// <param name="Notices">Values that were left out of rows that are imported.</param>
/// <param name="Brought">What came along beside the records: consents and objections, notes, points.</param>
/// <param name="KeptByUndo">After it was taken back: how many records stayed, since somebody had worked with them.</param>
internal sealed record ImportResultAnswer(int Rows, int Rejected, ImportCountAnswer Customers, ImportCountAnswer Orders,
    ImportCountAnswer Refunds, ImportSumsAnswer KnownOrders, ImportSumsAnswer AnonymousOrders, ImportSumsAnswer KnownRefunds,
    ImportSumsAnswer AnonymousRefunds, IReadOnlyList<ImportDifferenceAnswer> Differences, IReadOnlyList<ImportNoticeAnswer> Rejections,
    IReadOnlyList<ImportNoticeAnswer> Notices, IReadOnlyList<ImportNoticeAnswer> Brought, int? KeptByUndo)
{
    public static ImportResultAnswer Of(ImportResult result, string currency) => new(result.Rows, result.Rejected,
        ImportCountAnswer.Of(result.Customers), ImportCountAnswer.Of(result.Orders), ImportCountAnswer.Of(result.Refunds),
        ImportSumsAnswer.Of(result.KnownOrders, currency), ImportSumsAnswer.Of(result.AnonymousOrders, currency),
        ImportSumsAnswer.Of(result.KnownRefunds, currency), ImportSumsAnswer.Of(result.AnonymousRefunds, currency),
        [.. result.Differences.Select(d => new ImportDifferenceAnswer(d.RowNumber, d.Name, d.Fields))],
        [.. result.Rejections.Select(ImportNoticeAnswer.Of)], [.. result.Notices.Select(ImportNoticeAnswer.Of)],
        [.. result.Brought.Select(ImportNoticeAnswer.Of)],
        result.Kept is { } kept ? kept.Customers + kept.Orders + kept.Refunds : null);
}

/// <summary>Records of a kind.</summary>
/// <param name="Skipped">Left out by the mode.</param>
internal sealed record ImportCountAnswer(int New, int Changed, int Same, int Skipped)
{
    public static ImportCountAnswer Of(RecordCount count) => new(count.New, count.Changed, count.Same, count.Skipped);
}

/// <summary>Orders or refunds with their sum.</summary>
/// <param name="Amount">In the shop's currency.</param>
internal sealed record ImportSumsAnswer(int Documents, int Lines, decimal Amount)
{
    public static ImportSumsAnswer Of(DocumentCount count, string currency) =>
        new(count.Documents, count.Lines, Money.ToDecimal(count.Amount, currency));
}

/// <summary>A record that the file changes: for each field the value before and after.</summary>
internal sealed record ImportDifferenceAnswer(int Row, string Name, IReadOnlyDictionary<string, string?[]> Fields);

/// <summary>Something that one should know.</summary>
internal sealed record ImportNoticeAnswer(string Text, int Count)
{
    public static ImportNoticeAnswer Of(ImportNotice notice) => new(Said(notice.Sentence, notice.Arguments), notice.Count);

    internal static string Said(string sentence, IReadOnlyList<string> arguments) =>
        arguments.Count == 0 ? sentence : string.Format(CultureInfo.InvariantCulture, sentence, [.. arguments]);
}

/// <summary>A row that is not imported.</summary>
/// <param name="Row">The line of the file as people count: the header is row 1.</param>
internal sealed record RejectedRowAnswer(int Row, string Reason)
{
    public static RejectedRowAnswer Of(RejectedRow row) => new(row.RowNumber, ImportNoticeAnswer.Said(row.Reason, row.Arguments));
}

/// <summary>What the API's description shows of imports.</summary>
internal static class ImportExamples
{
    public const string PlanInput = """{ "columns": { "name": 0, "email": 1 }, "match": "email", "mode": "create_and_update" }""";

    public const string Import = """
        { "id": 7, "kind": "customers", "state": "uploaded", "file_name": "customers.csv", "file_size": 48, "format": { "encoding": "utf-8",
          "delimiter": ",", "has_header": true }, "rows": 1,
          "columns": [ { "position": 0, "name": "Name", "filled": 1, "samples": [ "Ada Lovelace" ] },
            { "position": 1, "name": "Email", "filled": 1, "samples": [ "ada@example.com" ] } ],
          "fields": [ { "name": "name", "label": "Name" }, { "name": "email", "label": "E-mail" } ],
          "plan": { "columns": { "name": 0, "email": 1 }, "match": "email", "mode": "create_and_update", "date_format": "yyyy-MM-dd",
            "is_decimal_comma": false, "time_zone": "", "refund_prefix": "", "currency": "", "missing_lines": "keep" },
          "result": null, "notices": [], "fault": null, "job_id": null, "can_undo": false, "created_by": "Ada Manager",
          "created_at": "2026-01-31T09:30:00Z", "published_at": null }
        """;

    public const string List = """
        { "items": [ { "id": 7, "kind": "customers", "state": "published", "file_name": "customers.csv", "file_size": 48, "fault": null,
            "rows": 1, "rejected": 0, "created_by": "Ada Manager", "created_at": "2026-01-31T09:30:00Z",
            "published_at": "2026-01-31T09:40:00Z" } ], "page": 1, "limit": 20, "total": 1, "pages": 1 }
        """;
}
