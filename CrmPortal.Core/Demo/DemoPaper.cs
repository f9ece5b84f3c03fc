using System.Globalization;
using System.Text;

namespace CrmPortal.Core.Demo;

/// <summary>A sheet of paper as a small PDF of one page, in a font that every reader has.</summary>
internal static class DemoPaper
{
    private const int FirstLine = 760;
    private const int LineHeight = 22;

    /// <param name="lines">In ASCII, without brackets.</param>
    public static byte[] Write(params ReadOnlySpan<string> lines)
    {
        var text = new StringBuilder("BT /F1 13 Tf\n");
        for (var i = 0; i < lines.Length; i++)
            text.Append(CultureInfo.InvariantCulture, $"1 0 0 1 70 {FirstLine - (i * LineHeight)} Tm ({lines[i]}) Tj\n");
        text.Append("ET");
        string[] objects =
        [
            "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
            string.Create(CultureInfo.InvariantCulture, $"<< /Length {text.Length} >>\nstream\n{text}\nendstream"),
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ];
        var file = new StringBuilder("%PDF-1.4\n");
        var places = new List<int>();
        foreach (var (i, content) in objects.Index())
        {
            places.Add(file.Length);
            file.Append(CultureInfo.InvariantCulture, $"{i + 1} 0 obj\n{content}\nendobj\n");
        }

        var table = file.Length;
        file.Append(CultureInfo.InvariantCulture, $"xref\n0 {objects.Length + 1}\n0000000000 65535 f \n");
        foreach (var place in places) file.Append(CultureInfo.InvariantCulture, $"{place:0000000000} 00000 n \n");
        file.Append(CultureInfo.InvariantCulture, $"trailer\n<< /Size {objects.Length + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
        return Encoding.ASCII.GetBytes(file.ToString());
    }
}
