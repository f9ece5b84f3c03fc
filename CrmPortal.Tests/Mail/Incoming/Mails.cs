using System.Text;
using CrmPortal.Core.Platform.Mail.Incoming;

namespace CrmPortal.Tests.Mail.Incoming;

/// <summary>Mails for tests, written as they stand on the wire.</summary>
internal static class Mails
{
    /// <summary>Reads a mail that is written here with plain line ends, in UTF-8.</summary>
    public static ReadMail Read(string mail, Encoding? encoding = null) => MailReader.Read(Bytes(mail, encoding));

    public static byte[] Bytes(string mail, Encoding? encoding = null) =>
        (encoding ?? Encoding.UTF8).GetBytes(mail.ReplaceLineEndings("\r\n"));

    /// <summary>A mail with one part of HTML.</summary>
    public static ReadMail Html(string html) => Read($"From: a@example.org\nContent-Type: text/html; charset=utf-8\n\n{html}");

    /// <summary>A mail with one part of plain text.</summary>
    public static ReadMail Plain(string text) => Read($"From: a@example.org\nContent-Type: text/plain; charset=utf-8\n\n{text}");
}
