using System.Globalization;
using System.Net;
using System.Text.Json;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Mail.Incoming;
using CrmPortal.Core.Tickets;
using CrmPortal.Features.Tickets;
using Microsoft.Extensions.Options;

namespace CrmPortal.Commands;

/// <summary>
/// Hands a mail from standard input to the running server. It is called by mail servers, whose exit codes (sysexits.h) it has: what may
/// succeed later is brought again, and nothing is on standard error where all is well, which some of them take for a fault.
/// </summary>
internal sealed class MailCommand(IConfiguration configuration, IOptions<SupportOptions> support, IOptions<ShopOptions> shop) : ICommand
{
    public const string KeyVariable = "CRM_INTAKE_KEY";
    private const int Misuse = 64;
    private const int BadMail = 65;
    private const int TryLater = 75;
    private const int NotAllowed = 77;
    private const string Usual = "http://127.0.0.1:5080";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static CommandForm Form { get; } = new("mail",
        "Hands a raw mail from standard input to the running server. Exit codes: 0 taken, 75 try later, 77 the key is wrong, 65 no mail, 64 wrong usage.")
    {
        Options = ["to ADDRESS", "url ADDRESS"], Misuse = Misuse, Fault = TryLater,
    };

    public async Task<int> RunAsync(CommandInput input, CommandOutput output, CancellationToken cancellationToken)
    {
        var server = input.Text("url") ?? Usual;
        if (!Uri.TryCreate(server, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new UsageException($"--url is “{server}”; it must be an address such as {Usual}.");
        var to = input.Text("to");
        if (to is not null && !TextRules.IsEmail(to)) throw new UsageException($"--to is “{to}”; it must be an e-mail address.");
        var key = support.Value.IntakeKey is { Length: > 0 } set ? set : configuration[KeyVariable];
        if (string.IsNullOrWhiteSpace(key)) throw new UsageException($"There is no key: set Support:IntakeKey or {KeyVariable}.");

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, MailIntakeEndpoint.Path + "?mailbox=pipe"
            + (to is null ? "" : "&to=" + Uri.EscapeDataString(to))))
        {
            Content = new ByteArrayContent(await ReadAsync(output.Input, cancellationToken))
            {
                Headers = { ContentType = new(MailIntakeEndpoint.MailType) },
            },
        };
        request.Headers.TryAddWithoutValidation(MailIntakeEndpoint.KeyHeader, key.Trim());
        // A server that answers only by its own name is reached on its machine all the same.
        if (address.IsLoopback && shop.Value.BaseUrl is { } known) request.Headers.Host = known.Authority;
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = !address.IsLoopback, AllowAutoRedirect = false })
        {
            Timeout = Patience,
        };
        try
        {
            using var answer = await client.SendAsync(request, cancellationToken);
            return await TellAsync(answer, output, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested
            && fault is HttpRequestException or OperationCanceledException or IOException)
        {
            output.Error.WriteLine($"The server at {address.Authority} does not answer; the mail must be brought again.");
            return TryLater;
        }
    }

    private static async Task<int> TellAsync(HttpResponseMessage answer, CommandOutput output, CancellationToken cancellationToken)
    {
        var status = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
        switch (answer.StatusCode)
        {
            case HttpStatusCode.OK:
                using (var taken = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken)))
                    output.Out.WriteLine(taken.RootElement.GetProperty("outcome").GetString());
                return 0;
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                output.Error.WriteLine("The server refuses the key; it is not the one of its setting Support:IntakeKey.");
                return NotAllowed;
            case HttpStatusCode.NotFound:
                output.Error.WriteLine("The server takes no mails: its setting Support:IntakeKey is empty.");
                return TryLater;
            case HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnsupportedMediaType:
                output.Error.WriteLine($"The server does not take this for a mail ({status}).");
                return BadMail;
            default:
                output.Error.WriteLine($"The server cannot take the mail now ({status}); it must be brought again.");
                return TryLater;
        }
    }

    /// <summary>Reads as much as a server takes: of what is larger the beginning is kept there.</summary>
    private static async Task<byte[]> ReadAsync(Func<Stream> open, CancellationToken cancellationToken)
    {
        await using var input = open();
        using var mail = new MemoryStream();
        var buffer = new byte[81_920];
        int read;
        while ((read = await input.ReadAsync(buffer, cancellationToken)) > 0)
        {
            // Whoever writes must not find the pipe broken.
            if (mail.Length <= MailReader.MostBytes) mail.Write(buffer, 0, (int)Math.Min(read, MailReader.MostBytes + 1 - mail.Length));
        }

        if (mail.Length == 0) throw new UsageException("There is no mail on standard input.");
        return mail.ToArray();
    }
}
