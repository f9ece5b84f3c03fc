using System.Text;

namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>
/// Small objects that are like each other, on their way into a stream. Each begins a line of its own, and lines are written as what
/// differs from the line above. Numbers that count up are then the same few bytes again and again, so that hardly anything is left of them
/// when they are compressed.
/// </summary>
/// <param name="width">The length of a line; a longer object takes several.</param>
internal sealed class PdfRecords(int width)
{
    private const byte Blank = (byte)' ';
    private const byte Up = 2;
    private readonly Utf8Buffer _places = new();
    private readonly Utf8Buffer _objects = new();

    public int Count { get; private set; }

    /// <summary>The number of the stream into which they go.</summary>
    public int Stream { get; set; }

    /// <summary>What the dictionary of the stream says.</summary>
    public string Dictionary => string.Create(PdfOutput.Invariant,
        $"/Type/ObjStm/N {Count}/First {_places.Written.Length}{Differences(width)}");

    public void Add(int number, string content)
    {
        Write(_places, string.Create(PdfOutput.Invariant, $"{number,7} {_objects.Written.Length,8} "));
        Write(_objects, content);
        Count++;
    }

    /// <summary>The stream's content; the next object begins another one.</summary>
    public byte[] Take()
    {
        var content = AsDifferences([.. _places.Written.Span, .. _objects.Written.Span], width);
        _places.Clear();
        _objects.Clear();
        Count = 0;
        return content;
    }

    /// <summary>How a dictionary says that a stream holds <see cref="AsDifferences"/>.</summary>
    public static string Differences(int width) =>
        string.Create(PdfOutput.Invariant, $"/DecodeParms<</Predictor 12/Columns {width}>>");

    /// <summary>Whole lines, each as its differences from the one above.</summary>
    public static byte[] AsDifferences(ReadOnlySpan<byte> lines, int width)
    {
        var differences = new byte[lines.Length / width * (width + 1)];
        var to = 0;
        for (var line = 0; line < lines.Length; line += width)
        {
            differences[to++] = Up;
            for (var i = line; i < line + width; i++) differences[to++] = (byte)(lines[i] - (i < width ? 0 : lines[i - width]));
        }

        return differences;
    }

    /// <summary>An object ends with a blank, and its last line with as many as it takes.</summary>
    private void Write(Utf8Buffer buffer, string content)
    {
        buffer.Write(content);
        do buffer.Write(Blank);
        while (buffer.Written.Length % width != 0);
    }
}
