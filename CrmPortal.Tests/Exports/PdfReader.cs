using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace CrmPortal.Tests.Exports;

/// <summary>A reference to an object of a PDF file.</summary>
internal sealed record PdfReference(int Number);

/// <summary>
/// Reads a PDF file as far as these tests need it: by its table of places, its structure, and its text by the fonts' own maps.
/// </summary>
internal sealed class PdfReader
{
    private readonly byte[] _file;
    private readonly Dictionary<int, (int Kind, long First, int Second)> _places = [];
    private readonly Dictionary<int, object?> _objects = [];
    private readonly Dictionary<(int Page, int Mark), string> _texts = [];

    public PdfReader(byte[] file)
    {
        _file = file;
        var end = Encoding.Latin1.GetString(file, file.Length - 60, 60);
        var start = int.Parse(end.Split("startxref\n")[1].Split('\n')[0], CultureInfo.InvariantCulture);
        var (dictionary, data) = ReadStream(start);
        ReadPlaces(dictionary, data);
        Catalog = Dictionary(dictionary["Root"]);
        Information = Dictionary(dictionary["Info"]);
        Pages = [.. Array(Dictionary(Catalog["Pages"])["Kids"]).Select(p => ((PdfReference)p!).Number)];
        foreach (var page in Pages) ReadPage(page);
    }

    public Dictionary<string, object?> Catalog { get; }

    public Dictionary<string, object?> Information { get; }

    public List<int> Pages { get; }

    /// <summary>What stands on each page outside the structure: repeated heads and feet.</summary>
    public List<string> Artifacts { get; } = [];

    /// <summary>Each line of text with the place where it begins, from the lower left corner of its page.</summary>
    public List<(int Page, double X, double Y, string Text)> Lines { get; } = [];

    /// <summary>The size of each page.</summary>
    public (double Width, double Height) PageSize => (Number(Array(Dictionary(new PdfReference(Pages[0]))["MediaBox"])[2]),
        Number(Array(Dictionary(new PdfReference(Pages[0]))["MediaBox"])[3]));

    /// <summary>How many objects the table of places names; each of them was found there.</summary>
    public int ReadAll()
    {
        foreach (var number in _places.Keys) Object(number);
        return _places.Count;
    }

    /// <summary>The texts of all elements of a kind, in the order of the structure.</summary>
    public List<string> Texts(string tag) => [.. Elements(Root).Where(e => (string)e["S"]! == "/" + tag).Select(TextOf)];

    /// <summary>The cells of the table, row by row.</summary>
    public List<List<string>> Rows() => [.. Elements(Root).Where(e => (string)e["S"]! == "/TR")
        .Select(row => Array(row["K"]).Select(c => TextOf(Dictionary(c))).ToList())];

    /// <summary>The same of a table whose columns lie on several pages, each with the first one again.</summary>
    public List<List<string>> JoinedRows()
    {
        var parts = Elements(Root).Where(e => (string)e["S"]! == "/Table").Select(table => Elements(table)
            .Where(e => (string)e["S"]! == "/TR").Select(row => Array(row["K"]).Select(c => TextOf(Dictionary(c))).ToList())
            .ToList()).ToList();
        return [.. parts[0].Select((row, i) => (List<string>)[.. row, .. parts.Skip(1).SelectMany(p => p[i].Skip(1))])];
    }

    public Dictionary<string, object?> Dictionary(object? value) => (Dictionary<string, object?>)Resolve(value)!;

    public string TextOfStream(object? reference) => Encoding.UTF8.GetString(StreamOf(((PdfReference)reference!).Number).Data);

    private Dictionary<string, object?> Root => Dictionary(Dictionary(Catalog["StructTreeRoot"])["K"]);

    private static List<object?> Array(object? value) => (List<object?>)value!;

    private static double Number(object? value) => (double)value!;

    private IEnumerable<Dictionary<string, object?>> Elements(Dictionary<string, object?> element)
    {
        yield return element;
        if (element.GetValueOrDefault("K") is not List<object?> kids) yield break;
        foreach (var kid in kids.OfType<PdfReference>())
        {
            foreach (var inner in Elements(Dictionary(kid))) yield return inner;
        }
    }

    private string TextOf(Dictionary<string, object?> element) =>
        element.GetValueOrDefault("K") is double mark ? _texts[(((PdfReference)element["Pg"]!).Number, (int)mark)] : "";

    private object? Resolve(object? value) => value is PdfReference reference ? Object(reference.Number) : value;

    private object? Object(int number)
    {
        if (_objects.TryGetValue(number, out var found)) return found;
        var (kind, first, second) = _places[number];
        if (kind == 1) return _objects[number] = ReadStream((int)first, number).Dictionary;
        var (dictionary, data) = StreamOf((int)first);
        var head = new PdfParser(data);
        for (var i = 0; i < (int)Number(dictionary["N"]); i++)
        {
            var (inner, at) = ((int)Number(head.Value()), (int)Number(head.Value()));
            if (i == second) Assert.Equal(number, inner);
            _objects[inner] = new PdfParser(data) { At = (int)Number(dictionary["First"]) + at }.Value();
        }

        return _objects[number];
    }

    private (Dictionary<string, object?> Dictionary, byte[] Data) StreamOf(int number) => ReadStream((int)_places[number].First, number);

