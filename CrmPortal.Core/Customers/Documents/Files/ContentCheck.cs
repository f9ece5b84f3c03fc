using System.Text;
using System.Text.Unicode;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Customers.Documents;

/// <summary>What a file is by its content, whatever its name says.</summary>
/// <param name="Extension">With the dot.</param>
internal sealed record CheckedContent(string ContentType, string Extension, Picture? Picture);

/// <summary>Finds out what a file is and refuses what we do not take.</summary>
internal static class ContentCheck
{
    private const int HeadBytes = 64;
    private const int LookedAtBytes = 4096;

    private static readonly string[] TextExtensions = [".txt", ".md", ".log", ".csv"];
    private static readonly string[] Markup = ["<!doctype", "<html", "<head", "<body", "<script", "<svg", "<iframe", "<?xml", "<?php",
        "<%@"];

    /// <param name="content">A stream that can go back.</param>
    /// <exception cref="RuleViolationException">It is not of a kind that is taken, or not harmless.</exception>
    public static async Task<CheckedContent> ReadAsync(Stream content, string name, CancellationToken cancellationToken)
    {
        content.Position = 0;
        var head = new byte[HeadBytes];
        var count = await content.ReadAtLeastAsync(head, HeadBytes, throwOnEndOfStream: false, cancellationToken);
        if (count == 0) throw new RuleViolationException("File", "The file is empty.");
        var start = head.AsMemory(0, count);
        if (await Picture.ReadAsync(content, start, cancellationToken) is { } picture)
            return new(picture.ContentType, picture.Extension, picture);
        if (start.Span.StartsWith("%PDF-"u8))
        {
            await PdfCheck.DemandHarmlessAsync(content, cancellationToken);
            return new("application/pdf", ".pdf", null);
        }

        if (start.Span.StartsWith("PK\x03\x04"u8) && await OfficeCheck.ReadAsync(content, cancellationToken) is { } office)
            return new(office.ContentType, office.Extension, null);
        if (!await IsTextAsync(content, cancellationToken)) throw NotTaken();
        var extension = Path.GetExtension(name).ToLowerInvariant();
        return new(extension == ".csv" ? "text/csv" : "text/plain", TextExtensions.Contains(extension) ? extension : ".txt", null);
    }

    public static RuleViolationException NotTaken() =>
        new("File", "This type of file is not supported. Choose a PDF, a picture (JPEG, PNG, WebP), a text or CSV file in UTF-8, or a Word, Excel or PowerPoint file.");

    private static async Task<bool> IsTextAsync(Stream content, CancellationToken cancellationToken)
    {
        content.Position = 0;
        var buffer = new byte[64 * 1024];
        var (filled, isFirst) = (0, true);
        while (true)
        {
            var read = await content.ReadAtLeastAsync(buffer.AsMemory(filled), buffer.Length - filled, throwOnEndOfStream: false,
                cancellationToken);
            var isEnd = read < buffer.Length - filled;
            filled += read;
            // A character may be cut at the end of the buffer; it is looked at with what follows.
            var whole = isEnd ? filled : WholeCharacters(buffer.AsSpan(0, filled));
            var part = buffer.AsSpan(0, whole);
            if (!Utf8.IsValid(part) || part.IndexOfAnyInRange((byte)0x00, (byte)0x08) >= 0
                || part.IndexOfAnyInRange((byte)0x0E, (byte)0x1F) >= 0 || part.Contains((byte)0x0B)) return false;
            if (isFirst && IsMarkup(part)) return false;
            if (isEnd) return true;
            isFirst = false;
            buffer.AsSpan(whole, filled - whole).CopyTo(buffer);
            filled -= whole;
        }
    }

    private static int WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(4, bytes.Length); back++)
            if ((bytes[^back] & 0xC0) != 0x80) return bytes.Length - back;
        return bytes.Length;
    }

    /// <summary>Whether a browser could take the text for a page or a drawing.</summary>
    private static bool IsMarkup(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, LookedAtBytes)]);
        return text.TrimStart('\uFEFF', ' ', '\t', '\r', '\n', '\f').StartsWith('<')
            || Markup.Any(m => text.Contains(m, StringComparison.OrdinalIgnoreCase));
    }
}
