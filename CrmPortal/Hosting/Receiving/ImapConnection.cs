using System.Net.Sockets;
using System.Security.Cryptography;
using CrmPortal.Core.Tickets;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Security;

namespace CrmPortal.Hosting;

/// <summary>A connection to a mailbox whose folders are open.</summary>
internal sealed class ImapConnection : IDisposable
{
    private const int ImplicitTlsPort = 993;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private ImapConnection(ImapClient client, IMailFolder folder, IMailFolder? target) =>
        (Client, Folder, Target) = (client, folder, target);

    public ImapClient Client { get; }

    public IMailFolder Folder { get; }

    /// <summary>The folder for mails that were taken, where they are moved.</summary>
    public IMailFolder? Target { get; }

    /// <summary>Connects, signs in and opens the folder.</summary>
    /// <exception cref="Exception">It could not be; <see cref="Sentence"/> says why in words for people.</exception>
    public static async Task<ImapConnection> OpenAsync(MailboxConnection to, FolderAccess access, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        // Revocation is not asked for: many shops' machines reach their mail server and nothing else.
        var client = new ImapClient { CheckCertificateRevocation = false, Timeout = (int)Patience.TotalMilliseconds };
        try
        {
            var security = !to.UseTls ? SecureSocketOptions.None
                : to.Port == ImplicitTlsPort ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.StartTls;
            await client.ConnectAsync(to.Host, to.Port, security, patience.Token);
            await client.AuthenticateAsync(to.UserName, to.Password, patience.Token);
            // Before any mail is taken that could not be put there.
            var target = to.MoveTo is { } name ? await client.GetFolderAsync(name, patience.Token) : null;
            var folder = to.Folder.Equals("INBOX", StringComparison.OrdinalIgnoreCase) ? client.Inbox!
                : await client.GetFolderAsync(to.Folder, patience.Token);
            await folder.OpenAsync(access, patience.Token);
            return new(client, folder, target);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            client.Dispose();
            throw new TimeoutException();
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Says good-bye, where somebody listens.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (Client.IsConnected) await Client.DisconnectAsync(true, cancellationToken);
    }

    public void Dispose() => Client.Dispose();

    /// <summary>Why it does not work, in one of the sentences that are translated.</summary>
    public static string Sentence(Exception fault) => fault switch
    {
        AuthenticationException => MailboxFailures.Refused,
        SslHandshakeException or NotSupportedException => MailboxFailures.NotSecure,
        FolderNotFoundException => MailboxFailures.NoFolder,
        CryptographicException or FormatException => MailboxFailures.NoPassword,
        CommandException => MailboxFailures.CommandRefused,
        SocketException or IOException or TimeoutException or ProtocolException or ServiceNotConnectedException
            or ServiceNotAuthenticatedException => MailboxFailures.NoAnswer,
        _ => MailboxFailures.Unexpected,
    };
}

/// <summary>Tries connections for those who enter them.</summary>
internal sealed class ImapProbe : IMailboxProbe
{
    public async Task<MailboxTrial> TryAsync(MailboxConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            using var open = await ImapConnection.OpenAsync(connection, FolderAccess.ReadOnly, cancellationToken);
            var mails = open.Folder.Count;
            await open.CloseAsync(cancellationToken);
            return new(null, mails);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            return new(ImapConnection.Sentence(fault), 0);
        }
    }
}
