using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MimeKit;

namespace CrmPortal.Tests.Support;

/// <summary>A mail server (aiosmtpd, from the package python3-aiosmtpd) that keeps what it takes, on a port of its own.</summary>
internal sealed class SmtpServer : IAsyncDisposable
{
    private const string Python = "/usr/bin/python3";

    /// <summary>
    /// Refuses by how the recipient's address begins, and says 421 to the mail after the most that one connection may send.
    /// </summary>
    private const string Program = """
        import asyncio, base64, json, sys
        from aiosmtpd.smtp import SMTP

        class Handler:
            async def handle_MAIL(self, server, session, envelope, address, options):
                session.mails = getattr(session, "mails", 0) + 1
                if session.mails > int(sys.argv[1]): return "421 4.3.2 enough for now"
                envelope.mail_from = address
                envelope.mail_options.extend(options)
                return "250 OK"

            async def handle_RCPT(self, server, session, envelope, address, options):
                if address.startswith("never"): return "550 5.1.1 no such mailbox"
                if address.startswith("later"): return "451 4.7.1 try again later"
                envelope.rcpt_tos.append(address)
                return "250 OK"

            async def handle_DATA(self, server, session, envelope):
                content = base64.b64encode(envelope.original_content).decode()
                say({"Connection": session.peer[1], "From": envelope.mail_from, "To": envelope.rcpt_tos[0], "Content": content})
                return "250 OK"

        def say(line): print(json.dumps(line), flush=True)

        async def main():
            loop = asyncio.get_running_loop()
            server = await loop.create_server(lambda: SMTP(Handler(), enable_SMTPUTF8=sys.argv[2] == "utf8", loop=loop), "127.0.0.1", 0)
            say(server.sockets[0].getsockname()[1])
            await loop.run_in_executor(None, sys.stdin.read)

        asyncio.run(main())
        """;

    private readonly Process _process;
    private readonly Task _reading;
    private readonly ConcurrentQueue<Taken> _taken = [];
    private TaskCompletionSource _next = NewNext();

    private SmtpServer(Process process, int port)
    {
        (_process, Port) = (process, port);
        _reading = ReadAsync();
    }

    public static bool IsInstalled => Directory.Exists("/usr/lib/python3/dist-packages/aiosmtpd");

    public int Port { get; }

    /// <summary>Starts one; skips the test where it is not installed.</summary>
    /// <param name="mostMails">How many mails one connection may send.</param>
    public static async Task<SmtpServer> StartAsync(int mostMails = 1_000, bool takesUtf8 = true)
    {
        Assert.SkipUnless(IsInstalled, "The mail server of these tests (python3-aiosmtpd) is not installed.");
        var start = new ProcessStartInfo(Python) { RedirectStandardInput = true, RedirectStandardOutput = true };
        string[] arguments = ["-c", Program, mostMails.ToString(CultureInfo.InvariantCulture), takesUtf8 ? "utf8" : "ascii"];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        var port = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        return new(process, int.Parse(port!, CultureInfo.InvariantCulture));
    }

    /// <summary>A mail to an address, as soon as the server has taken it.</summary>
    /// <param name="number">Which one, from 1.</param>
    public async Task<MimeMessage> MailToAsync(string address, int number, CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = Volatile.Read(ref _next).Task;
            if (_taken.Where(t => t.To == address).ElementAtOrDefault(number - 1) is { } taken) return taken.Message;
            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Ends the server and answers what it took, in order.</summary>
    public async Task<IReadOnlyList<Taken>> StopAsync()
    {
        _process.StandardInput.Close();
        await _reading;
        await _process.WaitForExitAsync();
        return [.. _taken];
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            _taken.Enqueue(JsonSerializer.Deserialize<Taken>(line)!);
            Interlocked.Exchange(ref _next, NewNext()).SetResult();
        }
    }

    private static TaskCompletionSource NewNext() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A mail as the server got it.</summary>
    /// <param name="Connection">Which connection it came by.</param>
    public sealed record Taken(int Connection, string From, string To, byte[] Content)
    {
        [System.Text.Json.Serialization.JsonIgnore] public MimeMessage Message => MimeMessage.Load(new MemoryStream(Content));
    }
}
