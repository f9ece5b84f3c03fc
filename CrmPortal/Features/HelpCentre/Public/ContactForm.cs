using System.Runtime.CompilerServices;
using System.Text;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Tickets;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace CrmPortal.Features.HelpCentre;

/// <summary>
/// A message with files, read as it comes: the fields first, then the files, one after the other, of which nothing is kept in the clear.
/// </summary>
/// <param name="names">The fields that there may be.</param>
internal sealed class ContactForm(string boundary, Stream body, IReadOnlyCollection<string> names)
{
    private const string TokenField = "__RequestVerificationToken";
    private const int LongestBoundary = 100;
    private const int MostParts = 40;

    /// <summary>Of the fields; a character has four bytes at most.</summary>
    private const int LongestField = 4 * ContactMessage.TextLength;

    private const long FieldBytes = 256 * 1024;

    /// <summary>So many times as large as a file may be is all that is read.</summary>
    private const int MostTooLarge = 5;

    private readonly MultipartReader _reader = new(boundary, body) { HeadersCountLimit = 16, HeadersLengthLimit = 8 * 1024 };
    private (MultipartSection Section, ContentDispositionHeaderValue Disposition)? _first;
    private int _parts;

    /// <summary>What stands between the parts; null where the request is no such form.</summary>
    public static string? BoundaryOf(HttpRequest request) => MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && HeaderUtilities.RemoveQuotes(type.Boundary).Value is { Length: > 0 and <= LongestBoundary } boundary ? boundary : null;

    /// <summary>
    /// Lets files come that are too large: they are read past and named in the ticket, since an answer before the end of a request is lost
    /// with its connection.
    /// </summary>
    public static void GiveRoom(HttpContext http, DocumentOptions documents)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = (MostTooLarge * documents.LargestFile) + FieldBytes;
    }

    /// <summary>Whether the form is one that we gave out.</summary>
    public static Task<bool> IsOursAsync(HttpContext http, IReadOnlyDictionary<string, string> fields, IAntiforgery antiforgery,
        AntiforgeryOptions options)
    {
        // The token stands before the files; put into the header, it is looked at without a second reading of the body.
        http.Request.Headers[options.HeaderName!] = fields.GetValueOrDefault(TokenField);
        return antiforgery.IsRequestValidAsync(http);
    }

    /// <summary>The fields before the first file.</summary>
    /// <exception cref="InvalidDataException">It is no form of ours.</exception>
    public async Task<IReadOnlyDictionary<string, string>> FieldsAsync(CancellationToken cancellationToken)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await NextAsync(cancellationToken) is { } part)
        {
            if (IsFile(part.Disposition))
            {
                _first = part;
                break;
            }

            var name = HeaderUtilities.RemoveQuotes(part.Disposition.Name).Value ?? "";
            if (name != TokenField && !names.Contains(name)) throw new InvalidDataException();
            var bytes = new byte[LongestField + 1];
            var count = await part.Section.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            if (count > LongestField || !fields.TryAdd(name, Encoding.UTF8.GetString(bytes, 0, count)))
                throw new InvalidDataException();
        }

        return fields;
    }

    /// <summary>The files; each is read before the next is asked for.</summary>
    public async IAsyncEnumerable<ContactFile> FilesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var part = _first; part is { } here; part = await NextAsync(cancellationToken))
        {
            if (!IsFile(here.Disposition)) throw new InvalidDataException();
            var name = !StringSegment.IsNullOrEmpty(here.Disposition.FileNameStar) ? here.Disposition.FileNameStar
                : here.Disposition.FileName;
            yield return new(HeaderUtilities.RemoveQuotes(name).ToString(), here.Section.ContentType, here.Section.Body);
        }
    }

    /// <summary>A field in which no file was chosen comes as one with an empty name.</summary>
    private static bool IsFile(ContentDispositionHeaderValue disposition) => disposition.DispositionType.Equals("form-data")
        && disposition.Parameters.Any(p => p.Name.Equals("filename", StringComparison.OrdinalIgnoreCase)
            || p.Name.Equals("filename*", StringComparison.OrdinalIgnoreCase));

    private async Task<(MultipartSection Section, ContentDispositionHeaderValue Disposition)?> NextAsync(
        CancellationToken cancellationToken)
    {
        if (await _reader.ReadNextSectionAsync(cancellationToken) is not { } section) return null;
        if (++_parts > MostParts || !ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
            throw new InvalidDataException();
        return (section, disposition);
    }
}
