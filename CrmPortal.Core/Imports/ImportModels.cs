using System.Text.Json;
using System.Text.Json.Serialization;

namespace CrmPortal.Core.Imports;

/// <summary>How the bytes of a file become rows of cells.</summary>
/// <param name="Encoding">IANA name, such as <c>utf-8</c>.</param>
public sealed record FileFormat(string Encoding = "utf-8", char Delimiter = ',', bool HasHeader = true)
{
    /// <summary>Rows above the table, such as a title or the separator that spreadsheets write.</summary>
    public int SkippedRows { get; init; }
}

/// <summary>What the cells of a column look like, over all rows.</summary>
/// <param name="Filled">Rows with something in it.</param>
/// <param name="Samples">The first different values.</param>
/// <param name="DateFormats">The formats that read most values as a date, the best first; empty where there is none.</param>
/// <param name="IsNumber">Most values are numbers with a decimal point.</param>
/// <param name="IsCommaNumber">Most values are numbers with a decimal comma.</param>
public sealed record ColumnProfile(string Name, int Filled, IReadOnlyList<string> Samples, IReadOnlyList<string> DateFormats,
    bool IsNumber, bool IsCommaNumber, bool HasNegative)
{
    /// <summary>Whether every value can be read as a date with the day first as well as with the month first, as another day.</summary>
    public bool IsDayOrMonth { get; init; }

    /// <summary>What the values are; empty in profiles from before they were looked at.</summary>
    public ColumnLook Look { get; init; } = new();
}

/// <summary>A file at first sight: its columns, its first rows, and what is odd about it.</summary>
/// <param name="Rows">Data rows, the header not among them.</param>
/// <param name="Preview">The first data rows.</param>
public sealed record FileProfile(IReadOnlyList<ColumnProfile> Columns, int Rows, IReadOnlyList<IReadOnlyList<string>> Preview,
    IReadOnlyList<ImportNotice> Notices)
{
    /// <summary>The first rows with their whole cells, while the file is being looked at; not kept.</summary>
    [JsonIgnore] public IReadOnlyList<IReadOnlyList<string>> Sample { get; init; } = [];
}

/// <summary>Something that people should know; the sentence is a key of the texts on screens.</summary>
public sealed record ImportNotice(string Sentence, IReadOnlyList<string> Arguments, int Count = 1);

/// <summary>Which customers rows are meant for.</summary>
public enum MatchKey { ExternalId, Number, Email, Phone, Name }

/// <summary>What happens to rows without a record, and to records that are there already.</summary>
public enum ImportMode { CreateAndUpdate, Create, Update }

/// <summary>What becomes of lines of an order that is there which the file does not bring.</summary>
public enum MissingLines
{
    /// <summary>They stay: the file may hold only a part of the order.</summary>
    Keep,

    /// <summary>They go: the file always holds whole orders.</summary>
    Remove,
}

/// <summary>How a file writes the quantities of refunds: below zero, or above zero like those of orders.</summary>
public enum RefundSign { None, Negative, Positive }

/// <summary>What a person decided about a file.</summary>
public sealed record ImportPlan
{
    /// <summary>Field name → position of its column, counted from 0.</summary>
    public IReadOnlyDictionary<string, int> Columns { get; init; } = new Dictionary<string, int>();

    public MatchKey Match { get; init; }
    public ImportMode Mode { get; init; }

    /// <summary>One of <see cref="ValueReader.DateFormats"/>; empty where day and month could be either and a person must say.</summary>
    public string DateFormat { get; init; } = ValueReader.DateFormats[0];

    public bool IsDecimalComma { get; init; }

    /// <summary>IANA name of the zone in which times of the file are meant; empty is the shop's.</summary>
    public string TimeZone { get; init; } = "";

    /// <summary>Orders whose number begins with this are refunds; empty where there are none.</summary>
    public string RefundPrefix { get; init; } = "";

    /// <summary>ISO 4217 for rows without a currency; empty is the shop's.</summary>
    public string Currency { get; init; } = "";

    public MissingLines MissingLines { get; init; }
}

/// <summary>How many records of a kind a check or a publication found.</summary>
public sealed record RecordCount
{
    public int New { get; set; }
    public int Changed { get; set; }
    public int Same { get; set; }

