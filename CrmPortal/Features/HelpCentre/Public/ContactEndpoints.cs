using System.Globalization;
using System.Text;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Tickets;
using CrmPortal.Features.HelpCentre.Public;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.HelpCentre;

/// <summary>
/// Takes messages of the contact form. The form is read as it comes: fields first, then the files, of which nothing is kept in the clear.
/// </summary>
internal static class ContactEndpoints
{
    private const int MostProposals = 5;
    private const int LongestProposal = 2_000;

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
        ContactForm.GiveRoom(http, documents.Value);
        if (await rate.IsContactExceededAsync(http))
        {
            // The page that is shown then is an answer of its own; this one only leads there.
            http.Response.Headers.RetryAfter = default;
            return Back(language, "failed", HelpContactPage.TooMany);
        }

        if (ContactForm.BoundaryOf(http.Request) is not { } boundary)
            return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        var form = new ContactForm(boundary, http.Request.Body, Fields);
        try
        {
            var fields = await form.FieldsAsync(http.RequestAborted);
            if (!await ContactForm.IsOursAsync(http, fields, antiforgery, tokens.Value)) return Results.BadRequest();
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
}
