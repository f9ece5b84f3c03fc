using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CrmPortal.Core.Tickets;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Security;
using MimeKit;

namespace CrmPortal.Tests.Support;

/// <summary>
/// A real IMAP server (dovecot, from the package dovecot-imapd) of one test: its own process, port and folder, without rights of root.
/// </summary>
internal sealed class ImapServer : IAsyncDisposable
{
    public const string User = "support";
    public const string Password = "mailbox-Secret-1";
    private const string Program = "/usr/sbin/dovecot";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _keeper;

    private ImapServer(Process keeper, int port) => (_keeper, Port) = (keeper, port);

    public static bool IsInstalled => File.Exists(Program);

    public int Port { get; }

    /// <summary>Starts one; skips the test where it is not installed.</summary>
    public static async Task<ImapServer> StartAsync()
    {
        Assert.SkipUnless(IsInstalled, "The IMAP server of these tests (dovecot-imapd) is not installed.");
        var folder = Directory.CreateTempSubdirectory("crm-imap-").FullName;
        var port = FreePort();
        // Whoever runs it, it gives up the rights of root at once. The shell ends it and removes the folder when its own input ends.
        var script = $"""
            set -e
            cd '{folder}'
            user=$(id -un); group=$(id -gn)
            if [ "$(id -u)" = 0 ]; then user=nobody; group=$(id -gn nobody); fi
            cat >dovecot.conf <<END
            base_dir = {folder}/run
            state_dir = {folder}/run
            log_path = {folder}/log
            protocols = imap
            listen = 127.0.0.1
            ssl = no
            disable_plaintext_auth = no
            auth_mechanisms = plain
            auth_failure_delay = 0
            mail_location = maildir:{folder}/mail/%u
            default_internal_user = $user
            default_login_user = $user
            default_internal_group = $group
            first_valid_uid = 1
            first_valid_gid = 1
            {LoginServices(port)}
            passdb {"{"}
              driver = static
              args = password={Password}
            {"}"}
            userdb {"{"}
              driver = static
              args = uid=$(id -u $user) gid=$(id -g $user) home={folder}/mail/%u
            {"}"}
            namespace inbox {"{"}
              inbox = yes
              separator = /
            {"}"}
            END
            mkdir run mail
            if [ "$(id -u)" = 0 ]; then
              chown -R nobody .
              (exec runuser -u nobody -- {Program} -F -c dovecot.conf) >out 2>&1 &
            else
              (exec {Program} -F -c dovecot.conf) >out 2>&1 &
            fi
            trap "kill $! 2>/dev/null || true; wait $! || true; cd /; rm -rf '{folder}'" EXIT
            trap '' INT TERM
            echo started
            read -r _ || true
            """;
        var start = new ProcessStartInfo("/bin/bash", ["-c", script]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var server = new ImapServer(Process.Start(start)!, port);
        await server._keeper.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        await server.WaitAsync(folder);
        return server;
    }

    /// <summary>What a mailbox of this server needs.</summary>
    public MailboxInput Mailbox(string folder = "INBOX", AfterTaking after = AfterTaking.MarkSeen, string? moveTo = null) => new()
    {
        Name = "Desk", Host = "127.0.0.1", Port = Port, UseTls = false, UserName = User, Password = Password, Folder = folder, After = after,
        MoveTo = moveTo,
    };

    /// <summary>A client that has signed in.</summary>
    public async Task<ImapClient> ConnectAsync()
    {
        var client = new ImapClient();
        await client.ConnectAsync("127.0.0.1", Port, SecureSocketOptions.None, TestContext.Current.CancellationToken);
        await client.AuthenticateAsync(User, Password, TestContext.Current.CancellationToken);
        return client;
    }

    /// <summary>Puts a mail into a folder, which is made where it is not there.</summary>
    public async Task PutAsync(string raw, string folder = "INBOX")
    {
        var token = TestContext.Current.CancellationToken;
        using var client = await ConnectAsync();
        using var message = await MimeMessage.LoadAsync(new MemoryStream(Encoding.UTF8.GetBytes(raw)), token);
        await (await FolderAsync(client, folder)).AppendAsync(message, MessageFlags.None, token);
        await client.DisconnectAsync(true, token);
    }

    /// <summary>The subjects in a folder, with whether each was seen.</summary>
    public async Task<IReadOnlyList<(string Subject, bool IsSeen)>> ListAsync(string folder = "INBOX")
    {
        var token = TestContext.Current.CancellationToken;
        using var client = await ConnectAsync();
        var opened = await FolderAsync(client, folder);
        await opened.OpenAsync(FolderAccess.ReadOnly, token);
        var mails = opened.Count == 0 ? []
            : await opened.FetchAsync(0, -1, MessageSummaryItems.Envelope | MessageSummaryItems.Flags, token);
        await client.DisconnectAsync(true, token);
        return [.. mails.Select(m => (m.Envelope!.Subject ?? "", m.Flags!.Value.HasFlag(MessageFlags.Seen)))];
    }

    /// <summary>Removes a folder with its mails and makes it anew, so that its mails have other numbers.</summary>
    public async Task RemakeAsync(string folder)
    {
        var token = TestContext.Current.CancellationToken;
        using var client = await ConnectAsync();
        await (await client.GetFolderAsync(folder, token)).DeleteAsync(token);
        await FolderAsync(client, folder);
        await client.DisconnectAsync(true, token);
    }

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync(CancellationToken.None);
        _keeper.Dispose();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<IMailFolder> FolderAsync(ImapClient client, string name)
    {
        var token = TestContext.Current.CancellationToken;
        if (name == "INBOX") return client.Inbox!;
        try
        {
            return await client.GetFolderAsync(name, token);
        }
        catch (FolderNotFoundException)
        {
            return (await client.GetFolder(client.PersonalNamespaces[0]).CreateAsync(name, isMessageFolder: true, token))!;
        }
    }

    /// <summary>Processes that would go into a folder of their own, which only root can.</summary>
    private static string LoginServices(int port) => string.Create(CultureInfo.InvariantCulture, $$"""
        service imap-login {
          chroot =
          inet_listener imap {
            port = {{port}}
          }
          inet_listener imaps {
            port = 0
          }
        }
        service anvil {
          chroot =
        }
        service stats {
          chroot =
        }
        """);

    private async Task WaitAsync(string folder)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port, patience.Token);
                return;
            }
            catch (SocketException)
            {
                if (_keeper.HasExited || patience.IsCancellationRequested)
                    throw new InvalidOperationException("The IMAP server did not start: "
                        + await File.ReadAllTextAsync(Path.Combine(folder, "log")));
                await Task.Delay(50, patience.Token);
            }
        }
    }
}
