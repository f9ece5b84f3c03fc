using System.Net;
using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Mail;
using MimeKit;
using MimeKit.Utils;

namespace CrmPortal.Hosting;

/// <summary>Mails in the form in which they travel.</summary>
internal static partial class MailMessages
{
    /// <summary>
    /// A mail as it goes over the wire; long and foreign headers are folded and encoded as they must be. A shop that has a logo shows it
    /// above the same text, for readers who see pictures; the plain text comes along.
    /// </summary>
    /// <exception cref="MailException">The address of the recipient cannot be read.</exception>
    public static MimeMessage Compose(OutgoingMail mail, string from, ShopBrand? shop)
    {
        if (!MailboxAddress.TryParse(mail.To, out var to)) throw new MailException("The address cannot be read", isFinal: true);
        var sender = MailboxAddress.Parse(mail.From ?? from);
        MimeEntity body = new TextPart("plain") { Text = mail.Text };
        if (mail.Html is { } html) body = new MultipartAlternative { body, new TextPart("html") { Text = html } };
        else if (shop?.Logo is { } logo) body = new MultipartAlternative { body, WithLogo(mail.Text, logo, shop.Name) };
        if (mail.Files.Count > 0) body = WithFiles(body, mail.Files);
        var writer = new MailboxAddress(string.IsNullOrEmpty(sender.Name) ? shop?.Name : sender.Name, sender.Address);
        var message = new MimeMessage([writer], [to], mail.Subject, body)
        {
            MessageId = mail.MessageId.Trim('<', '>'), Date = mail.CreatedAt,
        };
        if (mail.InReplyTo is { } answered) message.InReplyTo = answered;
        foreach (var earlier in mail.References?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? []) message.References.Add(earlier);
        return message;
    }

    private static Multipart WithFiles(MimeEntity body, List<OutgoingMailFile> files)
    {
        var all = new Multipart("mixed") { body };
        foreach (var file in files)
        {
            all.Add(new MimePart(ContentType.Parse(file.ContentType))
            {
                Content = new MimeContent(new MemoryStream(file.Content)), ContentTransferEncoding = ContentEncoding.Base64,
                ContentDisposition = new ContentDisposition(ContentDisposition.Attachment), FileName = file.Name,
            });
        }

        return all;
    }

    private static MultipartRelated WithLogo(string text, ShopLogo logo, string name)
    {
        var picture = new MimePart(ContentType.Parse(logo.ContentType))
        {
            Content = new MimeContent(new MemoryStream(logo.Content)), ContentTransferEncoding = ContentEncoding.Base64,
            ContentId = MimeUtils.GenerateMessageId("crmportal"), ContentDisposition = new ContentDisposition(ContentDisposition.Inline),
            FileName = logo.ContentType == "image/png" ? "logo.png" : "logo.jpg",
        };
        var html = $"""
            <!DOCTYPE html>
            <html><body style="margin:0;padding:24px;font:16px/1.5 sans-serif">
            <p style="margin:0 0 24px"><img src="cid:{picture.ContentId}" alt="{WebUtility.HtmlEncode(name)}" style="max-height:56px;max-width:240px"></p>
            <div style="white-space:pre-wrap">{Linked(text)}</div>
            </body></html>
            """;
        return new MultipartRelated { new TextPart("html") { Text = html }, picture };
    }

    /// <summary>The text as it is, with its addresses as links.</summary>
    private static string Linked(string text)
    {
        var (html, at) = (new System.Text.StringBuilder(), 0);
        foreach (Match link in Address().Matches(text))
        {
            var address = WebUtility.HtmlEncode(link.Value);
            html.Append(WebUtility.HtmlEncode(text[at..link.Index])).Append(System.Globalization.CultureInfo.InvariantCulture,
                $"<a href=\"{address}\">{address}</a>");
            at = link.Index + link.Length;
        }

        return html.Append(WebUtility.HtmlEncode(text[at..])).ToString();
    }

    [GeneratedRegex(@"https?://[^\s<>""]*[^\s<>"".,;:!?)\]]")]
    private static partial Regex Address();
}
