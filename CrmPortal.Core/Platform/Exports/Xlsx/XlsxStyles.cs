using System.Drawing;
using SpreadCheetah;
using SpreadCheetah.Styling;

namespace CrmPortal.Core.Platform.Exports.Xlsx;

/// <summary>The looks that cells of a workbook have.</summary>
internal sealed class XlsxStyles(Spreadsheet workbook)
{
    private static readonly Color HeadingFill = Color.FromArgb(0xE8, 0xEC, 0xF1);

    public StyleId Heading { get; } = workbook.AddStyle(new Style
    {
        Format = NumberFormat.Standard(StandardNumberFormat.Text), Font = { Bold = true }, Fill = { Color = HeadingFill },
    });

    /// <summary>The format keeps a text what it is, also after somebody has edited it.</summary>
    public StyleId Text { get; } = workbook.AddStyle(new Style { Format = NumberFormat.Standard(StandardNumberFormat.Text) });

    public StyleId Whole { get; } =
        workbook.AddStyle(new Style { Format = NumberFormat.Standard(StandardNumberFormat.ThousandsSeparator) });

    public StyleId Day { get; } = workbook.AddStyle(new Style { Format = NumberFormat.Custom(@"yyyy\-mm\-dd") });

    /// <summary>Letters are escaped one by one, since some readers show quotation marks of a format as they stand.</summary>
    public StyleId Instant { get; } = workbook.AddStyle(new Style { Format = NumberFormat.Custom(@"yyyy\-mm\-dd\Thh:mm:ss\Z") });

    private StyleId Cents { get; } =
        workbook.AddStyle(new Style { Format = NumberFormat.Standard(StandardNumberFormat.ThousandsSeparatorTwoDecimalPlaces) });

    private StyleId Thousandths { get; } = workbook.AddStyle(new Style { Format = NumberFormat.Custom("#,##0.000") });

    public StyleId Money(int minorDigits) => minorDigits switch { 0 => Whole, 3 => Thousandths, _ => Cents };
}
