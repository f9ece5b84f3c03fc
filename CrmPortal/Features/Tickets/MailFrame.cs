using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CrmPortal.Core.Platform.Mail.Incoming;
using CrmPortal.Core.Tickets;

namespace CrmPortal.Features.Tickets;

/// <summary>
/// A mail as it was formatted, as a page for a frame without an origin. What such a frame asks for comes without a session, so the
/// pictures of the mail stand in the page itself; they are written as they are read.
/// </summary>
/// <param name="withRemote">Whether pictures of other servers are asked for.</param>
internal sealed class MailFrame(TicketMail mail, bool withRemote)
{
    /// <summary>What is more than this can be opened as a file.</summary>
    private const long MostBytes = 30 * 1024 * 1024;

    /// <summary>One picture may stand in a mail many times, such as a bullet.</summary>
    private const int MostPictures = 100;

    private const string Head = """
        <!DOCTYPE html><html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer"><style>
        body{font:15px/1.5 sans-serif;margin:12px;overflow-wrap:anywhere;background:#fff;color:#111}
        img{max-width:100%;height:auto}pre{white-space:pre-wrap}
        </style></head><body>
        """;

    private static readonly string[] Types = ["image/png", "image/jpeg", "image/gif", "image/webp"];

    /// <summary>Stands around the numbers of pictures until they are written; no mail can know it.</summary>
    private readonly string _mark = Guid.NewGuid().ToString("N");

    private readonly Dictionary<string, TicketFileDetails> _pictures = mail.Files
        .Where(f => f.ContentId is not null && Types.Contains(f.ContentType)).GroupBy(f => f.ContentId!)
        .ToDictionary(g => g.Key, g => g.First());

    private long _bytes;
    private int _count;

    /// <summary>Writes the page.</summary>
    public async Task WriteAsync(Stream target, TicketService tickets, CancellationToken cancellationToken)
    {
        var page = Head + MailHtml.WithPictures(mail.Html, AddressOf, withRemote) + "</body></html>";
        foreach (var (place, piece) in page.Split(_mark).Index())
        {
            if (place % 2 == 0) await target.WriteAsync(Encoding.UTF8.GetBytes(piece), cancellationToken);
            else await WriteAsync(long.Parse(piece, CultureInfo.InvariantCulture), target, tickets, cancellationToken);
        }
    }

    private string? AddressOf(string contentId)
    {
        if (!_pictures.TryGetValue(contentId, out var picture) || _bytes + picture.Size > MostBytes || _count == MostPictures) return null;
        (_bytes, _count) = (_bytes + picture.Size, _count + 1);
        return string.Create(CultureInfo.InvariantCulture, $"data:{picture.ContentType};base64,{_mark}{picture.Id}{_mark}");
    }

    private static async Task WriteAsync(long id, Stream target, TicketService tickets, CancellationToken cancellationToken)
    {
        await using var content = await OpenAsync(id, tickets, cancellationToken);
        if (content is null) return;
        using var letters = new ToBase64Transform();
        await using var encoded = new CryptoStream(target, letters, CryptoStreamMode.Write, leaveOpen: true);
        await content.CopyToAsync(encoded, cancellationToken);
        await encoded.FlushFinalBlockAsync(cancellationToken);
    }

    private static async Task<Stream?> OpenAsync(long id, TicketService tickets, CancellationToken cancellationToken)
    {
        try
        {
            return (await tickets.OpenFileAsync(id, cancellationToken))?.Content;
        }
        catch (IOException)
        {
            // Its file is lost; the mail is shown without it.
            return null;
        }
    }
}
