using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CrmPortal.Tests.Support;

/// <summary>Answers INSTREAM as clamd does: it finds whatever holds the word of the test file.</summary>
internal sealed class FakeClamd : IAsyncDisposable
{
    public const string Virus = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _work;

    /// <param name="answers">Whether it ever answers.</param>
    public FakeClamd(bool answers = true)
    {
        _listener.Start();
        _work = ListenAsync(answers);
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public async ValueTask DisposeAsync()
    {
        // A test may stop it before its end.
        if (_work.IsCompleted) return;
        await _end.CancelAsync();
        _listener.Stop();
        await _work;
        _end.Dispose();
    }

    private async Task ListenAsync(bool answers)
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_end.Token);
                await using var wire = client.GetStream();
                var command = new byte[10];
                await wire.ReadExactlyAsync(command, _end.Token);
                using var content = new MemoryStream();
                var head = new byte[4];
                while (true)
                {
                    await wire.ReadExactlyAsync(head, _end.Token);
                    var length = BinaryPrimitives.ReadInt32BigEndian(head);
                    if (length == 0) break;
                    var piece = new byte[length];
                    await wire.ReadExactlyAsync(piece, _end.Token);
                    content.Write(piece);
                }

                if (!answers) await Task.Delay(Timeout.Infinite, _end.Token);
                var found = Encoding.ASCII.GetString(content.ToArray()).Contains(Virus, StringComparison.Ordinal);
                await wire.WriteAsync(Encoding.ASCII.GetBytes(found ? "stream: Eicar-Test-Signature FOUND\0" : "stream: OK\0"), _end.Token);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or IOException or InvalidOperationException)
        {
            // The test is over.
        }
    }
}
