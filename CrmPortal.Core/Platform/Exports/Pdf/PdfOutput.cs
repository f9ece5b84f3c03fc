using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;

namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>
/// The objects of a PDF file, written one after another: what is finished goes out at once, and only its place is remembered for
/// the table at the end. Small objects travel together in compressed streams.
/// </summary>
internal sealed class PdfOutput(PipeWriter output)
{
    private const int ObjectsPerStream = 400;
    private const int RecordsPerStream = 2_000;
    private const long InStream = 1L << 62;
    private const int IndexBits = 16;

    private readonly StringBuilder _waiting = new();
    private readonly StringBuilder _waitingPlaces = new();
    private readonly Utf8Buffer _buffer = new();
    private long[] _places = new long[1024];
    private int _count;
    private int _waitingCount;
    private int _waitingStream;
    private long _position;

    public static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>A number for an object that is written later.</summary>
    public int Reserve() => Reserve(1);

    /// <summary>Numbers that follow each other; the answer is the first of them.</summary>
    public int Reserve(int count)
    {
        _count += count;
        if (_count >= _places.Length) Array.Resize(ref _places, Math.Max(_places.Length * 2, _count + 1));
        return _count - count + 1;
    }

    public Task BeginAsync(CancellationToken cancellationToken) => WriteAsync("%PDF-1.7\n%âãÏÓ\n"u8.ToArray(), cancellationToken);

    /// <summary>Writes a small object of ASCII letters.</summary>
    public async ValueTask AddAsync(int number, string content, CancellationToken cancellationToken)
    {
        if (_waitingCount == 0) _waitingStream = Reserve();
        _places[number] = InStream | ((long)_waitingStream << IndexBits) | (uint)_waitingCount++;
        _waitingPlaces.Append(Invariant, $"{number} {_waiting.Length} ");
        _waiting.Append(content).Append(' ');
        if (_waitingCount == ObjectsPerStream) await FlushObjectsAsync(cancellationToken);
    }

    /// <summary>Writes a small object of ASCII letters among others that are like it.</summary>
    public async ValueTask AddAsync(PdfRecords records, int number, string content, CancellationToken cancellationToken)
    {
        if (records.Count == 0) records.Stream = Reserve();
        _places[number] = InStream | ((long)records.Stream << IndexBits) | (uint)records.Count;
        records.Add(number, content);
        if (records.Count == RecordsPerStream) await FlushAsync(records, cancellationToken);
    }

    /// <summary>Writes what waits in a list of records.</summary>
    public async ValueTask FlushAsync(PdfRecords records, CancellationToken cancellationToken)
    {
        if (records.Count == 0) return;
        await AddStreamAsync(records.Stream, records.Dictionary, records.Take(), cancellationToken);
    }

    /// <summary>Writes a stream, compressed unless <paramref name="isPlain"/>.</summary>
    public async Task AddStreamAsync(int number, string dictionary, ReadOnlyMemory<byte> content, CancellationToken cancellationToken,
        bool isPlain = false)
    {
        _places[number] = _position;
        var data = isPlain ? content : Deflated(content.Span);
        var filter = isPlain ? "" : "/Filter/FlateDecode";
        await WriteAsync(Encoding.Latin1
            .GetBytes(string.Create(Invariant, $"{number} 0 obj<<{dictionary}{filter}/Length {data.Length}>>stream\n")), cancellationToken);
        await WriteAsync(data, cancellationToken);
        await WriteAsync("\nendstream endobj\n"u8.ToArray(), cancellationToken);
    }

    /// <summary>Writes the table of all places and the end of the file.</summary>
    public async Task EndAsync(int catalog, int information, string fileId, CancellationToken cancellationToken)
    {
        await FlushObjectsAsync(cancellationToken);
        var number = Reserve();
        var start = _places[number] = _position;
        // Some readers know no numbers of five bytes; no document comes near four gigabytes.
        const int width = 7;
        var rows = new byte[(_count + 1) * width];
        for (var i = 0; i <= _count; i++)
        {
            var place = _places[i];
            var (kind, first, second) = i == 0 || place == 0 ? ((byte)0, 0L, 0xFFFFL)
                : (place & InStream) != 0 ? ((byte)2, (place & ~InStream) >> IndexBits, place & ((1 << IndexBits) - 1))
                    : ((byte)1, place, 0L);
            var entry = rows.AsSpan(i * width, width);
            entry[0] = kind;
            BinaryPrimitives.WriteUInt32BigEndian(entry[1..], (uint)first);
            BinaryPrimitives.WriteUInt16BigEndian(entry[5..], (ushort)second);
        }

        await AddStreamAsync(
            number,
            string.Create(Invariant,
                $"/Type/XRef/Size {_count + 1}/W[1 4 2]{PdfRecords.Differences(width)}/Root {catalog} 0 R/Info {information} 0 R/ID[<{fileId}><{fileId}>]"),
            PdfRecords.AsDifferences(rows, width), cancellationToken);
        await WriteAsync(Encoding.ASCII.GetBytes(string.Create(Invariant, $"startxref\n{start}\n%%EOF\n")), cancellationToken);
        await _buffer.DrainAsync(output, cancellationToken);
    }

    /// <summary>A text string of PDF, for any letters.</summary>
    public static string Text(string text) => "<FEFF" + Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text)) + ">";

    private async Task FlushObjectsAsync(CancellationToken cancellationToken)
    {
        if (_waitingCount == 0) return;
        var dictionary = string.Create(Invariant, $"/Type/ObjStm/N {_waitingCount}/First {_waitingPlaces.Length}");
        var content = Encoding.Latin1.GetBytes(_waitingPlaces.Append(_waiting).ToString());
        _waiting.Clear();
        _waitingPlaces.Clear();
        _waitingCount = 0;
        await AddStreamAsync(_waitingStream, dictionary, content, cancellationToken);
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _position += bytes.Length;
        _buffer.Write(bytes.Span);
        if (_buffer.IsFull) await _buffer.DrainAsync(output, cancellationToken);
    }

    private static byte[] Deflated(ReadOnlySpan<byte> content)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true)) zlib.Write(content);
        return packed.ToArray();
    }
}
