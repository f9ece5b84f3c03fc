using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Customers.Documents;

/// <summary>
/// Reads the list of a Word, Excel or PowerPoint file (a zip file) without unpacking it: names that lead elsewhere, programs, and
/// sizes that would fill a disk are refused. Only the small list of types within is read, and only so far.
/// </summary>
internal static class OfficeCheck
{
    private const int EndBytes = 22;
    private const int EntryBytes = 46;
    private const int MostEntries = 5_000;
    private const int MostListBytes = 2 * 1024 * 1024;
    private const int MostTypesBytes = 512 * 1024;
    private const long MostUnpacked = 500L * 1024 * 1024;
    private const long MostRatio = 100;
    private const long FreeBytes = 10L * 1024 * 1024;
    private const string Types = "[Content_Types].xml";

    private sealed record Entry(string Name, int Method, long Packed, long Unpacked, long Start);

    /// <summary>The type and the extension of the file; null where it is a zip file of another kind.</summary>
    /// <exception cref="RuleViolationException">It is damaged, holds programs, or unpacks to too much.</exception>
    public static async Task<(string ContentType, string Extension)?> ReadAsync(Stream content, CancellationToken cancellationToken)
    {
        try
        {
            var entries = await EntriesAsync(content, cancellationToken);
            if (entries.FirstOrDefault(e => e.Name == Types) is not { } list) return null;
            var types = await TypesAsync(content, list, cancellationToken);
            if (types.Contains("<!", StringComparison.Ordinal) && types.Contains("<!DOCTYPE", StringComparison.OrdinalIgnoreCase))
                throw Damaged();
            if (types.Contains("macroEnabled", StringComparison.OrdinalIgnoreCase)
                || types.Contains("vbaProject", StringComparison.OrdinalIgnoreCase)
                || types.Contains("activeX", StringComparison.OrdinalIgnoreCase) || entries.Any(e => IsProgram(e.Name)))
                throw new RuleViolationException("File", "This file contains macros or programs; save it without them.");
            if (types.Contains("wordprocessingml.document.main+xml", StringComparison.Ordinal))
                return ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx");
            if (types.Contains("spreadsheetml.sheet.main+xml", StringComparison.Ordinal))
                return ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx");
            if (types.Contains("presentationml.presentation.main+xml", StringComparison.Ordinal))
                return ("application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx");
            return null;
        }
        catch (Exception fault) when (fault is EndOfStreamException or InvalidDataException or DecoderFallbackException)
        {
            throw Damaged();
        }
    }

    private static bool IsProgram(string name) =>
        name.Contains("vbaProject", StringComparison.OrdinalIgnoreCase) || name.Contains("activeX", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".js", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".vbs", StringComparison.OrdinalIgnoreCase);

    private static async Task<List<Entry>> EntriesAsync(Stream content, CancellationToken cancellationToken)
    {
        // The end stands at the very end: a comment behind it could hold another file.
        var end = await AtAsync(content, content.Length - EndBytes, EndBytes, cancellationToken);
        if (BinaryPrimitives.ReadUInt32LittleEndian(end) != 0x06054B50 || BinaryPrimitives.ReadUInt16LittleEndian(end.AsSpan(20)) != 0)
            throw Damaged();
        var (count, size, start) = (BinaryPrimitives.ReadUInt16LittleEndian(end.AsSpan(10)),
            BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(12)), BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(16)));
        if (count is 0 or > MostEntries || size > MostListBytes || start + (long)size > content.Length - EndBytes) throw Damaged();
        var bytes = await AtAsync(content, start, (int)size, cancellationToken);
        var entries = new List<Entry>(count);
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            if (at + EntryBytes > bytes.Length || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at)) != 0x02014B50) throw Damaged();
            var entry = bytes.AsSpan(at);
            var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(entry[28..]);
            var next = at + EntryBytes + nameLength + BinaryPrimitives.ReadUInt16LittleEndian(entry[30..]) + BinaryPrimitives
                .ReadUInt16LittleEndian(entry[32..]);
            if (next > bytes.Length) throw Damaged();
            // A protected part cannot be looked at.
            if ((BinaryPrimitives.ReadUInt16LittleEndian(entry[8..]) & 1) != 0) throw Damaged();
            entries.Add(new(
                new UTF8Encoding(false, true).GetString(entry.Slice(EntryBytes, nameLength)),
                    BinaryPrimitives.ReadUInt16LittleEndian(entry[10..]),
                BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]), BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]),
                    BinaryPrimitives.ReadUInt32LittleEndian(entry[42..])));
            at = next;
        }

        Demand(entries, start);
        return entries;
    }

    private static void Demand(List<Entry> entries, long listStart)
    {
        if (entries.Any(e => IsElsewhere(e.Name)) || entries.DistinctBy(e => e.Name.ToUpperInvariant()).Count() < entries.Count)
            throw Damaged();
        if (entries.Any(e => e.Method is not (0 or 8) || (e.Method == 0 && e.Packed != e.Unpacked))) throw Damaged();
        var (packed, unpacked) = (entries.Sum(e => e.Packed), entries.Sum(e => e.Unpacked));
        if (unpacked > MostUnpacked || (unpacked > FreeBytes && unpacked > packed * MostRatio)) throw Damaged();
        // Entries that share their bytes unpack to far more than they hold.
        long free = 0;
        foreach (var entry in entries.OrderBy(e => e.Start))
        {
            if (entry.Start < free) throw Damaged();
            free = entry.Start + 30 + entry.Packed;
        }

        if (free > listStart) throw Damaged();
    }

    private static bool IsElsewhere(string name) =>
        name.Length == 0 || name[0] is '/' or '\\' || name.Contains(':', StringComparison.Ordinal)
            || name.Contains('\\', StringComparison.Ordinal) || name.Any(char.IsControl) || name.Split('/').Contains("..");

    private static async Task<string> TypesAsync(Stream content, Entry entry, CancellationToken cancellationToken)
    {
        var head = await AtAsync(content, entry.Start, 30, cancellationToken);
        if (BinaryPrimitives.ReadUInt32LittleEndian(head) != 0x04034B50) throw Damaged();
        content.Position = entry.Start + 30 + BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(26)) + BinaryPrimitives
            .ReadUInt16LittleEndian(head.AsSpan(28));
        if (entry.Unpacked > MostTypesBytes) throw Damaged();
        var bytes = new byte[entry.Unpacked];
        if (entry.Method == 0)
        {
            await content.ReadExactlyAsync(bytes, cancellationToken);
        }
        else
        {
            await using var packed = new DeflateStream(content, CompressionMode.Decompress, leaveOpen: true);
            await packed.ReadExactlyAsync(bytes, cancellationToken);
        }

        return new UTF8Encoding(false, true).GetString(bytes);
    }

    private static async Task<byte[]> AtAsync(Stream content, long position, int count, CancellationToken cancellationToken)
    {
        if (position < 0) throw Damaged();
        content.Position = position;
        var bytes = new byte[count];
        await content.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    private static RuleViolationException Damaged() =>
        new("File", "This file is damaged, has unexpected content, or is too large when unpacked.");
}
