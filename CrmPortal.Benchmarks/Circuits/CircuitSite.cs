using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace CrmPortal.Benchmarks.Circuits;

/// <summary>The cookies of a browser window. Names and values are kept as they are, and sent with everything.</summary>
internal sealed class Cookies
{
    private readonly Dictionary<string, string> _values = [];

    public Cookies()
    {
    }

    public Cookies(Cookies others) => _values = new(others._values);

    public string Header
    {
        get
        {
            lock (_values) return string.Join("; ", _values.Select(v => $"{v.Key}={v.Value}"));
        }
    }

    public string? this[string name]
    {
        get
        {
            lock (_values) return _values.GetValueOrDefault(name);
        }

        set
        {
            lock (_values)
            {
                if (string.IsNullOrEmpty(value)) _values.Remove(name);
                else _values[name] = value;
            }
        }
    }

    public void Take(HttpResponseMessage answer)
    {
        if (!answer.Headers.TryGetValues("Set-Cookie", out var cookies)) return;
        foreach (var cookie in cookies.Select(c => c.Split(';')[0].Split('=', 2)).Where(c => c.Length == 2)) this[cookie[0]] = cookie[1];
    }
}

/// <summary>What the server has answered.</summary>
internal sealed record SiteAnswer(int Status, string Text, Uri? Location)
{
    public bool IsGood => Status == 200;
}

/// <summary>The address of an installation, and how its pages are asked for without a browser.</summary>
/// <param name="trusted">The SHA-256 of a certificate that is trusted without anybody who vouches for it.</param>
internal sealed partial class CircuitSite(Uri address, string? trusted = null) : IDisposable
{
    public Uri Address { get; } = address;

    public string Origin => Address.GetLeftPart(UriPartial.Authority);

    public SocketsHttpHandler Handler { get; } = new()
    {
        UseCookies = false, AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All,
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, faults) =>
                faults == SslPolicyErrors.None || certificate?.GetCertHashString(HashAlgorithmName.SHA256) == trusted,
        },
    };

    public HttpMessageInvoker Invoker => field ??= new(Handler, disposeHandler: false);

    public Uri Socket(string path) => new UriBuilder(new Uri(Address, path)) { Scheme = Address.Scheme == "https" ? "wss" : "ws" }.Uri;

    /// <summary>Signs in by the page that people fill in.</summary>
    public async Task<Cookies> SignInAsync(string email, string password, CancellationToken cancellationToken)
    {
        var cookies = new Cookies();
        var answer = await FillInAsync("/account/login", cookies, new Dictionary<string, string> { ["Input.Email"] = email,
            ["Input.Password"] = password }, cancellationToken);
        return answer.Status == 302 ? cookies : throw new InvalidOperationException($"Nobody was signed in: {answer.Status}.");
    }

    /// <summary>Fills the form of a page in, and sends it with what is hidden in it.</summary>
    public async Task<SiteAnswer> FillInAsync(string path, Cookies cookies, IReadOnlyDictionary<string, string> fields,
        CancellationToken cancellationToken)
    {
        var page = await SendAsync(HttpMethod.Get, path, cookies, null, cancellationToken);
        var values = Hidden().Matches(page.Text).DistinctBy(m => m.Groups[1].Value)
            .ToDictionary(m => m.Groups[1].Value, m => WebUtility.HtmlDecode(m.Groups[2].Value));
        foreach (var (name, value) in fields) values[name] = value;
        return await SendAsync(HttpMethod.Post, path, cookies, new FormUrlEncodedContent(values), cancellationToken);
    }

    public async Task<SiteAnswer> SendAsync(HttpMethod method, string path, Cookies cookies, HttpContent? content,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(Address, path)) { Content = content };
        if (cookies.Header is { Length: > 0 } sent) request.Headers.Add("Cookie", sent);
        request.Headers.Add("Accept", "text/html, application/json");
        request.Headers.Add("Accept-Language", "en-GB");
        using var answer = await Invoker.SendAsync(request, cancellationToken);
        cookies.Take(answer);
        return new((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken), answer.Headers.Location);
    }

    public void Dispose() => Handler.Dispose();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}
