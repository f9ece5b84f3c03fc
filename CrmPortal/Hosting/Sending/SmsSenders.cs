using System.Globalization;
using System.Net.Http.Headers;
using System.Security;
using System.Text;
using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Verification;
using Microsoft.Extensions.Options;

namespace CrmPortal.Hosting;

/// <summary>How short messages leave: through any gateway that takes an HTTP request.</summary>
internal sealed class SmsOptions
{
    public const string Section = "Sms";

    /// <summary>The gateway's address; {to} and {text} in it are escaped for addresses.</summary>
    public string Url { get; set; } = "";

    public string Method { get; set; } = "POST";

    /// <summary>The body; {to} and {text} in it are escaped for its content type. Empty means the usual one of that type.</summary>
    public string Body { get; set; } = "";

    /// <summary>What the body is: JSON, a form, XML or plain text.</summary>
    public string ContentType { get; set; } = "application/json";

    /// <summary>Such as <c>Authorization</c> with its value.</summary>
    public Dictionary<string, string> Headers { get; } = [];
}

internal sealed class SmsOptionsCheck : SettingsCheck<SmsOptions>
{
    protected override IEnumerable<string> Faults(SmsOptions options)
    {
        // The address may hold a secret, so it is not repeated.
        if (options.Url.Length > 0 && !(Uri.TryCreate(options.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
            yield return "Sms:Url is no address of a gateway; write one such as https://sms.example.com/send.";
        if (SmsBody.Of(options.ContentType) is not { } form)
            yield return $"Sms:ContentType is {options.ContentType}; it must be application/json, application/x-www-form-urlencoded, "
                + "application/xml or text/plain.";
        else if (form.Usual.Length == 0 && options.Body.Length == 0 && options.Method.ToUpperInvariant() is not ("GET" or "HEAD"))
            yield return $"Sms:Body is empty; write one for {options.ContentType} in which {{to}} and {{text}} stand for phone and text.";
    }
}

internal static class SmsSetup
{
    public static void AddSms(this IServiceCollection services, IHostEnvironment environment)
    {
        services.AddSettings<SmsOptions, SmsOptionsCheck>(SmsOptions.Section);
        services.AddSingleton<ISmsSender>(s => s.GetRequiredService<IOptions<SmsOptions>>().Value.Url.Length > 0
            ? ActivatorUtilities.CreateInstance<GatewaySms>(s)
            : new FileSms(environment.IsDevelopment() ? Path.Combine(s.GetRequiredService<DatabaseOptions>().DataFolder, "sms") : null,
                s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => SentFiles.Of(s.GetRequiredService<ISmsSender>()));
    }
}

/// <summary>Hands messages to the gateway of the settings. What it answers is not read, only whether it took the message.</summary>
internal sealed partial class GatewaySms(IOptions<SmsOptions> options, ILogger<GatewaySms> logger) : ISmsSender, IDisposable
{
    private readonly HttpClient _http =
        new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = TimeSpan
        .FromSeconds(10) };

    public bool IsReady => true;

    public async Task SendAsync(string to, string text, CancellationToken cancellationToken)
    {
        var gateway = options.Value;
        try
        {
            var method = gateway.Method.ToUpperInvariant();
            using var request = new HttpRequestMessage(new HttpMethod(method), Filled(gateway.Url, to, text, Uri.EscapeDataString));
            if (method is not ("GET" or "HEAD"))
            {
                var form = SmsBody.Of(gateway.ContentType) ?? throw new FormatException("The content type of the gateway is not known.");
                request.Content = new StringContent(Filled(gateway.Body.Length > 0 ? gateway.Body : form.Usual, to, text, form.Escape),
                    Encoding.UTF8);
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(gateway.ContentType);
            }

            foreach (var (name, value) in gateway.Headers) request.Headers.TryAddWithoutValidation(name, value);
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!answer.IsSuccessStatusCode)
                throw new HttpRequestException($"The gateway answered {(int)answer.StatusCode}.", null, answer.StatusCode);
        }
        catch (Exception fault) when (fault is HttpRequestException or FormatException or InvalidOperationException or ArgumentException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The address may contain the phone and the text, so only the type of the fault is logged.
            LogRefused(fault.GetType().Name, (fault as HttpRequestException)?.StatusCode is { } status ? (int)status : 0);
            throw new SmsException("The gateway did not take the message.", fault);
        }
    }

    public void Dispose() => _http.Dispose();

    // In one pass, so that a text that holds {to} stays as it is.
    private static string Filled(string template, string to, string text, Func<string, string> escape) =>
        string.Join(escape(text), template.Split("{text}").Select(part => part.Replace("{to}", escape(to), StringComparison.Ordinal)));

    [LoggerMessage(Level = LogLevel.Warning, Message = "The SMS gateway did not take a message: {Fault} {Status}")]
    private partial void LogRefused(string fault, int status);
}

/// <summary>How a body of a content type is written.</summary>
/// <param name="Usual">What is sent where the settings name no body; empty where they must.</param>
/// <param name="Escape">Escapes any text for it.</param>
internal sealed record SmsBody(string Usual, Func<string, string> Escape)
{
    private static readonly SmsBody Json = new("""{"to":"{to}","text":"{text}"}""", s => JsonEncodedText.Encode(s).ToString());
    private static readonly SmsBody Form = new("to={to}&text={text}", Uri.EscapeDataString);
    private static readonly SmsBody Xml = new("", s => SecurityElement.Escape(s));
    private static readonly SmsBody Plain = new("", s => s);

    /// <summary>The form of a content type, or null where it is none of those that gateways take.</summary>
    public static SmsBody? Of(string contentType) => !MediaTypeHeaderValue.TryParse(contentType, out var type)
        ? null : type.MediaType!.ToUpperInvariant() switch
    {
        "APPLICATION/X-WWW-FORM-URLENCODED" => Form,
        "TEXT/PLAIN" => Plain,
        "APPLICATION/JSON" => Json,
        "APPLICATION/XML" or "TEXT/XML" => Xml,
        var name when name.EndsWith("+JSON", StringComparison.Ordinal) => Json,
        var name when name.EndsWith("+XML", StringComparison.Ordinal) => Xml,
        _ => null,
    };
}

/// <summary>Writes each message as a file in Development; elsewhere there is no way to send any.</summary>
internal sealed class FileSms(string? folder, TimeProvider clock) : ISmsSender, ISentCopies
{
    public Task RemoveAsync(IReadOnlyCollection<string> emails, IReadOnlyCollection<string> phones, CancellationToken cancellationToken) =>
        folder is null ? Task.CompletedTask : SentFiles.RemoveAsync(folder, "*.txt", phones, cancellationToken);

    public bool IsReady => folder is not null;

    public async Task SendAsync(string to, string text, CancellationToken cancellationToken)
    {
        if (folder is null) throw new SmsException("There is no gateway.");
        Directory.CreateDirectory(folder);
        var name = string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():yyyyMMdd-HHmmss}-{Guid.NewGuid():N}.txt");
        var file = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) file.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var writer = new StreamWriter(Path.Combine(folder, name), new UTF8Encoding(false), file);
        await writer.WriteAsync($"To: {to}\n\n{text}\n".AsMemory(), cancellationToken);
    }
}
