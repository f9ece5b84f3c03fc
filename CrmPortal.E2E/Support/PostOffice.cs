using System.Text.Json;
using CrmPortal.Features.Tickets;
using CrmPortal.Tests.Support;
using MimeKit;

namespace CrmPortal.E2E.Support;

/// <summary>The mails of the world around the program: a real mail server takes what it sends, and brings what customers write.</summary>
internal sealed class PostOffice : IAsyncDisposable
{
    /// <summary>With it mails are handed over by HTTP.</summary>
    public const string IntakeKey = "the-key-of-the-journeys-2026";

    /// <summary>Longer than a reply can be taken back, and than two tries to send it are apart.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly SmtpServer? _server;

    private PostOffice(SmtpServer? server) => _server = server;

    /// <summary>Where mails are taken; null where no mail server is installed.</summary>
    public int? Port => _server?.Port;

    public static async Task<PostOffice> OpenAsync() => new(SmtpServer.IsInstalled ? await SmtpServer.StartAsync() : null);

    /// <summary>A mail that the program sent, as soon as it has arrived. Skips the test where no mail server is installed.</summary>
    /// <param name="number">Which one to this address, from 1.</param>
    public async Task<MimeMessage> SentAsync(string address, int number)
    {
        Assert.SkipWhen(_server is null, "The mail server of these tests (python3-aiosmtpd) is not installed.");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        return await _server!.MailToAsync(address, number, patience.Token);
    }

    /// <summary>Hands a mail over to the program, and gives what it was taken for and its ticket.</summary>
    public static async Task<(string Outcome, long TicketId)> BringAsync(Site site, MimeMessage mail)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var raw = new MemoryStream();
        await mail.WriteToAsync(raw, cancellationToken);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, site.Url + MailIntakeEndpoint.Path)
        {
            Content = new ByteArrayContent(raw.ToArray()) { Headers = { ContentType = new(MailIntakeEndpoint.MailType) } },
        };
        request.Headers.Add(MailIntakeEndpoint.KeyHeader, IntakeKey);
        using var answer = await client.SendAsync(request, cancellationToken);
        using var body = JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken));
        return (body.RootElement.GetProperty("outcome").GetString()!, body.RootElement.GetProperty("ticket_id").GetInt64());
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
