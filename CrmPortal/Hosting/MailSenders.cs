using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Text;
using CrmPortal.Core.Common;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Mail;
using Microsoft.Extensions.Options;

namespace CrmPortal.Hosting;

/// <summary>Hands one mail on. A failure is an exception; the mail is tried again.</summary>
internal interface IMailSender
{
    Task SendAsync(OutgoingMail mail, CancellationToken cancellationToken);
}

/// <summary>Sends through a mail server.</summary>
internal sealed class SmtpSender(IOptions<MailOptions> options, IOptions<ShopOptions> shop) : IMailSender
{
    public async Task SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        var smtp = options.Value.Smtp;
        using var client = new SmtpClient(smtp.Host, smtp.Port) { EnableSsl = smtp.UseTls };
        if (smtp.User.Length > 0) client.Credentials = new NetworkCredential(smtp.User, smtp.Password);
        using var message = new MailMessage(new MailAddress(options.Value.From, shop.Value.Name, Encoding.UTF8), new MailAddress(mail.To))
        {
            Subject = mail.Subject, SubjectEncoding = Encoding.UTF8, Body = mail.Text, BodyEncoding = Encoding.UTF8,
        };
        message.Headers.Add("Message-ID", mail.MessageId);
        await client.SendMailAsync(message, cancellationToken);
    }
}

/// <summary>Writes each mail as a file, for installations without a mail server; only the program's user can read them.</summary>
internal sealed class FileSender(string folder, IOptions<MailOptions> options) : IMailSender, ISentCopies
{
    public Task RemoveAsync(IReadOnlyCollection<string> emails, IReadOnlyCollection<string> phones, CancellationToken cancellationToken) =>
        SentFiles.RemoveAsync(folder, "*.eml", emails, cancellationToken);

    public async Task SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var name = string.Create(CultureInfo.InvariantCulture, $"{mail.CreatedAt:yyyyMMdd-HHmmss}-{mail.Id}.eml");
        var file = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) file.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var writer = new StreamWriter(Path.Combine(folder, name), new UTF8Encoding(false), file) { NewLine = "\r\n" };
        await writer.WriteLineAsync($"From: {options.Value.From}");
        await writer.WriteLineAsync($"To: {mail.To}");
        await writer.WriteLineAsync($"Subject: {Word(mail.Subject)}");
        await writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Date: {mail.CreatedAt:ddd, dd MMM yyyy HH:mm:ss} +0000"));
        await writer.WriteLineAsync($"Message-ID: {mail.MessageId}");
        await writer.WriteLineAsync("MIME-Version: 1.0");
        await writer.WriteLineAsync("Content-Type: text/plain; charset=utf-8");
        await writer.WriteLineAsync("Content-Transfer-Encoding: 8bit");
        await writer.WriteLineAsync();
        await writer.WriteAsync(mail.Text.ReplaceLineEndings("\r\n").AsMemory(), cancellationToken);
    }

    private static string Word(string text) => text.All(char.IsAscii) ? text : $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}?=";
}
