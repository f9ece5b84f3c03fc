using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using CrmPortal.Core.Platform.Common;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Customers.Documents;

/// <summary>Looks for viruses in what comes in.</summary>
public interface IVirusScanner
{
    /// <exception cref="RuleViolationException">There is one, or nobody could look: then nothing is taken.</exception>
    Task DemandCleanAsync(Stream content, CancellationToken cancellationToken);
}

/// <summary>Asks clamd by its command INSTREAM; where none is set, nothing is scanned.</summary>
internal sealed partial class ClamdScanner(IOptions<DocumentOptions> options, TimeProvider clock,
    ILogger<ClamdScanner> logger) : IVirusScanner
{
    private const int PieceBytes = 64 * 1024;
    private const int LongestAnswer = 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task DemandCleanAsync(Stream content, CancellationToken cancellationToken)
    {
        if (options.Value.ClamdAddress is not { Length: > 0 } address) return;
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        string answer;
        try
        {
            answer = await AskAsync(address, content, either.Token);
        }
        catch (Exception fault) when (fault is IOException or SocketException or FormatException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogSilent(fault);
            throw Unscanned();
        }

        if (answer.EndsWith("FOUND", StringComparison.Ordinal))
            throw new RuleViolationException("File", "The virus scanner flagged this file; it was not saved.");
        if (answer.EndsWith(" OK", StringComparison.Ordinal)) return;
        LogOdd();
        throw Unscanned();
    }

    private static async Task<string> AskAsync(string address, Stream content, CancellationToken cancellationToken)
    {
        var colon = address.LastIndexOf(':');
        if (colon < 1) throw new FormatException("The address of clamd must be host:port.");
        using var client = new TcpClient();
        await client.ConnectAsync(address[..colon], int.Parse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture),
            cancellationToken);
        await using var wire = client.GetStream();
        await wire.WriteAsync("zINSTREAM\0"u8.ToArray(), cancellationToken);
        content.Position = 0;
        var piece = new byte[4 + PieceBytes];
        int read;
        while ((read = await content.ReadAsync(piece.AsMemory(4), cancellationToken)) > 0)
        {
            BinaryPrimitives.WriteInt32BigEndian(piece, read);
            await wire.WriteAsync(piece.AsMemory(0, 4 + read), cancellationToken);
        }

        await wire.WriteAsync(new byte[4], cancellationToken);
        var answer = new byte[LongestAnswer];
        var length = 0;
        while (length < answer.Length && (read = await wire.ReadAsync(answer.AsMemory(length), cancellationToken)) > 0)
        {
            length += read;
            if (answer[length - 1] == 0) break;
        }

        return Encoding.UTF8.GetString(answer, 0, length).TrimEnd('\0', '\n');
    }

    private static RuleViolationException Unscanned() =>
        new("File", "The virus scanner is not responding, so files cannot be uploaded at the moment; try again later.") { IsPassing = true };

    [LoggerMessage(Level = LogLevel.Error, Message = "The virus scanner does not answer; documents are refused until it does")]
    private partial void LogSilent(Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "The virus scanner could not scan a document; it was refused")]
    private partial void LogOdd();
}
