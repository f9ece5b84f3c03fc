using System.Globalization;
using CrmPortal.Api;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Data;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace CrmPortal.Features.Documents;

/// <summary>Reads a form with a file as it comes: nothing of the file is kept in the clear, neither in memory nor on the disk.</summary>
internal static class DocumentForms
{
    private const int LongestField = 1_000;
    private const int LongestBoundary = 100;

    private static readonly string[] OfDocuments = ["kind", "name", "expires_on"];

    /// <summary>Reads the fields of a document, and hands the file over to be read.</summary>
    /// <exception cref="ApiException">It is no form with one file at its end.</exception>
    public static Task<T> ReadAsync<T>(HttpRequest request, Func<DocumentUpload, Stream, Task<T>> take,
        CancellationToken cancellationToken) =>
        ReadAsync(request, OfDocuments, (fields, part, content) => take(Upload(fields, NameOf(fields, part)), content), cancellationToken);

    /// <summary>The same for a file of which nothing but its name and its type is said.</summary>
    /// <exception cref="ApiException">It is no form with one file at its end.</exception>
    public static Task<T> ReadAsync<T>(HttpRequest request, Func<string?, string?, Stream, Task<T>> take,
        CancellationToken cancellationToken) =>
        ReadAsync(request, ["name"], (fields, part, content) => take(NameOf(fields, part), part.Section.ContentType, content),
            cancellationToken);

    private static async Task<T> ReadAsync<T>(HttpRequest request, string[] known,
        Func<Dictionary<string, string>, FileMultipartSection, Stream, Task<T>> take, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= LongestBoundary } boundary)
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, "Send a form with a file: multipart/form-data.");
        try
        {
            var reader = new MultipartReader(boundary, request.Body) { HeadersCountLimit = 16, HeadersLengthLimit = 8 * 1024 };
            var fields = new Dictionary<string, string>(StringComparer.Ordinal);
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)) throw Unreadable();
                var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "";
                if (disposition.IsFileDisposition())
                {
                    if (name != "file") throw ApiException.BadField(name, $"There is no field {name}.");
                    return await take(fields, new(section, disposition), new LastPart(section.Body, reader));
                }

                if (!known.Contains(name)) throw ApiException.BadField(name, $"There is no field {name}.");
                if (!fields.TryAdd(name, await TextAsync(section.Body, cancellationToken)))
                    throw ApiException.BadField(name, $"The field {name} is given twice.");
            }
        }
        // What the disk refuses is no fault of the form.
        catch (Exception fault)
            when (!DiskSpace.IsFull(fault) && (fault is InvalidDataException || (fault is IOException and not BadHttpRequestException)))
        {
            throw Unreadable();
        }

        throw ApiException.BadField("file", "Choose a file.");
    }

    private static string? NameOf(Dictionary<string, string> fields, FileMultipartSection part) =>
        fields.GetValueOrDefault("name") is { Length: > 0 } name ? name : part.FileName is { Length: > 0 } own ? own : null;

    private static DocumentUpload Upload(Dictionary<string, string> fields, string? name)
    {
        var kind = DocumentKind.Other;
        if (fields.TryGetValue("kind", out var word) && (!Enum.TryParse(word, ignoreCase: true, out kind) || !Enum.IsDefined(kind)
            || int.TryParse(word, out _)))
            throw ApiException.BadField("kind", "The kind must be other, identity, address, contract, invoice or photo.");
        DateOnly? expires = null;
        if (fields.TryGetValue("expires_on", out var day) && day.Length > 0)
            expires = DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var read)
                ? read : throw ApiException.BadField("expires_on", "This is not a date.");
        return new(name, kind, expires);
    }

    private static async Task<string> TextAsync(Stream body, CancellationToken cancellationToken)
    {
        var bytes = new byte[LongestField + 1];
        var count = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return count > LongestField ? throw Unreadable() : System.Text.Encoding.UTF8.GetString(bytes, 0, count);
    }

    private static ApiException Unreadable() => new(StatusCodes.Status400BadRequest, "The form cannot be read.");

    /// <summary>The file, behind which nothing may come: it is said before the file is kept.</summary>
    private sealed class LastPart(Stream part, MultipartReader reader) : Stream
    {
        private bool _isEnd;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_isEnd) return 0;
            var read = await part.ReadAsync(buffer, cancellationToken);
            if (read > 0 || buffer.Length == 0) return read;
            _isEnd = true;
            if (await reader.ReadNextSectionAsync(cancellationToken) is not null)
                throw ApiException.BadField("file", "The file must be the last part of the form, and the only file.");
            return 0;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
