using System.Globalization;
using CrmPortal.Account;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Tickets;
using CrmPortal.Features.HelpCentre;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.SelfService;

/// <summary>Takes a message, and leads to where it stands; one that cannot be taken comes back in its form.</summary>
internal sealed class OwnMessageDoor(CustomerRequestService requests, HelpRate rate, IAntiforgery antiforgery,
    IOptions<AntiforgeryOptions> tokens, IOptions<DocumentOptions> documents, IStringLocalizer<Texts> texts)
{
    private static readonly string[] Fields = ["Subject", "Text"];

    public async Task<IResult> SendAsync(long? id, HttpContext http)
    {
        ContactForm.GiveRoom(http, documents.Value);
        if (ContactForm.BoundaryOf(http.Request) is not { } boundary)
            return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        var form = new ContactForm(boundary, http.Request.Body, Fields);
        IReadOnlyDictionary<string, string> fields = new Dictionary<string, string>();
        try
        {
            fields = await form.FieldsAsync(http.RequestAborted);
            if (!await ContactForm.IsOursAsync(http, fields, antiforgery, tokens.Value)) return Results.BadRequest();
            if (await rate.IsContactExceededAsync(http)) return NotSent(id, fields, http, texts[SignInRate.Refusal], null);
            var files = form.FilesAsync(http.RequestAborted);
            var (subject, text) = (fields.GetValueOrDefault("Subject"), fields.GetValueOrDefault("Text"));
            var language = HelpLanguages.Of(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName);
            var sent = id is { } known ? await requests.AnswerAsync(known, text, language, files, http.RequestAborted)
                : await requests.WriteAsync(new(subject, text, language), files, http.RequestAborted);
            return sent is null ? Results.NotFound() : new SeeOther(Arrived(sent));
        }
        catch (RuleViolationException violation)
        {
            var errors = new FormErrors(texts);
            errors.Show(violation);
            return NotSent(id, fields, http, errors.General, errors);
        }
        catch (BadHttpRequestException fault) when (fault.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return NotSent(id, fields, http, texts["The files are too large."], null);
        }
        catch (InvalidDataException)
        {
            return Results.BadRequest();
        }
    }

    private static string Arrived(ContactResult sent) => QueryHelpers.AddQueryString(OwnUrls.Message(sent.TicketId), sent.Refused == 0
        ? new() { ["done"] = "sent" }
        : new Dictionary<string, string?>
        {
            ["done"] = "sent", ["without"] = sent.Refused.ToString(CultureInfo.InvariantCulture),
        });

    private static RazorComponentResult<OwnMessageNotSent> NotSent(long? id, IReadOnlyDictionary<string, string> fields,
        HttpContext http, string? message, FormErrors? errors) => new(new Dictionary<string, object?>
        {
            [nameof(OwnMessageNotSent.Action)] = (id is { } known ? OwnUrls.Message(known) : OwnUrls.NewMessage) + "/send",
            [nameof(OwnMessageNotSent.HasSubject)] = id is null,
            [nameof(OwnMessageNotSent.Subject)] = fields.GetValueOrDefault("Subject"),
            [nameof(OwnMessageNotSent.Text)] = fields.GetValueOrDefault("Text"),
            [nameof(OwnMessageNotSent.Message)] = message,
            [nameof(OwnMessageNotSent.Errors)] = errors,
        })
        {
            StatusCode = http.Response.StatusCode == StatusCodes.Status429TooManyRequests ? StatusCodes.Status429TooManyRequests
                : StatusCodes.Status400BadRequest,
        };
}
