using System.Globalization;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Platform.Exports;

/// <summary>What the values of a column are; each format writes them in its own way.</summary>
public enum ExportKind
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A string in E.164; it stays as it is where it is one.</summary>
    Phone,

    /// <summary>
    /// A string that programs read (<c>social_media</c>, <c>DE</c>); documents show <see cref="ExportColumn.Show"/> of it.
    /// </summary>
    Choice,

    /// <summary>A list of strings.</summary>
    Words,

    /// <summary>An <see cref="int"/>, <see cref="long"/> or <see cref="decimal"/>.</summary>
    Number,

    /// <summary>A <see cref="long"/> in the minor units of <see cref="ExportColumn.Currency"/>, or an <see cref="ExportAmount"/>.</summary>
    Money,

    /// <summary>A <see cref="DateOnly"/>.</summary>
    Date,

    /// <summary>A <see cref="DateTimeOffset"/>.</summary>
    Instant,

    /// <summary>A <see cref="bool"/>.</summary>
    YesNo,
}

/// <summary>An amount in the minor units of its own currency.</summary>
public sealed record ExportAmount(long MinorUnits, string Currency);

/// <summary>One column of an exported table.</summary>
/// <param name="Name">The field's name in JSON and in the audit log.</param>
/// <param name="Title">The heading in the language of the user.</param>
/// <param name="Width">How many characters a usual value has: the share of the page that the column gets.</param>
public sealed record ExportColumn(string Name, string Title, ExportKind Kind, int Width = 14)
{
    /// <summary>ISO 4217, for amounts that do not name theirs.</summary>
    public string? Currency { get; init; }

    /// <summary>What people read instead of a choice's machine name.</summary>
    public Func<string, string>? Show { get; init; }

    /// <summary>Whether a value stays in one line where there is any room, as numbers, days and phones do.</summary>
    public bool IsWhole { get; init; } = Kind is not (ExportKind.Text or ExportKind.Words or ExportKind.Choice or ExportKind.Instant);

    /// <summary>Whether documents close with the sum of the column: of whole numbers, or of amounts.</summary>
    public bool IsSummed { get; init; }

    /// <summary>Whether values are right-aligned, like numbers.</summary>
    public bool IsRightAligned => Kind is ExportKind.Number or ExportKind.Money;
}

/// <summary>
/// For whom a table is made: the language, the way of writing numbers and dates, the time zone, and the words of the document itself.
/// </summary>
public sealed record ExportAudience(CultureInfo Culture, LocalZone Zone, ExportWords Words)
{
    /// <summary>BCP 47 tag of the language of the words.</summary>
    public string Language { get; init; } = "en";

    /// <summary>Says an English heading in the language.</summary>
    public Func<string, string> Title { get; init; } = title => title;

    /// <summary>Says what people read for the machine name of a column's choice.</summary>
    public Func<string, string, string> Choice { get; init; } = (_, value) => value;

    /// <summary>Says an amount in minor units of a currency as the screens do.</summary>
    public Func<long, string, string>? Money { get; init; }

    /// <summary>English and UTC.</summary>
    public static ExportAudience Usual { get; } = new(CultureInfo.GetCultureInfo("en-GB"), LocalZone.Utc, new());
}

/// <summary>The words that a document adds to the data.</summary>
public sealed record ExportWords
{
    public string Yes { get; init; } = "yes";
    public string No { get; init; } = "no";
    public string Page { get; init; } = "Page {0} of {1}";
    public string Made { get; init; } = "Created on {0}";
    public string Empty { get; init; } = "There are no rows.";
    public string Total { get; init; } = "Total";

    /// <summary>Which columns a page has of a table that no page is wide enough for.</summary>
    public string Columns { get; init; } = "Columns {0} to {1} of {2}";

    public string Currency { get; init; } = "Currency";
}

/// <summary>
/// A list on its way into a file: any list can fill it, any format can write it. Rows are read while they are written and never
/// gathered.
/// </summary>
public sealed record ExportTable
{
    public required string Title { get; init; }

    /// <summary>The search, the filters and the order in words, a line for each.</summary>
    public IReadOnlyList<string> Subtitles { get; init; } = [];

    /// <summary>Whose letterhead it has.</summary>
    public required string ShopName { get; init; }

    /// <summary>The colour of the line under its name, such as <c>#17654f</c>.</summary>
    public string? ShopColour { get; init; }

    /// <summary>The picture beside its name, where it has one.</summary>
    public ShopLogo? Logo { get; init; }

    /// <summary>What documents say below the rows: how the figures are defined.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What documents draw above the rows; machine formats hold the rows alone.</summary>
    public IReadOnlyList<ExportChart> Charts { get; init; } = [];

    public required DateTimeOffset MadeAt { get; init; }

    public required ExportAudience Audience { get; init; }

    public required IReadOnlyList<ExportColumn> Columns { get; init; }

    /// <summary>
    /// A value for each column, of the type that its <see cref="ExportKind"/> names, or null. A row may be used again for the next.
    /// </summary>
    public required IAsyncEnumerable<object?[]> Rows { get; init; }

    /// <summary>
    /// Asked after the last row: a closing row of totals, or null for none. Documents show it; machine formats hold the rows alone.
    /// </summary>
    public Func<IReadOnlyList<object?>?> Totals { get; init; } = () => null;

    /// <summary>
    /// Whether a CSV file holds what people read (choices in their language, times in their zone, their decimal sign) instead of what
    /// programs read.
    /// </summary>
    public bool IsForPeople { get; init; }

    /// <summary>Leaves cells as they are that a spreadsheet may take for formulas; needs a permission of its own.</summary>
    public bool IsRaw { get; init; }
}