    private (Dictionary<string, object?> Dictionary, byte[] Data) ReadStream(int at, int? number = null)
    {
        var parser = new PdfParser(_file) { At = at };
        var found = (int)Number(parser.Value());
        if (number is not null) Assert.Equal(number, found);
        parser.Skip("0");
        parser.Skip("obj");
        var dictionary = (Dictionary<string, object?>)parser.Value()!;
        parser.Skip("stream");
        var data = _file.AsSpan(parser.At + 1, (int)Number(dictionary["Length"])).ToArray();
        Assert.StartsWith("\nendstream", Encoding.Latin1.GetString(_file, parser.At + 1 + data.Length, 10), StringComparison.Ordinal);
        if (!dictionary.ContainsKey("Filter")) return (dictionary, data);
        using var plain = new MemoryStream();
        using (var zlib = new ZLibStream(new MemoryStream(data), CompressionMode.Decompress)) zlib.CopyTo(plain);
        return (dictionary, dictionary.TryGetValue("DecodeParms", out var differences)
            ? WithoutDifferences(plain.ToArray(), (int)Number(((Dictionary<string, object?>)differences!)["Columns"])) : plain.ToArray());
    }

    /// <summary>Lines that were written as what differs from the line above.</summary>
    private static byte[] WithoutDifferences(byte[] data, int width)
    {
        var lines = new byte[data.Length / (width + 1) * width];
        Assert.Equal(data.Length / (width + 1) * (width + 1), data.Length);
        for (var i = 0; i < lines.Length; i++)
        {
            if (i % width == 0) Assert.Equal(2, data[i / width * (width + 1)]);
            lines[i] = (byte)(data[(i / width * (width + 1)) + 1 + (i % width)] + (i < width ? 0 : lines[i - width]));
        }

        return lines;
    }

    private void ReadPlaces(Dictionary<string, object?> dictionary, byte[] data)
    {
        Assert.Equal([1, 4, 2], Array(dictionary["W"]).Select(w => (int)Number(w)));
        const int width = 7;
        for (var number = 0; number < (int)Number(dictionary["Size"]); number++)
        {
            var row = data.AsSpan(number * width, width);
            if (row[0] > 0)
                _places[number] = (row[0], BinaryPrimitives.ReadUInt32BigEndian(row[1..]), BinaryPrimitives.ReadUInt16BigEndian(row[5..]));
        }
    }

    private void ReadPage(int number)
    {
        var page = Dictionary(new PdfReference(number));
        var fonts = Dictionary(Dictionary(page["Resources"])["Font"]).ToDictionary(f => "/" + f.Key, f => Letters(Dictionary(f.Value)));
        foreach (var content in Array(page["Contents"])) ReadContent(number, StreamOf(((PdfReference)content!).Number).Data, fonts);
    }

    private void ReadContent(int page, byte[] content, Dictionary<string, (int Bytes, Dictionary<int, string> Texts)> fonts)
    {
        var parser = new PdfParser(content);
        var operands = new List<object?>();
        var text = new StringBuilder();
        int? mark = null;
        (string Text, int Start)? span = null;
        (int Bytes, Dictionary<int, string> Texts) letters = (1, []);
        var (x, y) = (0.0, 0.0);
        while (parser.Next() is { } token)
        {
            switch (token)
            {
                case "BDC" when operands[^1] is Dictionary<string, object?> words && words.TryGetValue("ActualText", out var actual):
                    // What a span says of its text goes before what its letters say.
                    span = (Encoding.BigEndianUnicode.GetString((byte[])actual!)[1..], text.Length);
                    break;
                case "EMC" when span is { } said:
                    text.Length = said.Start;
                    text.Append(said.Text);
                    span = null;
                    break;
                case "BDC" or "BMC":
                    mark = operands[^1] is Dictionary<string, object?> properties && properties.TryGetValue("MCID", out var id)
                        ? (int)Number(id) : null;
                    text.Clear();
                    break;
                case "EMC" when mark is { } number:
                    _texts.Add((page, number), text.ToString());
                    break;
                case "EMC":
                    if (text.Length > 0) Artifacts.Add(text.ToString());
                    break;
                case "BT":
                    (x, y) = (0, 0);
                    break;
                case "Td":
                    (x, y) = (Math.Round(x + Number(operands[0]), 2), Math.Round(y + Number(operands[1]), 2));
                    Lines.Add((Pages.IndexOf(page), x, y, ""));
                    break;
                case "Tf":
                    letters = fonts[(string)operands[0]!];
                    break;
                case "Tj" or "TJ":
                    foreach (var bytes in operands[0] is List<object?> parts ? parts.OfType<byte[]>() : [(byte[])operands[0]!])
                    {
                        for (var i = 0; i < bytes.Length; i += letters.Bytes)
                        {
                            var letter = letters.Texts[letters.Bytes == 1 ? bytes[i] : (bytes[i] << 8) | bytes[i + 1]];
                            text.Append(letter);
                            Lines[^1] = Lines[^1] with { Text = Lines[^1].Text + letter };
                        }
                    }

                    break;
                case PdfParser.Operand:
                    operands.Add(parser.Last);
                    continue;
            }

            operands.Clear();
        }
    }

    /// <summary>How many bytes name a letter, and what each is.</summary>
    private (int Bytes, Dictionary<int, string> Texts) Letters(Dictionary<string, object?> font)
    {
        var letters = new Dictionary<int, string>();
        foreach (var line in TextOfStream(font["ToUnicode"]).Split('\n').Where(l => l.StartsWith('<')))
        {
            var parts = line.Split('<', '>');
            letters[Convert.ToInt32(parts[1], 16)] = Encoding.BigEndianUnicode.GetString(Convert.FromHexString(parts[3]));
        }

        return ((string)font["Subtype"]! == "/Type0" ? 2 : 1, letters);
    }
}
