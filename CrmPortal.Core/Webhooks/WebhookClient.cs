using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using CrmPortal.Core.Platform.Common;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Webhooks;

/// <summary>What came of one attempt.</summary>
/// <param name="Fault">Null where the receiver has taken it.</param>
internal sealed record WebhookAnswer(Uri Url, int? StatusCode, string? Text, string? Fault, TimeSpan Took);

/// <summary>
/// Sends to receivers. Their addresses are written by people and their names answered by servers of others, so each connection is made to
/// the very address that was looked at, that of a redirect too.
/// </summary>
public sealed class WebhookClient : IDisposable
{
    private const int MostRedirects = 3;
    private const int LargestHeadersKb = 16;

    /// <summary>All of an attempt, redirects and the reading of the answer included.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private readonly IHostNames _names;
    private readonly WebhookOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;

    public WebhookClient(IHostNames names, IOptions<WebhookOptions> options, TimeProvider clock)
    {
        (_names, _options, _clock) = (names, options.Value, clock);
        _http = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectCallback = ConnectAsync,
            AutomaticDecompression = DecompressionMethods.None, ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = LargestHeadersKb,
            // What a receiver goes on to say is not waited for.
            MaxResponseDrainSize = 0, PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        }) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Which addresses count as public; tests have none that really are.</summary>
    internal Func<IPAddress, bool> IsPublic { get; set; } = PublicAddresses.Contains;

    public void Dispose() => _http.Dispose();

    /// <summary>Whether a name or an address leads to where webhooks may lead; null where that is not known.</summary>
    internal async Task<bool?> IsAllowedAsync(string host, CancellationToken cancellationToken)
    {
        if (_options.AllowPrivateAddresses) return true;
        try
        {
            return (await AddressesAsync(host, cancellationToken)).All(IsPublic);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>Whether an address has a form that is allowed.</summary>
    internal bool IsAllowed(Uri url) => (url.Scheme == Uri.UriSchemeHttps || (_options.AllowHttp && url.Scheme == Uri.UriSchemeHttp))
        && url.Host.Length > 0 && url.UserInfo.Length == 0 && url.AbsoluteUri.Length <= Webhook.UrlLength;

    internal async Task<WebhookAnswer> SendAsync(Uri url, string id, string body, IReadOnlyList<string> secrets,
        CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        using var patience = new CancellationTokenSource(Patience);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var (status, fault, text) = ((int?)null, (string?)null, (string?)null);
        try
        {
            for (var redirects = 0; ; redirects++)
            {
                if (!IsAllowed(url)) return Answer(WebhookFaults.BadRedirect);
                using var request = Request(url, id, body, secrets);
                using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
                status = (int)answer.StatusCode;
                if (IsRedirect(answer.StatusCode) && answer.Headers.Location is { } next)
                {
                    if (redirects == MostRedirects) return Answer(WebhookFaults.BadRedirect);
                    url = new(url, next);
                    continue;
                }

                fault = answer.IsSuccessStatusCode ? null : WebhookFaults.Refused;
                text = await BeginningAsync(answer.Content, both.Token);
                return Answer(fault);
            }
        }
        catch (Exception broken) when (!cancellationToken.IsCancellationRequested)
        {
            // A receiver that has said that it took it has taken it, however it goes on.
            return Answer(status is >= 200 and < 300 ? null : FaultOf(broken));
        }

        WebhookAnswer Answer(string? why) => new(url, status, text, why, Stopwatch.GetElapsedTime(began));
    }

    private HttpRequestMessage Request(Uri url, string id, string body, IReadOnlyList<string> secrets)
    {
        var timestamp = _clock.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new ByteArrayContent(Utf8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.UserAgent.ParseAdd("CrmPortal-Webhooks/1");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", string.Join(' ', secrets.Select(s => WebhookSignature.Of(s, id, timestamp, body))));
        return request;
    }

    /// <summary>Those that a POST follows; 303 asks for something else.</summary>
    private static bool IsRedirect(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
        or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await AddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        // One that is not public among several is a name that lies.
        if (!_options.AllowPrivateAddresses && !addresses.All(IsPublic)) throw new NotPublicException();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <exception cref="SocketException">The name is not known.</exception>
    private async Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address)) return [address];
        var found = await _names.FindAsync(host, cancellationToken);
        return found.Length > 0 ? found : throw new SocketException((int)SocketError.HostNotFound);
    }

    private static async Task<string?> BeginningAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var read = new byte[WebhookDelivery.AnswerLength];
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var length = await stream.ReadAtLeastAsync(read, read.Length, throwOnEndOfStream: false, cancellationToken);
        var text = StoredText.Clean(Utf8.GetString(read, 0, length));
        return text.Length == 0 ? null : text.Length > WebhookDelivery.AnswerLength ? text[..WebhookDelivery.AnswerLength] : text;
    }

    private static string FaultOf(Exception broken)
    {
        for (var cause = broken; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case NotPublicException: return WebhookFaults.NotPublic;
                case OperationCanceledException: return WebhookFaults.TooSlow;
                case AuthenticationException: return WebhookFaults.NoEncryption;
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return WebhookFaults.NoSuchHost;
                case SocketException: return WebhookFaults.Unreachable;
            }
        }

        return WebhookFaults.NoAnswer;
    }

    private sealed class NotPublicException : Exception;
}
