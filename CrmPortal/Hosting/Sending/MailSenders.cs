using System.Globalization;
using System.Net.Sockets;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Mail;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace CrmPortal.Hosting;

/// <summary>Hands mails on, one after the other.</summary>
internal interface IMailSender
{
    /// <exception cref="MailException">The mail was refused; <see cref="MailException.IsFinal"/> says whether it is worth another
    /// try.</exception>
    /// <exception cref="Exception">It could not be handed on, for a reason that has nothing to do with it; it is tried again.</exception>
    Task SendAsync(OutgoingMail mail, CancellationToken cancellationToken);

    /// <summary>Ends what is held open from one mail to the next; said when none is left to send.</summary>
    Task RestAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>A mail server refused a mail. The server's own words are left out, because they repeat the address.</summary>
internal sealed class MailException(string reason, bool isFinal, Exception? inner = null) : Exception(reason, inner)
{
    public bool IsFinal { get; } = isFinal;
}

/// <summary>Sends through a mail server; mails that follow each other go through one connection.</summary>
internal sealed class SmtpSender(IOptions<MailOptions> options, ShopIdentity shop) : IMailSender, IDisposable
{
    private const int ImplicitTlsPort = 465;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private SmtpClient? _client;

    public async Task SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        using var message = MailMessages.Compose(mail, options.Value.From, shop.Current);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // A server may end a connection between two mails; that is no fault of the second, which gets a fresh one.
            if (_client is { IsConnected: true } && await TrySendAsync(_client, message, true, cancellationToken)) return;
            await DropAsync(cancellationToken);
            _client = await ConnectAsync(cancellationToken);
            await TrySendAsync(_client, message, false, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task RestAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await DropAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _client?.Dispose();
        _turn.Dispose();
    }

    /// <summary>False where a connection from before turns out to be at its end.</summary>
    private async Task<bool> TrySendAsync(SmtpClient client, MimeMessage message, bool isOld, CancellationToken cancellationToken)
    {
        var isKept = false;
        try
        {
            await client.SendAsync(FormatFor(client, message), message, cancellationToken);
            return isKept = true;
        }
        catch (SmtpCommandException fault) when (fault.StatusCode == SmtpStatusCode.ServiceNotAvailable)
        {
            return isOld ? false : throw Refused(fault);
        }
        catch (SmtpCommandException fault)
        {
            isKept = client.IsConnected;
            throw Refused(fault);
        }
        catch (Exception fault)
            when (isOld && fault is ServiceNotConnectedException or SmtpProtocolException or IOException or SocketException)
        {
            return false;
        }
        catch (MailException)
        {
            isKept = true;
            throw;
        }
        finally
        {
            if (!isKept) await DropAsync(CancellationToken.None);
        }
    }

    private async Task<SmtpClient> ConnectAsync(CancellationToken cancellationToken)
    {
        var smtp = options.Value.Smtp;
        // Revocation is not asked for: many shops' machines reach their mail server and nothing else.
        var client = new SmtpClient { CheckCertificateRevocation = false };
        try
        {
            var security = !smtp.UseTls ? SecureSocketOptions.None
                : smtp.Port == ImplicitTlsPort ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.StartTls;
            await client.ConnectAsync(smtp.Host, smtp.Port, security, cancellationToken);
            if (smtp.User.Length > 0 && client.Capabilities.HasFlag(SmtpCapabilities.Authentication))
                await client.AuthenticateAsync(smtp.User, smtp.Password, cancellationToken);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private async Task DropAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _client, null) is not { } client) return;
        try
        {
            if (client.IsConnected) await client.DisconnectAsync(true, cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or SocketException or ProtocolException or CommandException)
        {
            // It was at its end anyway.
        }
        finally
        {
            client.Dispose();
        }
    }

    /// <summary>Only what needs letters beyond ASCII before the @ is sent as such; a domain has a form in ASCII.</summary>
    private static FormatOptions FormatFor(SmtpClient client, MimeMessage message)
    {
        var format = FormatOptions.Default.Clone();
        if (message.To.Mailboxes.All(m => m.LocalPart.All(char.IsAscii))) return format;
        if (!client.Capabilities.HasFlag(SmtpCapabilities.UTF8))
            throw new MailException("The mail server takes no address with letters beyond ASCII", isFinal: true);
        format.International = true;
        return format;
    }

    /// <summary>
    /// A recipient or a text that is refused permanently is refused tomorrow too; a sender that is refused is a setting that somebody may
    /// mend.
    /// </summary>
    private static MailException Refused(SmtpCommandException fault)
    {
        var isTheMailsOwn = fault.ErrorCode is SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted;
        var reason = string.Create(CultureInfo.InvariantCulture, $"{fault.ErrorCode} {(int)fault.StatusCode}");
        return new(reason, isTheMailsOwn && (int)fault.StatusCode >= 500, fault);
    }
}

/// <summary>Writes each mail as a file, for installations without a mail server; only the program's user can read them.</summary>
internal sealed class FileSender(string folder, IOptions<MailOptions> options, ShopIdentity? shop = null) : IMailSender,
    ISentCopies
{
    public Task RemoveAsync(IReadOnlyCollection<string> emails, IReadOnlyCollection<string> phones, CancellationToken cancellationToken) =>
        SentFiles.RemoveAsync(folder, "*.eml", emails, cancellationToken);

    public async Task SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var name = string.Create(CultureInfo.InvariantCulture, $"{mail.CreatedAt:yyyyMMdd-HHmmss}-{mail.Id}.eml");
        var file = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) file.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var message = MailMessages.Compose(mail, options.Value.From, shop?.Current);
        // Anyone who opens the file wants to read it, and copy a link out of it.
        foreach (var part in message.BodyParts.OfType<TextPart>()) part.ContentTransferEncoding = ContentEncoding.EightBit;
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        await using var stream = new FileStream(Path.Combine(folder, name), file);
        await message.WriteToAsync(format, stream, cancellationToken);
    }
}