    /// <summary>Left out by the mode: there already while only new ones are wanted, or not there while only changes are.</summary>
    public int Skipped { get; set; }

    [JsonIgnore] public int Total => New + Changed + Same + Skipped;
}

/// <summary>Orders or refunds with their lines and their amount in minor units of the shop's base currency.</summary>
public sealed record DocumentCount
{
    public int Documents { get; set; }
    public int Lines { get; set; }
    public long Amount { get; set; }
}

/// <summary>A record that the file changes: field → old and new.</summary>
public sealed record ImportDifference(int RowNumber, string Name, IReadOnlyDictionary<string, string?[]> Fields);

/// <summary>What a check found, or what was published.</summary>
public sealed record ImportResult
{
    public int Rows { get; set; }
    public int Rejected { get; set; }
    public RecordCount Customers { get; init; } = new();

    /// <summary>Customers of the file who have refunds and no order in it.</summary>
    public int RefundOnlyCustomers { get; set; }

    public RecordCount Orders { get; init; } = new();
    public RecordCount Refunds { get; init; } = new();
    public DocumentCount KnownOrders { get; init; } = new();
    public DocumentCount AnonymousOrders { get; init; } = new();
    public DocumentCount KnownRefunds { get; init; } = new();
    public DocumentCount AnonymousRefunds { get; init; } = new();

    /// <summary>How the file writes the quantities of refunds.</summary>
    public RefundSign RefundSign { get; set; }

    /// <summary>After the import was undone: what stayed, because somebody had worked with it since.</summary>
    public ImportKept? Kept { get; set; }

    /// <summary>The first differences; all of them are counted above.</summary>
    public List<ImportDifference> Differences { get; init; } = [];

    /// <summary>Why rows are rejected, with the number of rows.</summary>
    public List<ImportNotice> Rejections { get; init; } = [];

    /// <summary>What comes along beside the records themselves, such as consents, with the number of each.</summary>
    public List<ImportNotice> Brought { get; init; } = [];

    /// <summary>Values skipped in imported rows, such as an unknown country.</summary>
    public List<ImportNotice> Notices { get; init; } = [];
}

/// <summary>What stayed of an import that was undone.</summary>
/// <param name="Values">Values and rows that were changed since and kept their present state.</param>
/// <param name="Names">The first of the records by their names or numbers.</param>
public sealed record ImportKept(int Customers, int Orders, int Refunds, int Values, IReadOnlyList<string> Names);

/// <summary>A row that is rejected, with the reason's sentence as a key of the texts on screens.</summary>
public sealed record RejectedRow(int RowNumber, string Reason, IReadOnlyList<string> Arguments);

/// <summary>A line of the list of imports.</summary>
public sealed record ImportSummary(long Id, ImportKind Kind, ImportState State, string FileName, long FileSize, string? Fault,
    string CreatedByName, DateTimeOffset CreatedAt, DateTimeOffset? PublishedAt, int Rows, int Rejected);

/// <summary>Everything that an import's page shows.</summary>
public sealed record ImportDetails(
    long Id, ImportKind Kind, ImportState State, string FileName, long FileSize, FileFormat Format, FileProfile Profile,
        IReadOnlyList<ImportField> Fields, ImportPlan Plan, ImportResult? Result,
    string? Fault, long? JobId, long? ChangeSetId, bool CanUndo, string CreatedByName, DateTimeOffset CreatedAt,
        DateTimeOffset? PublishedAt);

internal static class ImportJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.General)
    {
        Converters = { new JsonStringEnumConverter() }, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static string Write(StagedOrderLine line) => JsonSerializer.Serialize(line, StagedJson.Default.StagedOrderLine);

    public static string Write(StagedCustomer customer) => JsonSerializer.Serialize(customer, StagedJson.Default.StagedCustomer);

    public static T Read<T>(string json) =>
        StagedJson.Default.GetTypeInfo(typeof(T)) is System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> staged
        ? JsonSerializer.Deserialize(json, staged)! : JsonSerializer.Deserialize<T>(json, Options)!;
}

/// <summary>The form of staged rows, generated because there may be very many.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(StagedOrderLine))]
[JsonSerializable(typeof(StagedCustomer))]
internal sealed partial class StagedJson : JsonSerializerContext;
