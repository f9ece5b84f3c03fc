using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Tickets;
using CrmPortal.Features.HelpCentre.Public;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace CrmPortal.Features.HelpCentre;

/// <summary>
/// Takes messages of the contact form. The form is read as it comes: fields first, then the files, of which nothing is kept in the clear.
/// </summary>
internal static class ContactEndpoints
{
    private const string TokenField = "__RequestVerificationToken";
    private const int LongestBoundary = 100;
    private const int MostParts = 40;
    private const int MostProposals = 5;
    private const int LongestProposal = 2_000;

    /// <summary>Of the fields; a character has four bytes at most.</summary>
    private const int LongestField = 4 * ContactMessage.TextLength;

    private const long FieldBytes = 256 * 1024;

    /// <summary>So many times as large as a file may be is all that is read.</summary>
    private const int MostTooLarge = 5;

    private static readonly string[] Fields = ["Name", "Email", "Subject", "Text", "Website", "Read", "Shown"];

    public static void MapContactForm(this WebApplication app)
    {
        var contact = app.MapGroup(HelpAddresses.Root + "/{language}/" + HelpAddresses.ContactPart).AllowAnonymous().DisableAntiforgery()
            .ExcludeFromDescription();
        contact.MapPost("/send", SendAsync);
        contact.MapPost("/proposals", ProposeAsync);
    }

    /// <summary>What may answer the words of somebody who is still typing; not noted.</summary>
    private static async Task<IResult> ProposeAsync(string language, HttpContext http, HelpCentreService help, HelpRate rate)
    {
        if (!HelpLanguages.IsOne(language)) return Results.NotFound();
        if (await rate.IsSearchExceededAsync(http)) return Results.StatusCode(StatusCodes.Status429TooManyRequests);
        var typed = new byte[4 * LongestProposal];
        var length = await http.Request.Body.ReadAtLeastAsync(typed, typed.Length, throwOnEndOfStream: false, http.RequestAborted);
        var text = Encoding.UTF8.GetString(typed, 0, length);
        var found = await help.SuggestAsync(StoredText.IsUnstorable(text) ? null : text, language, MostProposals, http.RequestAborted);
        return Results.Json(found.Select(f => new { id = f.Id, title = f.Title, address = f.Address }));
    }

    private static async Task<IResult> SendAsync(string language, HttpContext http, ContactFormService contact, HelpCentreService help,
        HelpRate rate, IAntiforgery antiforgery, IOptions<AntiforgeryOptions> tokens, IOptions<DocumentOptions> documents)
    {
        if (!HelpLanguages.IsOne(language)) return Results.NotFound();
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            // What is too large is read past and named in the ticket: an answer before the end of a request is lost with its connection.
            limit.MaxRequestBodySize = (MostTooLarge * documents.Value.LargestFile) + FieldBytes;
        if (await rate.IsContactExceededAsync(http))
        {
            // The page that is shown then is an answer of its own; this one only leads there.
            http.Response.Headers.RetryAfter = default;
            return Back(language, "failed", HelpContactPage.TooMany);
        }

        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= LongestBoundary } boundary)
            return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        var form = new ContactForm(new(boundary, http.Request.Body) { HeadersCountLimit = 16, HeadersLengthLimit = 8 * 1024 });
        try
        {
            var fields = await form.FieldsAsync(http.RequestAborted);
            // The token stands before the files; put into the header, it is looked at without a second reading of the body.
            http.Request.Headers[tokens.Value.HeaderName!] = fields.GetValueOrDefault(TokenField);
            if (!await antiforgery.IsRequestValidAsync(http)) return Results.BadRequest();
            // Whoever fills in what nobody sees is a program; it is told what it wants to hear.
            if (!string.IsNullOrEmpty(fields.GetValueOrDefault("Website"))) return Back(language, "sent", "1");
            var sent = await contact.SendAsync(new(fields.GetValueOrDefault("Name"), fields.GetValueOrDefault("Email"),
                fields.GetValueOrDefault("Subject"), fields.GetValueOrDefault("Text"), language), form.FilesAsync(http.RequestAborted),
                http.RequestAborted);
            await help.NoteAskedAsync(ContactArticles.Read(fields.GetValueOrDefault("Read")),
                ContactArticles.Read(fields.GetValueOrDefault("Shown")), language, http.RequestAborted);
            return Back(language, "sent", "1", sent.Refused);
        }
        catch (BadHttpRequestException fault) when (fault.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Back(language, "failed", HelpContactPage.TooLarge);
        }
        catch (Exception fault) when (fault is RuleViolationException or InvalidDataException)
        {
            return Back(language, "failed", HelpContactPage.NotTaken);
        }
    }

    private static SeeOther Back(string language, string name, string value, int without = 0) => new SeeOther(
        QueryHelpers.AddQueryString(HelpAddresses.Contact(language), without == 0 ? new() { [name] = value }
            : new Dictionary<string, string?> { [name] = value, ["without"] = without.ToString(CultureInfo.InvariantCulture) }));

    /// <summary>Leads to a page that is asked for by GET, so that loading it again sends nothing again.</summary>
    private sealed class SeeOther(string address) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = address;
            return Task.CompletedTask;
        }
    }

    /// <summary>The parts of the form, one after the other.</summary>
    private sealed class ContactForm(MultipartReader reader)
    {
        private (MultipartSection Section, ContentDispositionHeaderValue Disposition)? _first;
        private int _parts;

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
                if (name != TokenField && !Fields.Contains(name)) throw new InvalidDataException();
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
            if (await reader.ReadNextSectionAsync(cancellationToken) is not { } section) return null;
            if (++_parts > MostParts || !ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
                throw new InvalidDataException();
            return (section, disposition);
        }
    }
}
